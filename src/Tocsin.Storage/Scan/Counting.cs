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
        bool whole = FamiliesOf(request.Where) is { } && request.After is null
            && block.MinTime >= request.From && block.MaxTime.IsBefore(request.To);
        bool oneStep = StepOf(block.MinTime, step) == StepOf(block.MaxTime, step);
        if (!whole || block.Counts is not { } counts || !oneStep && step % NanosPerMinute != 0)
            return false;
        (int least, int most) = FamiliesOf(request.Where)!.Value;
        foreach (MinuteCount count in counts)
        {
            if (count.Family < least || count.Family > most)
                continue;
            // A block's first minute may begin before the block; its rows do not.
            long start = (long)Int128.Max((Int128)count.Minute * NanosPerMinute, block.MinTime.UnixNanos);
            visit(oneStep ? block.MinTime : new Instant(start), count.Family, count.Count);
        }
        return true;
    }

    /// <summary>The severity families that a condition asks for, when it asks for whole ones and nothing else.</summary>
    private static (int Least, int Most)? FamiliesOf(Predicate where)
    {
        if (where == Predicate.All)
            return (0, Severity.Family(Severity.Max));
        if (where is And { Parts: [{ } only] })
            return FamiliesOf(only);
        if (where is not SeverityRange range || range.Min > range.Max)
            return null;
        (int least, int most) = (Severity.Family(range.Min), Severity.Family(range.Max));
        bool whole = (range.Min == 0 || Severity.Family((byte)(range.Min - 1)) < least)
            && (range.Max >= Severity.Max || Severity.Family((byte)(range.Max + 1)) > most);
        return whole ? (least, most) : null;
    }

    /// <summary>The number of the step that the time belongs to.</summary>
    public static long StepOf(Instant time, long step) => time.UnixNanos / step - (time.UnixNanos % step < 0 ? 1 : 0);
}
