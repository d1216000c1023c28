using Tocsin.Model;
using Tocsin.Model.Metrics;
using Tocsin.Storage.Io;
using Tocsin.Storage.Memory;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Wal;

namespace Tocsin.Storage;

/// <summary>The embedded event store: the one door to logs, spans and crash events on disk. Any thread.</summary>
public sealed class Database : IDisposable
{
    private readonly IDisposable _lock;
    private readonly WalWriter _wal;
    private readonly GroupCommit _commit;
    private readonly LiveSet _live;
    private readonly Counter _corruptions;
    private readonly long _tornBytes;

    private Database(DatabaseOptions options, IFileSystem files, TimeProvider clock, MetricSet metrics, IDisposable held)
    {
        _lock = held;
        _corruptions = metrics.Counter(
            "tocsin_storage_corruptions_total", "Damaged log frames, blocks and files found; what they held is skipped.");
        string walFolder = Path.Combine(options.Directory, FileNames.WalFolder);
        files.CreateDirectory(walFolder);
        var pool = new ChunkPool(Limits.ChunkBytes);
        _live = new LiveSet(new Snapshot(new MemTable(pool, 1, clock.GetTimestamp()), []));
        var recovery = new WalRecovery(files, walFolder);
        recovery.Run((batch, sequence, shape) =>
        {
            _live.Add(batch.Span, shape, sequence);
            return true;
        });
        _corruptions.Add(recovery.Corruptions);
        _tornBytes = recovery.TornBytes;
        _wal = new WalWriter(files, walFolder, options.WalFileBytes, recovery.Files);
        _commit = new GroupCommit(
            _wal, Math.Max(1, recovery.EndSequence), files, options, clock, metrics,
            (pending, sequence) => _live.Add(pending.Batch.Span, pending.Shape, sequence), () => 0);
    }

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
    /// Visits the matching rows, newest first unless the request says otherwise, rows of the same time in order of arrival.
    /// Sees every row whose append completed before the call, each exactly once.
    /// </summary>
    public ScanReport Scan(ScanRequest request, RowVisitor visit, CancellationToken cancel)
    {
        Snapshot snapshot = _live.Acquire();
        try
        {
            var blocks = new List<ScanBlock>();
            foreach (MemTable table in snapshot.MemTables)
                table.View(request.Dataset, request.From, request.To, blocks);
            return new Scanner(request, visit, _ => _corruptions.Add(), cancel).Run(blocks, 0);
        }
        finally
        {
            snapshot.Release();
        }
    }

    /// <summary>One round of upkeep. May take long; call it on a timer thread of your own, one call at a time.</summary>
    public void Maintain(CancellationToken cancel) => cancel.ThrowIfCancellationRequested();

    public DatabaseStats Stats()
    {
        Snapshot snapshot = _live.Acquire();
        try
        {
            (int walFiles, long walBytes) = _wal.Size;
            long memoryRows = snapshot.MemTables.Sum(t => t.Rows);
            return new DatabaseStats
            {
                Rows = memoryRows,
                Segments = 0,
                SegmentBytes = 0,
                MemoryRows = memoryRows,
                MemoryBytes = snapshot.MemTables.Sum(t => t.Bytes),
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

    /// <summary>Commits what is queued, then closes. What is in memory is replayed from the log at the next open.</summary>
    public void Dispose()
    {
        _commit.Dispose();
        _wal.Dispose();
        _live.Dispose();
        _lock.Dispose();
    }
}
