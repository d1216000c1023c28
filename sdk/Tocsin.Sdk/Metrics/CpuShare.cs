namespace TocsinSdk.Metrics;

/// <summary>
/// How busy CPUs were since the last look, 0 to 1. Looks within a second give the same answer, so that two readers do not
/// cut each other's window to nothing. What is used is the CPU time so far, over all CPUs; null when the system does not
/// tell. Any thread.
/// </summary>
internal sealed class CpuShare(TimeProvider clock, Func<TimeSpan?> used)
{
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private long _at = clock.GetTimestamp();
    private TimeSpan? _used = used();
    private double? _share;

    /// <summary>Null until a second has passed.</summary>
    public double? Now()
    {
        lock (_lock)
        {
            var (now, elapsed) = (clock.GetTimestamp(), clock.GetElapsedTime(_at));
            if (elapsed < s_window)
                return _share;
            var total = used();
            _share = total - _used is { } spent
                ? Math.Clamp(spent / elapsed / Environment.ProcessorCount, 0, 1) : null;
            (_at, _used) = (now, total);
            return _share;
        }
    }
}
