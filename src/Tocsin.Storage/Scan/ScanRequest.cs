using Tocsin.Model;
using Tocsin.Model.Events;

namespace Tocsin.Storage.Scan;

/// <summary>Receives one row. The row's bytes are valid only during the call. Returns false to stop the scan.</summary>
public delegate bool RowVisitor(in EventRow row, RowId id);

/// <summary>Which rows to visit, and in which order.</summary>
public sealed record ScanRequest
{
    public required Dataset Dataset { get; init; }

    /// <summary>Inclusive.</summary>
    public Instant From { get; init; } = new(long.MinValue);

    /// <summary>Exclusive, but for the very last instant there is, which is no bound.</summary>
    public Instant To { get; init; } = new(long.MaxValue);

    public Predicate Where { get; init; } = Predicate.All;

    public bool OldestFirst { get; init; }

    /// <summary>
    /// For sums: rows come as they lie, which is cheaper than any order. <see cref="After"/> must be null.
    /// </summary>
    public bool AnyOrder { get; init; }

    /// <summary>
    /// The fields the visitor will look at, which saves reading the others; null means all, ids included.
    /// </summary>
    public IReadOnlyList<FieldPath>? Fields { get; init; }

    /// <summary>Beyond so many rows of blocks, matching or not, a scan throws <see cref="TooManyRowsException"/>.</summary>
    public long MostRows { get; init; } = long.MaxValue;

    /// <summary>Only rows behind this one in the order of the scan.</summary>
    public RowId? After { get; init; }
}

/// <summary>A scan would read more rows than <see cref="ScanRequest.MostRows"/>.</summary>
public sealed class TooManyRowsException(long most) : Exception($"the scan would read more than {most} rows");

/// <summary>Ends of time ranges.</summary>
internal static class TimeRange
{
    public static readonly Instant Start = new(long.MinValue), End = new(long.MaxValue);

    public static bool IsBefore(this Instant time, Instant end) => time < end || end == End;
}

/// <summary>What a scan had to do.</summary>
/// <param name="RowsScanned">Rows in the blocks that were read, matching or not.</param>
/// <param name="BytesScanned">Bytes that were read from memory or disk.</param>
/// <param name="SegmentsScanned">Segments from which at least one block was read.</param>
/// <param name="SegmentsSkipped">Segments of the dataset that could be told apart without reading a block.</param>
/// <param name="BadBlocks">Blocks that could not be read as a whole: rows of them are missing, or lack fields.</param>
/// <param name="Partial">True when rows that might have matched are missing, or rows lack fields.</param>
public sealed record ScanReport(
    long RowsScanned, long BytesScanned, int SegmentsScanned, int SegmentsSkipped, int BadBlocks, bool Partial);
