namespace TocsinSdk.Tracing;

/// <summary>So many a second on average, ten times as many at once: an outage must not export everything.</summary>
internal sealed class TraceBudget(double perSecond, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly double _most = Math.Max(perSecond * 10, perSecond > 0 ? 1 : 0);
    private double _left = Math.Max(perSecond * 10, perSecond > 0 ? 1 : 0);
    private long _last = clock.GetTimestamp();

    public bool TryTake()
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            _left = Math.Min(_most, _left + clock.GetElapsedTime(_last, now).TotalSeconds * perSecond);
            _last = now;
            if (_left < 1)
                return false;
            _left--;
            return true;
        }
    }
}
