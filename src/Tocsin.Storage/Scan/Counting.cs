using Tocsin.Model;
using Tocsin.Storage.Segment;

namespace Tocsin.Storage.Scan;

/// <summary>Receives a number of rows of one severity family, all in the step to which the time belongs.</summary>
/// <param name="family">See <see cref="Severity.Family"/>.</param>
public delegate void CountVisitor(Instant time, int family, long rows);

/// <summary>Counts rows per step of time and severity family, from block headers where these suffice.</summary>
internal static class Counting
{
    private const long NanosPerMinute = 60L * 1_000_000_000;

    /// <summary>False when the block's rows have to be looked at.</summary>
    /// <param name="step">Nanoseconds; steps begin at multiples of it.</param>
    public static bool TryFromHeader(ScanBlock block, ScanRequest request, long step, CountVisitor visit)
    {
        bool whole = request.Where == Predicate.All && request.After is null
            && block.MinTime >= request.From && block.MaxTime.IsBefore(request.To);
        bool oneStep = Floor(block.MinTime.UnixNanos, step) == Floor(block.MaxTime.UnixNanos, step);
        if (!whole || block.Counts is not { } counts || !oneStep && step % NanosPerMinute != 0)
            return false;
        foreach (MinuteCount count in counts)
        {
            // A block's first minute may begin before the block; its rows do not.
            long start = Math.Max(count.Minute * NanosPerMinute, block.MinTime.UnixNanos);
            visit(oneStep ? block.MinTime : new Instant(start), count.Family, count.Count);
        }
        return true;
    }

    private static long Floor(long value, long step) => value / step - (value % step < 0 ? 1 : 0);
}
