using System.Diagnostics;
using Tocsin.Model.Metrics;

namespace Tocsin.Server.Telemetry;

/// <summary>Registers what Prometheus users expect of any process, read at scrape time.</summary>
internal static class ProcessMetrics
{
    public static void Register(MetricSet metrics, string version)
    {
        var process = Process.GetCurrentProcess();
        double started = new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0;
        metrics.Gauge("tocsin_build_info", "Always 1; the label tells the version.", () => 1, ("version", version));
        metrics.Gauge("process_start_time_seconds", "Start time since the Unix epoch.", () => started);
        metrics.CounterOf("process_cpu_seconds_total", "User and system CPU time.", () => Environment.CpuUsage.TotalTime.TotalSeconds);
        metrics.Gauge("process_resident_memory_bytes", "Resident memory.", () => Environment.WorkingSet);
        metrics.Gauge("process_open_fds", "Open file descriptors.", () => Count("/proc/self/fd"));
        metrics.Gauge("process_threads", "Threads of the process.", () => Count("/proc/self/task"));
        metrics.Gauge("dotnet_gc_heap_bytes", "Bytes on the managed heap.", () => GC.GetTotalMemory(false));
        metrics.CounterOf("dotnet_gc_pause_seconds_total", "Time the collector stopped all threads.", () => GC.GetTotalPauseDuration().TotalSeconds);
        for (int generation = 0; generation <= 2; generation++)
        {
            int g = generation;
            metrics.CounterOf("dotnet_gc_collections_total", "Collections by generation.", () => GC.CollectionCount(g), ("generation", $"{g}"));
        }
        metrics.Gauge("dotnet_threadpool_queue_length", "Work items waiting for a thread.", () => ThreadPool.PendingWorkItemCount);
    }

    private static double Count(string folder)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(folder).Count();
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
