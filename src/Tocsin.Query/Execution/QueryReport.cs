using Tocsin.Model;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Execution;

/// <summary>What it took to answer, and whether the answer is whole.</summary>
/// <param name="RowsScanned">Rows in the blocks that were read, matching or not.</param>
/// <param name="BytesScanned">Bytes that were read from memory or disk.</param>
/// <param name="SegmentsSkipped">Segments that could be told apart without reading a block.</param>
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

    /// <summary>Of scans for one answer. They may come by the same damaged block, which is told once.</summary>
    internal static ScanReport Sum(ScanReport a, ScanReport b) => new(
        a.RowsScanned + b.RowsScanned, a.BytesScanned + b.BytesScanned, a.SegmentsScanned + b.SegmentsScanned,
        a.SegmentsSkipped + b.SegmentsSkipped, Math.Max(a.BadBlocks, b.BadBlocks), a.Partial || b.Partial);
}
