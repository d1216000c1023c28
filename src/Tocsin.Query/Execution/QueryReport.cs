using Tocsin.Model;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Execution;

/// <summary>What it took to answer, and whether the answer is whole.</summary>
/// <param name="RowsScanned">Rows in the blocks that were read, matching or not.</param>
/// <param name="BytesScanned">Bytes that were read from memory or disk.</param>
/// <param name="SegmentsScanned">Segments from which a block was read.</param>
/// <param name="SegmentsSkipped">All other segments of the dataset: they cannot match, or their headers say enough.</param>
/// <param name="BadBlocks">Blocks that could not be read and were skipped.</param>
/// <param name="From">Start of the time range that was searched, inclusive.</param>
/// <param name="To">Its end, exclusive.</param>
/// <param name="Partial">True when rows that might have mattered were not looked at.</param>
/// <param name="Truncated">True when there were more rows than were asked for.</param>
/// <param name="Rows">Rows of the answer.</param>
/// <param name="Notes">Sentences on what was left out, and why.</param>
/// <param name="Refused">Why the query was given up; the rows before it do not count. Null when it ran to its
/// end.</param>
public sealed record QueryReport(
    long RowsScanned, long BytesScanned, int SegmentsScanned, int SegmentsSkipped, int BadBlocks,
    Instant From, Instant To, bool Partial, bool Truncated, long Rows, TimeSpan Elapsed, IReadOnlyList<string> Notes,
        string? Refused)
{
    internal static ScanReport None { get; } = new(0, 0, 0, 0, 0, false);

    /// <summary>Both looked at the same time: into the same segments, and may have come by the same damaged block.</summary>
    internal static ScanReport Sum(ScanReport a, ScanReport b) =>
        Sum(a, b, Math.Max(a.SegmentsScanned, b.SegmentsScanned), Math.Max(a.BadBlocks, b.BadBlocks));

    /// <summary>One looked at a time beside that of the other; a segment may hold some of both.</summary>
    internal static ScanReport Beside(ScanReport a, ScanReport b) => Sum(a, b, a.SegmentsScanned + b.SegmentsScanned, a.BadBlocks + b.BadBlocks);

    private static ScanReport Sum(ScanReport a, ScanReport b, int segments, int badBlocks)
    {
        int all = Math.Max(a.SegmentsScanned + a.SegmentsSkipped, b.SegmentsScanned + b.SegmentsSkipped);
        int read = Math.Min(all, segments);
        return new ScanReport(a.RowsScanned + b.RowsScanned, a.BytesScanned + b.BytesScanned, read, all - read, badBlocks, a.Partial || b.Partial);
    }
}
