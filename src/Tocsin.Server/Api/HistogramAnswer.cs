using Tocsin.Query.Logs;

namespace Tocsin.Server.Api;

/// <summary>Counts per time step and severity family; every bucket of the range is there, empty ones too.</summary>
/// <param name="From">Epoch milliseconds, as are the times of the buckets.</param>
public sealed record HistogramAnswer(long From, long To, long StepMs, IReadOnlyList<HistogramBucket> Buckets, SeverityCounts Totals)
{
    internal static HistogramAnswer Of(LogHistogram histogram)
    {
        var buckets = new List<HistogramBucket>(histogram.Count);
        for (int i = 0; i < histogram.Count; i++)
        {
            buckets.Add(new HistogramBucket(histogram.TimeOf(i).ToUnixTimeMilliseconds(), histogram[i, 0], histogram[i, 1], histogram[i, 2],
                histogram[i, 3], histogram[i, 4], histogram[i, 5], histogram[i, 6]));
        }
        return new(histogram.From.UnixMilliseconds, histogram.To.UnixMilliseconds, (long)histogram.Step.TotalMilliseconds, buckets,
            new SeverityCounts(histogram.Total(0), histogram.Total(1), histogram.Total(2), histogram.Total(3), histogram.Total(4), histogram.Total(5), histogram.Total(6)));
    }
}

public sealed record HistogramBucket(long Time, long Unknown, long Trace, long Debug, long Info, long Warn, long Error, long Fatal);

public sealed record SeverityCounts(long Unknown, long Trace, long Debug, long Info, long Warn, long Error, long Fatal);
