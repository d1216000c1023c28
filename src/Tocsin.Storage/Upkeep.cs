using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Model.Metrics;
using Tocsin.Storage.Care;
using Tocsin.Storage.Io;
using Tocsin.Storage.Memory;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Segment;
using Tocsin.Storage.Wal;

namespace Tocsin.Storage;

/// <summary>
/// Moves rows from memory into segments, merges small segments, and drops expired ones. Every change goes: new files on
/// disk,
/// manifest on disk, snapshot swapped, old files deleted; a crash between any two loses and repeats nothing.
/// </summary>
internal sealed partial class Upkeep
{
    private readonly DatabaseOptions _options;
    private readonly IFileSystem _files;
    private readonly TimeProvider _clock;
    private readonly LiveSet _live;
    private readonly ChunkPool _pool;
    private readonly Action<Exception> _onDamage;
    private readonly BlockCache _cache;
    private readonly string _eventsFolder;
    private readonly SegmentWriter _writer;
    private readonly Retention _retention;
    private readonly Counter _sealed, _merged, _expired, _overBudget, _erased;

    // Guarded by _work: one change at a time.
    private readonly Lock _work = new();
    private readonly List<ManifestEntry> _unreadable;
    private readonly HashSet<ulong> _unmergeable = [];
    private ulong _nextSegmentId;
    private ulong _coveredSequence;

    private long _sealedSoFar;

    public Upkeep(
        DatabaseOptions options, IFileSystem files, TimeProvider clock, MetricSet metrics, LiveSet live, ChunkPool pool,
        SegmentRecovery recovered, long nextTombstone, Action<Exception> onDamage, BlockCache cache)
    {
        _cache = cache;
        _options = options;
        _files = files;
        _clock = clock;
        _live = live;
        _pool = pool;
        _onDamage = onDamage;
        _eventsFolder = Path.Combine(options.Directory, FileNames.EventsFolder);
        _writer = new SegmentWriter(files, _eventsFolder, options.BlockRows);
        _unreadable = recovered.Unreadable;
        Unreadable = UnreadableNow();
        _nextSegmentId = recovered.Manifest.NextSegmentId;
        _coveredSequence = recovered.Manifest.CoveredSequence;
        _sealed = metrics.Counter("tocsin_storage_sealed_rows_total", "Rows moved from memory into segments.");
        _merged = metrics.Counter("tocsin_storage_merged_segments_total", "Segments replaced by a merge.");
        _expired = metrics.Counter("tocsin_storage_expired_segments_total",
            "Segments dropped because their time was over.");
        _overBudget = metrics.Counter("tocsin_storage_over_budget_segments_total",
            "Segments dropped because they were the oldest beyond a budget of bytes.");
        _erased = metrics.Counter("tocsin_storage_erased_rows_total", "Deleted rows taken out of memory and segments.");
        _retention = new Retention(options, clock);
        _nextTombstone = nextTombstone;
    }

    /// <summary>Segments that are listed but could not be read at the start. Any thread.</summary>
    public IReadOnlyList<Damage> Unreadable { get; private set; }

    private IReadOnlyList<Damage> UnreadableNow() =>
        [.. _unreadable.Select(e => new Damage(e.PathIn(FileNames.EventsFolder), -1, "the segment could not be read at the start"))];

    /// <summary>Starts a new memtable; the old one waits to be sealed. Any thread.</summary>
    public void Freeze() => _live.Swap(s => s.Active.Rows == 0
        ? s
        : new Snapshot(
            new MemTable(_pool, s.Active.EndSequence, _clock.GetTimestamp()), [.. s.Frozen, s.Active], s.Segments, s.Tombstones));

    /// <summary>Freezes the memtable when its oldest row has waited long enough.</summary>
    public void FreezeWhenOld()
    {
        Snapshot snapshot = _live.Acquire();
        TimeSpan waits = _clock.GetElapsedTime(snapshot.Active.StartedAt);
        bool old = waits >= Limits.SealAfter || waits >= Limits.SealManyAfter && snapshot.Active.Rows >= Limits.ManyRows;
        snapshot.Release();
        if (old)
            Freeze();
    }

    /// <summary>
    /// Writes every frozen memtable into segments, oldest first, and shortens the log. Throws on I/O errors.
    /// </summary>
    /// <param name="wal">The log.</param>
    /// <param name="roomFreed">Called each time that <see cref="SealedSoFar"/> has risen.</param>
    /// <param name="cancel">Looked at between memtables.</param>
    public void SealFrozen(WalWriter wal, Action roomFreed, CancellationToken cancel)
    {
        lock (_work)
        {
            while (!cancel.IsCancellationRequested && SealOldest(roomFreed))
                wal.DeleteBefore(_coveredSequence);
        }
    }

    /// <summary>
    /// Bytes of the memtable that is being sealed which are as good as in a segment: appends are let in as fast as rows are sealed,
    /// not a memtable at a time. Any thread.
    /// </summary>
    public long SealedSoFar => Volatile.Read(ref _sealedSoFar);

    /// <summary>Replaces many small segments of one day by one.</summary>
    public void Merge(CancellationToken cancel)
    {
        lock (_work)
        {
            Snapshot snapshot = _live.Acquire();
            try
            {
                foreach (IReadOnlyList<SegmentFile> group in MergePlan.Of(Mergeable(snapshot), _unmergeable))
                {
                    if (cancel.IsCancellationRequested || !HasRoom(group.Sum(s => s.Length)))
                        return;
                    MergeGroup(group);
                }
            }
            finally
            {
                snapshot.Release();
            }
        }
    }

    /// <summary>A merge must not bring rows from both sides of a tombstone's bound together.</summary>
    private static List<SegmentFile> Mergeable(Snapshot snapshot)
    {
        ulong bound = snapshot.Tombstones.Select(t => t.Before).DefaultIfEmpty().Max();
        return [.. snapshot.Segments.Where(s => s.Footer.FromSequence >= bound)];
    }

    /// <summary>Drops whole days that are too old, then the oldest segments beyond the budgets.</summary>
    public void Expire()
    {
        lock (_work)
        {
            Snapshot snapshot = _live.Acquire();
            List<SegmentFile> expired = _retention.TooOld(snapshot.Segments);
            HashSet<SegmentFile> surplus = _retention.TooMuch([.. snapshot.Segments.Except(expired)]);
            snapshot.Release();
            int unreadable = _unreadable.RemoveAll(e => e.Day < _retention.FirstDay(e.Dataset, e.Class));
            Unreadable = UnreadableNow();
            if (expired.Count > 0 || surplus.Count > 0 || unreadable > 0)
                Replace(null, [.. expired, .. surplus], [], _coveredSequence);
            _expired.Add(expired.Count);
            _overBudget.Add(surplus.Count);
        }
    }

    private bool SealOldest(Action roomFreed)
    {
        Snapshot snapshot = _live.Acquire();
        try
        {
            if (snapshot.Frozen.Count == 0)
                return false;
            MemTable table = snapshot.Frozen[0];
            var added = new List<SegmentFile>();
            long before = 0;
            foreach (Dataset dataset in table.Datasets)
            {
                Tombstone[] hidden = [.. snapshot.Tombstones.Where(t => t.Dataset == dataset && t.MayTouch(table))];
                foreach ((Partition partition, RowTable rows) in Partitions(dataset, table, hidden))
                {
                    using (rows)
                    {
                        added.Add(Write(partition, rows, table.StartSequence, table.EndSequence, [], done =>
                        {
                            Volatile.Write(ref _sealedSoFar, (long)((Int128)table.Bytes * (before + done) / table.Rows));
                            roomFreed();
                        }));
                        before += rows.Count;
                    }
                }
            }
            Replace(table, [], added, table.EndSequence);
            foreach (Tombstone tombstone in snapshot.Tombstones)
                added.ForEach(tombstone.MarkClean);
            _sealed.Add(added.Sum(s => s.Rows));
            _erased.Add(table.Rows - added.Sum(s => s.Rows));
            return true;
        }
        finally
        {
            Volatile.Write(ref _sealedSoFar, 0);
            snapshot.Release();
        }
    }

    private void MergeGroup(IReadOnlyList<SegmentFile> group)
    {
        using var rows = new RowTable();
        try
        {
            var blocks = new List<ScanBlock>();
            foreach (SegmentFile segment in group)
                segment.View(TimeRange.Start, TimeRange.End, blocks);
            foreach (ScanBlock block in blocks)
                Copy(block, rows);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            // The damaged segment keeps its good blocks as it is; a merge would drop the chance to repair the rest.
            _unmergeable.UnionWith(group.Select(s => s.Id));
            _onDamage(error);
            return;
        }
        SegmentFooter first = group[0].Footer;
        SegmentFile merged = Write(
            new Partition(first.Dataset, first.Day, group[0].Class()), rows, group.Min(s => s.Footer.FromSequence), group.Max(s => s.Footer.ToSequence),
            [.. group.Select(s => s.Id)]);
        Replace(null, group, [merged], _coveredSequence);
        _merged.Add(group.Count);
    }

    private SegmentFile Write(
        Partition into, RowTable rows, ulong from, ulong to, IReadOnlyList<ulong> replaced, Action<int>? done = null)
    {
        var entry = new ManifestEntry(_nextSegmentId++, into.Dataset, into.Day, into.Class);
        string path = entry.PathIn(_eventsFolder);
        try
        {
            _writer.Write(entry.Id, into.Dataset, into.Day, rows, from, to, replaced, into.Class, done);
            return SegmentFile.Open(_files, path, _onDamage, _cache);
        }
        catch (IOException)
        {
            // Half a segment must not take the room that a full disk has left.
            DeleteQuietly(path + FileNames.TemporaryExtension);
            throw;
        }
    }

    private void DeleteQuietly(string path)
    {
        try
        {
            if (_files.FileExists(path))
                _files.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next open deletes it.
        }
    }

    /// <summary>Rewriting needs as much room again until the old files go; what appends need stays theirs.</summary>
    private bool HasRoom(long bytes) => _files.FreeBytes(_options.Directory) - bytes >= _options.MinFreeBytes;

    /// <summary>The moment of truth: manifest first, then what readers see.</summary>
    private void Replace(MemTable? sealedTable, IReadOnlyList<SegmentFile> gone, IReadOnlyList<SegmentFile> added,
        ulong covered)
    {
        Snapshot now = _live.Acquire();
        List<SegmentFile> segments = [.. now.Segments.Except(gone), .. added];
        now.Release();
        var manifest = new Manifest(
            covered, _nextSegmentId,
            [.. segments.Select(s => s.Entry()), .. _unreadable]);
        manifest.Save(_files, _options.Directory);
        _coveredSequence = covered;
        foreach (SegmentFile segment in gone)
            segment.Doom();
        _live.Swap(s => new Snapshot(s.Active, [.. s.Frozen.Where(t => t != sealedTable)], segments, s.Tombstones));
    }

    private Dictionary<Partition, RowTable> Partitions(Dataset dataset, MemTable table, Tombstone[] hidden)
    {
        // Absurd times must not make thousands of folders: what has expired, or lies far ahead, shares one.
        DateOnly last = Days.Of(Instant.Now(_clock)).AddDays(2);
        var partitions = new Dictionary<Partition, RowTable>();
        (Partition Key, RowTable? Rows, byte[]? Buffer, int Number) now = default;
        string? retentionClass = null;
        DateOnly first = default;
        table.Visit(dataset, (in EventRow row, RowId id, byte[] buffer) =>
        {
            foreach (Tombstone tombstone in hidden)
            {
                if (tombstone.Rows.Matches(row))
                    return;
            }
            string ofRow = _retention.ClassOf(dataset, row);
            if (!ReferenceEquals(ofRow, retentionClass))
                first = _retention.FirstDay(dataset, retentionClass = ofRow).AddDays(-1);
            DateOnly day = Days.Of(row.Time);
            day = day < first ? first : day > last ? last : day;
            var key = new Partition(dataset, day, retentionClass);
            if (now.Rows is null || key != now.Key)
            {
                if (!partitions.TryGetValue(key, out RowTable? rows))
                    partitions.Add(key, rows = new RowTable());
                now = (key, rows, null, 0);
            }
            if (now.Buffer != buffer)
                (now.Buffer, now.Number) = (buffer, now.Rows!.Borrow(buffer));
            now.Rows!.Add(row, id, now.Number);
        });
        return partitions;
    }

    private static void Copy(ScanBlock block, RowTable target)
    {
        var everything = new BlockQuery(TimeRange.Start, TimeRange.End, Predicate.All, OldestFirst: true, After: null);
        using BlockMatches matches = block.Open(everything);
        if (matches.Count > 0)
        {
            do
            {
                EventRow row = matches.Current;
                target.Add(row, matches.Id);
            }
            while (matches.Advance());
        }
        MustBeWhole(matches);
    }

    /// <summary>What a reader does without must not be lost in a copy.</summary>
    private static void MustBeWhole(BlockMatches matches)
    {
        if (matches.Damage is { } damage)
            throw new InvalidDataException("a block cannot be copied as a whole", damage);
    }
}

/// <summary>Rows that lie together and expire together.</summary>
internal readonly record struct Partition(Dataset Dataset, DateOnly Day, string Class);

/// <summary>Which segments to merge. Pure.</summary>
internal static class MergePlan
{
    /// <summary>
    /// Groups of at least <see cref="Limits.MergeAt"/> small segments of one partition, oldest first.
    /// </summary>
    public static IEnumerable<IReadOnlyList<SegmentFile>> Of(IReadOnlyList<SegmentFile> segments,
        IReadOnlySet<ulong> except)
    {
        var partitions = segments
            .Where(s => s.RawBytes < Limits.MergedBytes / 4 && !except.Contains(s.Id))
            .GroupBy(s => new Partition(s.Footer.Dataset, s.Footer.Day, s.Class()));
        foreach (var partition in partitions)
        {
            var group = new List<SegmentFile>();
            long bytes = 0;
            foreach (SegmentFile segment in partition.OrderBy(s => s.Footer.FromSequence))
            {
                bytes += segment.RawBytes;
                if (bytes > Limits.MergedBytes)
                    break;
                group.Add(segment);
            }
            if (group.Count >= Limits.MergeAt)
                yield return group;
        }
    }
}
