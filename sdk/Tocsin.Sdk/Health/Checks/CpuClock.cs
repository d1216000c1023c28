using System.Globalization;

namespace TocsinSdk.Health.Checks;

/// <summary>
/// Processor use between two readings: of the machine where /proc/stat tells it, and of this process as a share of the
/// processors it may use (a container's quota counts). The greater one is what matters. One thread at a time.
/// </summary>
internal sealed class CpuClock(TimeProvider clock)
{
    // A start keeps the processor busy and says nothing about the time after it.
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);

    private long _at = clock.GetTimestamp();
    private TimeSpan _process = Own();
    private (long Busy, long Total)? _machine = Machine();
    private UsageReading? _last;

    public UsageReading? Read()
    {
        var elapsed = clock.GetElapsedTime(_at);
        if (elapsed < s_shortest)
            return _last;
        var (process, machine) = (Own(), Machine());
        var own = Math.Clamp(100 * (process - _process) / elapsed / Environment.ProcessorCount, 0, 100);
        var whole = machine is { } now && _machine is { } then && now.Total > then.Total
            ? Math.Clamp(100.0 * (now.Busy - then.Busy) / (now.Total - then.Total), 0, 100) : own;
        (_at, _process, _machine) = (clock.GetTimestamp(), process, machine);
        _last = new UsageReading(Math.Max(own, whole), ("process_cpu_percent", Math.Round(own, 1)));
        return _last;
    }

    /// <summary>Sums of the first line of /proc/stat: user nice system idle iowait irq softirq steal, in ticks.</summary>
    internal static (long Busy, long Total)? Parse(string line)
    {
        var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 6 || parts[0] != "cpu")
            return null;
        long total = 0, idle = 0;
        for (var i = 1; i < Math.Min(parts.Length, 9); i++)
        {
            if (!long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks))
                return null;
            total += ticks;
            if (i is 4 or 5)
                idle += ticks;
        }
        return (total - idle, total);
    }

    private static TimeSpan Own()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    private static (long Busy, long Total)? Machine()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            using var stat = File.OpenText("/proc/stat");
            return Parse(stat.ReadLine() ?? "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
