using Tocsin.Model;

namespace Tocsin.Query.Logs;

/// <summary>Counts per time bucket and severity family. Filled by one thread.</summary>
public sealed class LogHistogram
{
    public const int MaxBuckets = 2000, Families = 7;

    private static readonly TimeSpan[] s_steps =
    [
        .. new[] { 1, 2, 5, 10, 20, 50, 100, 200, 500 }.Select(ms => TimeSpan.FromMilliseconds(ms)),
        .. new[] { 1, 2, 5, 10, 15, 30 }.Select(s => TimeSpan.FromSeconds(s)),
        .. new[] { 1, 2, 5, 10, 15, 30 }.Select(m => TimeSpan.FromMinutes(m)),
        .. new[] { 1, 2, 3, 6, 12, 24, 48, 7 * 24 }.Select(h => TimeSpan.FromHours(h)),
    ];

    private readonly long[,] _counts;
    private readonly Int128 _start;
    private readonly Int128 _step;

    public LogHistogram(Instant from, Instant to, int buckets)
    {
        From = from;
        To = to;
        Int128 range = Int128.Max(1, (Int128)to.UnixNanos - from.UnixNanos);
        TimeSpan? nice = s_steps.Cast<TimeSpan?>().FirstOrDefault(s => (Int128)s!.Value.Ticks * 100 * buckets >= range);
        _step = nice is { } step ? (Int128)step.Ticks * 100 : Whole(range / buckets + 1);
        _start = Floor(from.UnixNanos, _step);
        Count = (int)((to.UnixNanos - 1 - _start) / _step) + 1;
        _counts = new long[Math.Max(1, Count), Families];
        Count = _counts.GetLength(0);
    }

    public Instant From { get; }

    public Instant To { get; }

    public TimeSpan Step => new((long)(_step / 100));

    public int Count { get; }

    /// <summary>
    /// Start of a bucket: a multiple of the step since 1970, so the first may begin before <see cref="From"/>.
    /// </summary>
    public DateTimeOffset TimeOf(int bucket)
    {
        Int128 milliseconds = Int128.Clamp(
            Floor(_start + bucket * _step, 1_000_000) / 1_000_000,
            DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());
        return DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds);
    }

    /// <param name="family">See <see cref="Severity.Family"/>.</param>
    public long this[int bucket, int family] => _counts[bucket, family];

    public long Total(int family)
    {
        long total = 0;
        for (int i = 0; i < Count; i++)
            total += _counts[i, family];
        return total;
    }

    /// <summary>Fits <see cref="Storage.Scan.CountVisitor"/>.</summary>
    internal void Add(Instant time, int family, long count)
    {
        int bucket = (int)Int128.Clamp((time.UnixNanos - _start) / _step, 0, Count - 1);
        _counts[bucket, family] += count;
    }

    private static Int128 Floor(Int128 value, Int128 step) =>
        value - (value % step + step) % step;

    /// <summary>Whole days, so that steps beyond the table stay readable.</summary>
    private static Int128 Whole(Int128 nanos)
    {
        Int128 day = (Int128)TimeSpan.TicksPerDay * 100;
        return (nanos / day + 1) * day;
    }
}
