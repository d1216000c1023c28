using System.Globalization;

namespace TocsinSdk.Crashes;

/// <summary>What the process held when it was looked at; what the system does not tell is null.</summary>
internal sealed record ProcessResources
{
    public long? WorkingSetBytes { get; init; }
    public long? PeakWorkingSetBytes { get; init; }
    public long? GcHeapBytes { get; init; }
    public long? MemoryLimitBytes { get; init; }
    public int? ThreadCount { get; init; }
    public long? ThreadPoolQueue { get; init; }
    public double? CpuSeconds { get; init; }

    public static ProcessResources Now()
    {
        var status = Status();
        return new ProcessResources
        {
            WorkingSetBytes = Field(status, "VmRSS:") * 1024 ?? Environment.WorkingSet,
            PeakWorkingSetBytes = Field(status, "VmHWM:") * 1024,
            GcHeapBytes = GC.GetTotalMemory(forceFullCollection: false),
            MemoryLimitBytes = GC.GetGCMemoryInfo(GCKind.Any).TotalAvailableMemoryBytes is > 0 and var limit
                ? limit : null,
            ThreadCount = (int?)Field(status, "Threads:"),
            ThreadPoolQueue = ThreadPool.PendingWorkItemCount,
            CpuSeconds = CpuTime().TotalSeconds,
        };
    }

    private static TimeSpan CpuTime()
    {
#if NET9_0_OR_GREATER
        return Environment.CpuUsage.TotalTime;
#else
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        return self.TotalProcessorTime;
#endif
    }

    private static string Status()
    {
        try
        {
            return OperatingSystem.IsLinux() ? File.ReadAllText("/proc/self/status") : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>The number after a name in /proc/self/status; sizes there are kB.</summary>
    private static long? Field(string status, string name)
    {
        foreach (var line in status.AsSpan().EnumerateLines())
        {
            if (!line.StartsWith(name))
                continue;
            var value = line[name.Length..].Trim();
            var blank = value.IndexOf(' ');
            return long.TryParse(blank < 0 ? value : value[..blank], CultureInfo.InvariantCulture, out var number)
                ? number : null;
        }
        return null;
    }
}
