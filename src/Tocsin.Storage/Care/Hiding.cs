using Tocsin.Model;
using Tocsin.Storage.Memory;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Segment;

namespace Tocsin.Storage.Care;

/// <summary>
/// Puts the deleted rows of a snapshot out of sight. Every memtable and segment lies on one side of each tombstone's
/// bound, so whole parts are concerned or not, and rows that came later are never hidden.
/// </summary>
internal static class Hiding
{
    public static void View(
        this Snapshot snapshot, MemTable table, Dataset dataset, Instant from, Instant to, List<ScanBlock> into)
    {
        int start = into.Count;
        table.View(dataset, from, to, into);
        Cover(snapshot.Tombstones.Where(t => t.Dataset == dataset && t.MayTouch(table)), into, start);
    }

    public static void View(this Snapshot snapshot, SegmentFile segment, Instant from, Instant to, List<ScanBlock> into)
    {
        int start = into.Count;
        segment.View(from, to, into);
        Cover(snapshot.Tombstones.Where(t => t.MayTouch(segment)), into, start);
    }

    private static void Cover(IEnumerable<Tombstone> tombstones, List<ScanBlock> blocks, int start)
    {
        Tombstone[] hidden = [.. tombstones];
        if (hidden.Length == 0)
            return;
        for (int i = start; i < blocks.Count; i++)
        {
            ScanBlock block = blocks[i];
            Predicate[] rows = [.. hidden.Where(t => t.MayTouch(block)).Select(t => t.Rows)];
            if (rows.Length > 0)
                blocks[i] = new HidingBlock(block, rows);
        }
    }
}

/// <summary>A block some of whose rows are deleted. What its header counts is no longer true.</summary>
internal sealed class HidingBlock(ScanBlock block, IReadOnlyList<Predicate> hidden) : ScanBlock
{
    public override Instant MinTime => block.MinTime;
    public override Instant MaxTime => block.MaxTime;
    public override int Rows => block.Rows;
    public override object? Segment => block.Segment;

    public override bool MayMatch(BlockQuery query) => block.MayMatch(query);

    public override BlockMatches Open(BlockQuery query) => block.Open(new BlockQuery(
        query.From, query.To, new And([query.Where, .. hidden.Select(h => new Not(h))]), query.OldestFirst, query.After, query.Output));
}
