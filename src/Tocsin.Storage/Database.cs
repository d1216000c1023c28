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

/// <summary>The embedded event store: the one door to logs, spans and crash events on disk. Any thread.</summary>
/// <remarks>
/// Invariants: a row is acknowledged after its log frame is synced; an acknowledged row is in exactly one part of every
/// later
/// snapshot; the log keeps a row until the manifest on disk lists the segment that holds it.
/// </remarks>
public sealed class Database : IDisposable
{
    private readonly IDisposable _lock;
    private readonly DatabaseOptions _options;
    private readonly WalWriter _wal;
    private readonly GroupCommit _commit;
    private readonly LiveSet _live;
    private readonly Upkeep _upkeep;
    private readonly Scrubber _scrubber;
    private readonly BlockCache _cache;
    private readonly ChunkPool _pool;
    private readonly Thread _sealer;
    private readonly AutoResetEvent _sealWanted = new(false);
    private readonly CancellationTokenSource _closing = new();
    private readonly DamagedPlaces _places = new();
    private readonly Counter _corruptions, _sealFailures;
    private readonly long _tornBytes;

    private Database(DatabaseOptions options, IFileSystem files, TimeProvider clock, MetricSet metrics,
        IDisposable held)
    {
        _lock = held;
        _options = options;
        _corruptions = metrics.Counter(
            "tocsin_storage_corruptions_total",
            "Damaged log frames, files, blocks and columns that were met, each once; what they held is skipped.");
        _sealFailures = metrics.Counter(
            "tocsin_storage_upkeep_failures_total",
            "Rounds of sealing, merging or expiry that failed and are tried again.");
        string walFolder = Path.Combine(options.Directory, FileNames.WalFolder);
        files.CreateDirectory(walFolder);
        files.SyncDirectory(options.Directory);

        BlockCache cache = _cache = new BlockCache(options.CacheBytes);
        metrics.Gauge("tocsin_storage_cache_bytes", "Directories and layouts of columns held for the next queries.", () => cache.Bytes);
        metrics.CounterOf("tocsin_storage_cache_hits_total", "Directories and layouts of columns that were held.", () => cache.Hits);
        metrics.CounterOf("tocsin_storage_cache_misses_total", "Directories and layouts of columns that had to be read.", () => cache.Misses);
        var segments = new SegmentRecovery(files, options.Directory, Damaged, cache);
        segments.Run(() => LogStart(files, walFolder));
        ulong covered = segments.Manifest.CoveredSequence;
        ChunkPool pool = _pool = new ChunkPool(Math.Min(Limits.ChunkBytes, options.MemTableBytes));
        TombstoneFile deletions = TombstoneFile.Load(files, options.Directory, options.ReadCondition);
        var empty = new MemTable(pool, covered, clock.GetTimestamp());
        _live = new LiveSet(new Snapshot(empty, [], segments.Segments, deletions.Tombstones));
        _upkeep = new Upkeep(options, files, clock, metrics, _live, pool, segments, deletions.NextId, Damaged, cache);

        _scrubber = new Scrubber(options, files, clock, metrics, _live);

        var log = new WalRecovery(files, walFolder);
        log.Run((batch, sequence, shape) =>
        {
            // Below: already in a segment, the log file was just not deleted yet.
            if (sequence >= covered)
            {
                _upkeep.CutAt(sequence);
                Insert(batch.Span, shape, sequence);
            }
            return true;
        });
        _corruptions.Add(log.Corruptions);
        _tornBytes = log.TornBytes;
        _wal = new WalWriter(files, walFolder, options.WalFileBytes, log.Files);
        // Not below a bound: what comes now must not look deleted, even if damage took what came before.
        ulong next = deletions.Tombstones.Select(t => t.Before).Append(Math.Max(covered, log.EndSequence)).Max();
        _upkeep.CutAt(next);
        _commit = new GroupCommit(
            _wal, next, files, options, clock, metrics,
            (pending, sequence) => Insert(pending.Batch.Span, pending.Shape, sequence), () => _live.UnsealedBytes - _upkeep.SealedSoFar);
        _sealer = new Thread(SealWhenWanted) { Name = "tocsin-seal", IsBackground = true };
        _sealer.Start();
    }

    public string Directory => _options.Directory;

    /// <summary>
    /// Opens or creates the database in a folder and replays its log. Throws <see cref="DatabaseLockedException"/> when
    /// another process, or another instance in this one, has it open.
    /// </summary>
    public static Database Open(DatabaseOptions options, IFileSystem files, TimeProvider clock, MetricSet metrics)
    {
        files.CreateDirectory(options.Directory);
        IDisposable held = files.TryLock(
            Path.Combine(options.Directory, FileNames.Lock), Environment.ProcessId.ToString(), out string owner)
            ?? throw new DatabaseLockedException(options.Directory, owner);
        try
        {
            if (files.FileExists(Path.Combine(options.Directory, FileNames.Restoring)))
                throw new CareException($"a restore into {options.Directory} was not finished; run it again with --force");
            return new Database(options, files, clock, metrics, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Copies the batch; completes after fsync, when every scan sees the rows. Once queued, a batch is stored even if
    /// <paramref name="cancel"/> fires. Throws <see cref="InvalidDataException"/> on a malformed batch.
    /// </summary>
    public ValueTask<AppendResult> Append(ReadOnlyMemory<byte> batch, CancellationToken cancel)
    {
        if (batch.Length > Limits.BatchBytes)
            throw new ArgumentOutOfRangeException(nameof(batch), $"a batch has at most {Limits.BatchBytes} bytes");
        BatchShape shape = BatchShape.Read(batch.Span);
        return shape.Rows == 0 ? new(AppendResult.Stored) : _commit.Append(batch, shape, cancel);
    }

    /// <summary>
    /// Visits the matching rows, newest first unless the request says otherwise, rows of the same time in order of
    /// arrival.
    /// Sees every row whose append completed before the call, each exactly once.
    /// </summary>
    public ScanReport Scan(ScanRequest request, RowVisitor visit, CancellationToken cancel) =>
        Read(request, (blocks, segments) => new Scanner(request, Damaged, cancel).Run(blocks, segments, visit));

    /// <summary>
    /// Reads columns of the matching rows, block by block, in no order and on several threads. Each thread gathers what it reads on its
    /// own; keys are numbered throughout what one gathers.
    /// </summary>
    /// <param name="request">Which rows.</param>
    /// <param name="columns">Which columns.</param>
    /// <param name="start">Makes what a thread gathers into; called on this thread.</param>
    /// <param name="visit">Takes the rows of a block, whose columns are valid only during the call.</param>
    /// <param name="combine">Takes what was gathered, in an order that does not change; called on this thread.</param>
    /// <param name="cancel">Looked at between blocks.</param>
    public ScanReport ScanColumns<T>(
        ScanRequest request, ColumnRequest columns, Func<T> start, Action<T, ColumnRows> visit, Action<T> combine, CancellationToken cancel) =>
        Read(request, (blocks, segments) => ScanColumns(blocks, segments, request, columns, start, visit, combine, cancel));

    /// <summary>How many matching rows have each value of a field, from block headers where these suffice.</summary>
    /// <param name="request">Which rows.</param>
    /// <param name="field">Whose values.</param>
    /// <param name="visit">Called once per value; once with <see cref="KeyTable.Missing"/> for rows without.</param>
    /// <param name="held">Told, block after block, how many more bytes the values take; may throw to give up. Any thread.</param>
    /// <param name="cancel">Looked at between blocks.</param>
    public ScanReport CountKeys(
        ScanRequest request, FieldPath field, Action<KeyTable, int, long> visit, Action<long> held, CancellationToken cancel)
    {
        var columns = new ColumnRequest([new KeyColumn(field)], []);
        return Read(request, (blocks, segments) =>
        {
            var all = new KeyCounts();
            blocks.RemoveAll(block => block.TryCountKeys(request, field, all));
            ScanReport report = ScanColumns(blocks, segments, request, columns, () => new KeyCounts(), (counts, rows) =>
            {
                held(counts.Add(rows.Tables[0], rows.Keys(0)));
            }, counts => all = KeyCounts.Sum(all, counts), cancel);
            all.Visit(visit);
            return report;
        });
    }

    /// <summary>Visits the rows of some ids, as far as they are still there, in the order of the ids.</summary>
    /// <param name="dataset">Of the rows.</param>
    /// <param name="ids">Each once.</param>
    /// <param name="fields">As in <see cref="ScanRequest.Fields"/>.</param>
    /// <param name="visit">Receives the rows.</param>
    /// <param name="cancel">Looked at between blocks.</param>
    public ScanReport Rows(
        Dataset dataset, IReadOnlyList<RowId> ids, IReadOnlyList<FieldPath>? fields, RowVisitor visit, CancellationToken cancel)
    {
        if (ids.Count == 0)
            return new ScanReport(0, 0, 0, 0, 0, false);
        var request = new ScanRequest { Dataset = dataset, From = ids.Min().Time, To = After(ids.Max().Time) };
        return Read(request, (blocks, segments) => new RowFetch(ids, Damaged, cancel).Run(blocks, segments, Scanner.OutputOf(fields), visit));
    }

    private static Instant After(Instant time) => time.UnixNanos == long.MaxValue ? time : new Instant(time.UnixNanos + 1);

    private ScanReport ScanColumns<T>(
        List<ScanBlock> blocks, int segments, ScanRequest request, ColumnRequest columns, Func<T> start, Action<T, ColumnRows> visit,
        Action<T> combine, CancellationToken cancel)
    {
        FieldNeeds? output = Scanner.OutputOf([.. columns.Keys.Select(k => k.Path), .. columns.Values]);
        var query = new BlockQuery(request.From, request.To, request.Where, OldestFirst: true, After: null, output);
        return new BlockShares(query, request.MostRows, Damaged, cancel).Run(
            blocks, segments, () => (Gathered: start(), Rows: new ColumnRows(columns)),
            (share, matches) =>
            {
                matches.Read(columns, share.Rows);
                return () => visit(share.Gathered, share.Rows);
            },
            share => combine(share.Gathered));
    }

    /// <summary>
    /// Counts matching rows per step of time and severity family; of the request, dataset, range and condition count.
    /// </summary>
    /// <param name="step">At least one microsecond. Steps begin at multiples of it since 1970.</param>
    public ScanReport Count(ScanRequest request, TimeSpan step, CountVisitor visit, CancellationToken cancel)
    {
        long nanos = Math.Max(1, step.Ticks) * 100;
        request = request with { AnyOrder = true, Fields = [], After = null };
        return Read(request, (blocks, segments) =>
        {
            blocks.RemoveAll(block => Counting.TryFromHeader(block, request, nanos, visit));
            var query = new BlockQuery(request.From, request.To, request.Where, OldestFirst: true, After: null, Scanner.OutputOf(request.Fields));
            return new BlockShares(query, request.MostRows, Damaged, cancel).Run(
                blocks, segments, () => new List<(Instant Time, int Family, long Rows)>(),
                (counts, matches) =>
                {
                    int before = counts.Count;
                    try
                    {
                        matches.CountRows(nanos, (time, family, rows) => counts.Add((time, family, rows)));
                    }
                    catch
                    {
                        // A block counts as a whole or not at all.
                        counts.RemoveRange(before, counts.Count - before);
                        throw;
                    }
                    return static () => { };
                },
                counts => counts.ForEach(c => visit(c.Time, c.Family, c.Rows)));
        });
    }

    /// <summary>
    /// Deletes the matching rows that are stored by now. When it returns no scan shows them, and that survives a crash; upkeep
    /// takes them out of the files in its next rounds. Throws <see cref="IOException"/> when it could not be made durable, <see
    /// cref="TooManyDeletionsException"/> when too many wait for that.
    /// </summary>
    public Deletion Delete(Dataset dataset, string query, Instant from, Instant to)
    {
        Predicate where = _options.ReadCondition(query);
        Tombstone tombstone = _upkeep.Hide(dataset, query, where, from, to, _wal, out Snapshot before);
        try
        {
            _sealWanted.Set();
            long rows = 0;
            var request = new ScanRequest { Dataset = dataset, From = from, To = to, Where = where, AnyOrder = true, Fields = [] };
            RowVisitor count = (in EventRow _, RowId id) =>
            {
                rows += id.Sequence < tombstone.Before ? 1 : 0;
                return true;
            };
            Read(before, request, (blocks, segments) => new Scanner(request, Damaged, default).Run(blocks, segments, count));
            return new Deletion(tombstone, rows);
        }
        finally
        {
            before.Release();
        }
    }

    /// <summary>Deletions whose rows are hidden, but still in some file.</summary>
    public IReadOnlyList<Tombstone> Tombstones
    {
        get
        {
            Snapshot snapshot = _live.Acquire();
            snapshot.Release();
            return snapshot.Tombstones;
        }
    }

    /// <summary>Damaged places in segments that are in use, each once, and segments that could not be read at the start.</summary>
    public IReadOnlyList<Damage> Damage => [.. _upkeep.Unreadable, .. _scrubber.Damage];

    /// <summary>How often all segments were compared with their checksums since the start.</summary>
    public long ScrubPasses => _scrubber.Passes;

    /// <summary>Bytes of directories and layouts of columns held for the next queries, about.</summary>
    internal long CacheBytes => _cache.Bytes;

    public DatabaseStats Stats()
    {
        Snapshot snapshot = _live.Acquire();
        try
        {
            (int walFiles, long walBytes) = _wal.Size;
            long memoryRows = snapshot.MemTables.Sum(t => t.Rows);
            return new DatabaseStats
            {
                Rows = memoryRows + snapshot.Segments.Sum(s => s.Rows),
                Segments = snapshot.Segments.Count,
                SegmentBytes = snapshot.Segments.Sum(s => s.Length),
                MemoryRows = memoryRows,
                MemoryBytes = snapshot.MemTables.Sum(t => t.Bytes),
                PendingDeletions = snapshot.Tombstones.Count,
                WalFiles = walFiles,
                WalBytes = walBytes,
                QueuedBytes = _commit.QueuedBytes,
                FreeBytes = _commit.FreeBytes,
                Corruptions = _corruptions.Value,
                TornBytes = _tornBytes,
                DiskFull = _commit.DiskFull,
                Failure = _commit.Failure,
            };
        }
        finally
        {
            snapshot.Release();
        }
    }

    /// <summary>What segments hold, by dataset and class.</summary>
    public IReadOnlyList<StorageUse> Usage()
    {
        Snapshot snapshot = _live.Acquire();
        try
        {
            return StorageUse.Of(snapshot.Segments);
        }
        finally
        {
            snapshot.Release();
        }
    }

    /// <summary>
    /// One round of sealing (what is old or waits), merging and expiry. May take long; call it on a timer thread of
    /// your own.
    /// An I/O error ends the round, is counted, and the next round tries again.
    /// </summary>
    public void Maintain(CancellationToken cancel)
    {
        _upkeep.FreezeWhenOld();
        // Each on its own: a full disk stops sealing, and only expiry makes room again.
        TryUpkeep(_upkeep.Expire);
        TryUpkeep(() => SealFrozen(cancel));
        TryUpkeep(() => _upkeep.Erase(_wal, cancel));
        TryUpkeep(() => _upkeep.Merge(cancel));
        _scrubber.Step(cancel);
        _pool.Trim();
    }

    /// <summary>The present state for a <see cref="Backup"/>; dispose it, since it keeps files on disk.</summary>
    internal BackupSource BeginBackup(Action<string, long> takeLog) => _upkeep.BeginBackup(_wal, takeLog);

    /// <summary>Seals everything in memory now, however little it is.</summary>
    public void Seal(CancellationToken cancel)
    {
        _upkeep.Freeze();
        TryUpkeep(() => SealFrozen(cancel));
    }

    /// <summary>
    /// Commits what is queued, then closes. What is in memory is replayed from the log at the next open.
    /// </summary>
    public void Dispose()
    {
        _commit.Dispose();
        _closing.Cancel();
        _sealWanted.Set();
        _sealer.Join();
        _wal.Dispose();
        _live.Dispose();
        _lock.Dispose();
        _sealWanted.Dispose();
        _closing.Dispose();
    }

    private ScanReport Read(ScanRequest request, Func<List<ScanBlock>, int, ScanReport> read)
    {
        Snapshot snapshot = _live.Acquire();
        try
        {
            return Read(snapshot, request, read);
        }
        finally
        {
            snapshot.Release();
        }
    }

    private static ScanReport Read(Snapshot snapshot, ScanRequest request, Func<List<ScanBlock>, int, ScanReport> read)
    {
        var blocks = new List<ScanBlock>();
        int segments = 0;
        foreach (MemTable table in snapshot.MemTables)
            snapshot.View(table, request.Dataset, request.From, request.To, blocks);
        foreach (SegmentFile segment in snapshot.Segments)
        {
            if (segment.Footer.Dataset != request.Dataset)
                continue;
            segments++;
            snapshot.View(segment, request.From, request.To, blocks);
        }
        return read(blocks, segments);
    }

    private void Insert(ReadOnlySpan<byte> batch, BatchShape shape, ulong sequence)
    {
        (long bytes, long rows) = _live.Add(batch, shape, sequence);
        if (bytes < _options.MemTableBytes && rows < Limits.MemTableRows)
            return;
        _upkeep.Freeze();
        _sealWanted.Set();
    }

    private void SealWhenWanted()
    {
        while (true)
        {
            _sealWanted.WaitOne();
            if (_closing.IsCancellationRequested)
                return;
            TryUpkeep(() => SealFrozen(_closing.Token));
        }
    }

    private void SealFrozen(CancellationToken cancel)
    {
        _upkeep.SealFrozen(_wal, _commit.RoomFreed, cancel);
        _commit.RoomFreed();
    }

    /// <summary>The boundary of upkeep: nothing in it is lost by trying again later.</summary>
    private void TryUpkeep(Action round)
    {
        try
        {
            round();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            _sealFailures.Add();
        }
    }

    private void Damaged(Exception error)
    {
        if (_places.IsNew(error))
            _corruptions.Add();
        // The first ones come while the segments are being opened.
        _scrubber?.Hurry();
    }

    private static ulong? LogStart(IFileSystem files, string walFolder)
    {
        var log = new WalRecovery(files, walFolder);
        log.Run((_, _, _) => true);
        return log.StartSequence;
    }
}
