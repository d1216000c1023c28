using Tocsin.Model;
using Tocsin.Storage.Care;
using Tocsin.Storage.Memory;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Segment;
using Tocsin.Storage.Wal;

namespace Tocsin.Storage;

/// <summary>Deleting by condition: hide at once, rewrite later, forget the tombstone when nothing is left to hide.</summary>
internal sealed partial class Upkeep
{
    // Guarded by _work. Segments with deleted rows that cannot be rewritten because a block is damaged.
    private readonly HashSet<ulong> _unerasable = [];
    private long _nextTombstone;

    /// <summary>Hides matching rows that are stored by now. They are out of sight, for good, when this returns.</summary>
    /// <param name="before">The caller releases it: what was seen until then.</param>
    public Tombstone Hide(Dataset dataset, string query, Predicate where, Instant from, Instant to, WalWriter wal, out Snapshot before)
    {
        lock (_work)
        {
            Freeze();
            before = _live.Acquire();
            try
            {
                if (before.Tombstones.Count >= TombstoneFile.Most)
                    throw new TooManyDeletionsException(TombstoneFile.Most);
                ulong bound = before.Active.StartSequence;
                var tombstone = new Tombstone(_nextTombstone, dataset, query, where, from, to, bound);
                IReadOnlyList<Tombstone> all = [.. before.Tombstones, tombstone];
                new TombstoneFile(_nextTombstone + 1, all).Save(_files, _options.Directory);
                _nextTombstone++;
                _live.Swap(s => new Snapshot(s.Active, s.Frozen, s.Segments, all));
                wal.EndFileBefore(bound);
                return tombstone;
            }
            catch
            {
                before.Release();
                throw;
            }
        }
    }

    /// <summary>Makes a row with this sequence number the first of a memtable when a tombstone's bound lies before it.</summary>
    public void CutAt(ulong sequence) => _live.Swap(s =>
        s.Tombstones.Any(t => s.Active.StartSequence < t.Before && t.Before <= sequence)
            ? new Snapshot(
                new MemTable(_pool, sequence, _clock.GetTimestamp()), s.Active.Rows == 0 ? s.Frozen : [.. s.Frozen, s.Active], s.Segments,
                s.Tombstones)
            : s);

    /// <summary>Rewrites segments without their deleted rows, and drops the tombstones that hide nothing any more.</summary>
    public void Erase(WalWriter wal, CancellationToken cancel)
    {
        Snapshot snapshot = _live.Acquire();
        try
        {
            if (snapshot.Tombstones.Count == 0)
                return;
            foreach (SegmentFile segment in snapshot.Segments)
            {
                // One at a time: sealing must get its turn in between.
                if (!cancel.IsCancellationRequested && snapshot.Tombstones.Any(t => t.MayTouch(segment)))
                    Erase(segment);
            }
        }
        finally
        {
            snapshot.Release();
        }
        lock (_work)
            DropTombstones(wal);
    }

    private void Erase(SegmentFile segment)
    {
        lock (_work)
        {
            Snapshot now = _live.Acquire();
            try
            {
                if (!now.Segments.Contains(segment) || _unerasable.Contains(segment.Id))
                    return;
                Tombstone[] tombstones = [.. now.Tombstones.Where(t => t.MayTouch(segment))];
                if (ReadForErasure(now, segment, tombstones) is not { } read)
                    return;
                using RowTable rows = read.Rows;
                SegmentFile rest = segment;
                if (read.Deleted > 0)
                {
                    if (!HasRoom(segment.Length))
                        return;
                    SegmentFooter footer = segment.Footer;
                    List<SegmentFile> added = read.Rows.Count == 0 ? [] :
                    [
                        Write(new Partition(footer.Dataset, footer.Day, segment.Class()), read.Rows, footer.FromSequence, footer.ToSequence,
                            [segment.Id]),
                    ];
                    Replace(null, [segment], added, _coveredSequence);
                    _erased.Add(read.Deleted);
                    rest = added.FirstOrDefault() ?? segment;
                }
                foreach (Tombstone tombstone in now.Tombstones)
                    tombstone.MarkClean(rest);
            }
            finally
            {
                now.Release();
            }
        }
    }

    /// <summary>The rows that stay, only when others have to go. Null when a block cannot be read.</summary>
    private (RowTable Rows, long Deleted)? ReadForErasure(Snapshot now, SegmentFile segment, Tombstone[] tombstones)
    {
        try
        {
            var rows = new RowTable();
            var blocks = new List<ScanBlock>();
            segment.View(TimeRange.Start, TimeRange.End, blocks);
            var query = new BlockQuery(
                TimeRange.Start, TimeRange.End, new Or([.. tombstones.Select(t => t.Rows)]), OldestFirst: true, After: null, new FieldNeeds());
            long deleted = 0;
            foreach (ScanBlock block in blocks.Where(b => tombstones.Any(t => t.MayTouch(b)) && b.MayMatch(query)))
            {
                using BlockMatches matches = block.Open(query);
                MustBeWhole(matches);
                deleted += matches.Count;
            }
            if (deleted == 0)
                return (rows, 0);
            var visible = new List<ScanBlock>();
            now.View(segment, TimeRange.Start, TimeRange.End, visible);
            foreach (ScanBlock block in visible)
                Copy(block, rows);
            return (rows, deleted);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            // Its rows stay hidden, and its good blocks stay as they are until they expire.
            _unerasable.Add(segment.Id);
            _onDamage(error);
            return null;
        }
    }

    private void DropTombstones(WalWriter wal)
    {
        // A log file whose rows are all in segments could still be replayed if the manifest were lost.
        wal.DeleteBefore(_coveredSequence);
        Snapshot now = _live.Acquire();
        try
        {
            List<Tombstone> kept = [.. now.Tombstones.Where(t => StillHides(now, t, wal))];
            if (kept.Count == now.Tombstones.Count)
                return;
            new TombstoneFile(_nextTombstone, kept).Save(_files, _options.Directory);
            _live.Swap(s => new Snapshot(s.Active, s.Frozen, s.Segments, kept));
        }
        finally
        {
            now.Release();
        }
    }

    private bool StillHides(Snapshot now, Tombstone tombstone, WalWriter wal) =>
        now.MemTables.Any(tombstone.MayTouch) || now.Segments.Any(tombstone.MayTouch)
        || _unreadable.Any(e => e.Dataset == tombstone.Dataset) || wal.OldestSequence < tombstone.Before;
}
