using System.Collections.Concurrent;
using Tocsin.Model;
using Tocsin.Storage.Memory;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Segment;

namespace Tocsin.Storage.Care;

/// <summary>
/// Rows that were deleted. No scan shows them from the moment this is on disk; upkeep takes them out of the files, and
/// then the tombstone goes too. Any thread.
/// </summary>
public sealed class Tombstone
{
    // Segments that hold no such row, as far as somebody has looked since the start.
    private readonly ConcurrentDictionary<ulong, bool> _clean = new();

    internal Tombstone(long id, Dataset dataset, string query, Predicate where, Instant from, Instant to, ulong before)
    {
        (Id, Dataset, Query, From, To, Before) = (id, dataset, query, from, to, before);
        Rows = new RowsWithin(where, from, to);
    }

    public long Id { get; }

    public Dataset Dataset { get; }

    /// <summary>The condition as it was written.</summary>
    public string Query { get; }

    /// <summary>Inclusive.</summary>
    public Instant From { get; }

    /// <summary>Exclusive.</summary>
    public Instant To { get; }

    /// <summary>Rows with this sequence number or a higher one came later and stay.</summary>
    public ulong Before { get; }

    internal Predicate Rows { get; }

    internal bool MayTouch(MemTable table) => table.StartSequence < Before && table.Rows > 0;

    internal bool MayTouch(SegmentFile segment) => segment.Footer.Dataset == Dataset
        && segment.Footer.FromSequence < Before && !_clean.ContainsKey(segment.Id) && Overlaps(segment);

    internal bool MayTouch(ScanBlock block) => block.MinTime.IsBefore(To) && block.MaxTime >= From;

    internal void MarkClean(SegmentFile segment) => _clean[segment.Id] = true;

    private bool Overlaps(SegmentFile segment)
    {
        var blocks = new List<ScanBlock>();
        segment.View(From, To, blocks);
        return blocks.Exists(MayTouch);
    }
}

/// <summary>Rows of a time range for which a condition holds.</summary>
internal sealed record RowsWithin(Predicate Where, Instant From, Instant To) : Predicate
{
    public override bool Matches(in Model.Events.EventRow row) =>
        row.Time >= From && row.Time.IsBefore(To) && Where.Matches(row);

    internal override bool MayMatch(BlockSummary block) => Where.MayMatch(block);

    internal override void AddFields(FieldNeeds needs) => Where.AddFields(needs);

    public override string ToString() => $"({Where} from {From} to {To})";
}
