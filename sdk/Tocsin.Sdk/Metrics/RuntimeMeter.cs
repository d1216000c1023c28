using System.Diagnostics.Metrics;
using System.Runtime;

namespace TocsinSdk.Metrics;

/// <summary>What .NET 9 and later measure themselves on the meter System.Runtime, under the same names, for .NET 8.</summary>
internal static class RuntimeMeter
{
    public const string Name = "System.Runtime";

    private static readonly string[] s_generations = ["gen0", "gen1", "gen2", "loh", "poh"];
    private static int s_started;
    private static Counter<long>? s_exceptions;

    public static void Start()
    {
        if (Environment.Version.Major < 9 && Interlocked.Exchange(ref s_started, 1) == 0)
            Create(new Meter(Name));
    }

    public static void Create(Meter meter)
    {
        CreateGc(meter);
        CreateThreading(meter);
        meter.CreateObservableCounter("dotnet.jit.compiled_il.size", static () => JitInfo.GetCompiledILBytes(), "By");
        meter.CreateObservableCounter("dotnet.jit.compiled_methods", static () => JitInfo.GetCompiledMethodCount(),
            "{method}");
        meter.CreateObservableCounter("dotnet.jit.compilation.time",
            static () => JitInfo.GetCompilationTime().TotalSeconds, "s");
        meter.CreateObservableUpDownCounter("dotnet.assembly.count",
            static () => (long)AppDomain.CurrentDomain.GetAssemblies().Length, "{assembly}");
        meter.CreateObservableUpDownCounter("dotnet.process.cpu.count",
            static () => (long)Environment.ProcessorCount, "{cpu}");
        meter.CreateObservableUpDownCounter("dotnet.process.memory.working_set",
            static () => Environment.WorkingSet, "By");
        s_exceptions = meter.CreateCounter<long>("dotnet.exceptions", "{exception}");
        AppDomain.CurrentDomain.FirstChanceException += static (_, thrown) =>
            s_exceptions.Add(1, new KeyValuePair<string, object?>("error.type", thrown.Exception.GetType().Name));
    }

    private static void CreateGc(Meter meter)
    {
        meter.CreateObservableCounter("dotnet.gc.collections", Collections, "{collection}");
        meter.CreateObservableCounter("dotnet.gc.pause.time", static () => GC.GetTotalPauseDuration().TotalSeconds, "s");
        meter.CreateObservableCounter("dotnet.gc.heap.total_allocated",
            static () => GC.GetTotalAllocatedBytes(), "By");
        meter.CreateObservableUpDownCounter("dotnet.gc.last_collection.memory.committed_size",
            static () => GC.GetGCMemoryInfo(GCKind.Any) is { Index: > 0 } last
                ? [new Measurement<long>(last.TotalCommittedBytes)] : Array.Empty<Measurement<long>>(), "By");
        meter.CreateObservableUpDownCounter("dotnet.gc.last_collection.heap.size",
            static () => Generations(static g => g.SizeAfterBytes), "By");
        meter.CreateObservableUpDownCounter("dotnet.gc.last_collection.heap.fragmentation.size",
            static () => Generations(static g => g.FragmentationAfterBytes), "By");
    }

    private static void CreateThreading(Meter meter)
    {
        meter.CreateObservableCounter("dotnet.monitor.lock_contentions",
            static () => Monitor.LockContentionCount, "{contention}");
        meter.CreateObservableCounter("dotnet.thread_pool.work_item.count",
            static () => ThreadPool.CompletedWorkItemCount, "{work_item}");
        // Counters, though they fall: that is what later runtimes make of these two, and the names on the page follow.
        meter.CreateObservableCounter("dotnet.thread_pool.thread.count",
            static () => (long)ThreadPool.ThreadCount, "{thread}");
        meter.CreateObservableCounter("dotnet.thread_pool.queue.length",
            static () => ThreadPool.PendingWorkItemCount, "{work_item}");
        meter.CreateObservableUpDownCounter("dotnet.timer.count", static () => Timer.ActiveCount, "{timer}");
    }

    // A collection of a generation collects the younger ones too; each is counted for the oldest.
    private static IEnumerable<Measurement<long>> Collections()
    {
        var older = 0L;
        for (var generation = GC.MaxGeneration; generation >= 0; generation--)
        {
            var collected = (long)GC.CollectionCount(generation);
            yield return new(collected - older, Generation(generation));
            older = collected;
        }
    }

    private static Measurement<long>[] Generations(Func<GCGenerationInfo, long> size)
    {
        var last = GC.GetGCMemoryInfo(GCKind.Any);
        if (last.Index == 0)
            return [];
        var measured = new Measurement<long>[Math.Min(last.GenerationInfo.Length, s_generations.Length)];
        for (var i = 0; i < measured.Length; i++)
            measured[i] = new(size(last.GenerationInfo[i]), Generation(i));
        return measured;
    }

    private static KeyValuePair<string, object?> Generation(int index) =>
        new("gc.heap.generation", s_generations[index]);
}
