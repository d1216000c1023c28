using Tocsin.Model.Metrics;
using Tocsin.Storage.Io;

namespace Tocsin.Storage.Wal;

/// <summary>
/// Makes appends durable: one thread writes every batch that waits, syncs once, shows the rows to readers, and only
/// then
/// releases the waiters. While it syncs, the next group gathers.
/// </summary>
internal sealed class GroupCommit : IDisposable
{
    private readonly WalWriter _wal;
    private readonly IFileSystem _files;
    private readonly DatabaseOptions _options;
    private readonly TimeProvider _clock;
    private readonly Action<PendingAppend, ulong> _stored;
    private readonly Func<long> _unsealedBytes;
    private readonly Thread _thread;
    private readonly Counter _syncs;

    // Guarded by _lock.
    private readonly object _lock = new();
    private List<PendingAppend> _queue = [];
    private long _queuedBytes;
    private bool _stopping;
    private TaskCompletionSource _room = NewSignal();
    private string? _failure;

    // Owned by the committer thread; the two figures are read by any.
    private List<PendingAppend> _group = [];
    private ulong _nextSequence;
    private long _freeBytes, _freeCheckedAt, _writtenSinceCheck;
    private bool _diskFull;

    /// <param name="stored">Called in order of sequence, on the committer thread, after the sync.</param>
    /// <param name="unsealedBytes">Bytes of memory that wait to be sealed; they count against the room for
    /// appends.</param>
    public GroupCommit(
        WalWriter wal, ulong nextSequence, IFileSystem files, DatabaseOptions options, TimeProvider clock,
        MetricSet metrics,
        Action<PendingAppend, ulong> stored, Func<long> unsealedBytes)
    {
        _wal = wal;
        _nextSequence = nextSequence;
        _files = files;
        _options = options;
        _clock = clock;
        _stored = stored;
        _unsealedBytes = unsealedBytes;
        _syncs = metrics.Counter("tocsin_storage_wal_syncs_total",
            "Groups of batches written and synced to the log on disk.");
        CheckFreeSpace();
        _thread = new Thread(Run) { Name = "tocsin-commit", IsBackground = true };
        _thread.Start();
    }

    public long QueuedBytes
    {
        get
        {
            lock (_lock)
                return _queuedBytes;
        }
    }

    public string? Failure
    {
        get
        {
            lock (_lock)
                return _failure;
        }
    }

    public bool DiskFull => Volatile.Read(ref _diskFull);

    public long FreeBytes => Volatile.Read(ref _freeBytes);

    /// <summary>
    /// Once queued, a batch is stored whatever happens to <paramref name="cancel"/>; it only ends the wait for room.
    /// </summary>
    public async ValueTask<AppendResult> Append(ReadOnlyMemory<byte> batch, BatchShape shape, CancellationToken cancel)
    {
        PendingAppend? pending = null;
        long started = _clock.GetTimestamp();
        while (true)
        {
            Task room;
            lock (_lock)
            {
                if (_failure is not null || _stopping)
                    return AppendResult.Failed;
                if (HasRoom(batch.Length))
                {
                    pending = new PendingAppend(batch.Span, shape);
                    _queue.Add(pending);
                    _queuedBytes += batch.Length;
                    Monitor.PulseAll(_lock);
                    break;
                }
                room = _room.Task;
            }
            TimeSpan left = Limits.RoomWait - _clock.GetElapsedTime(started);
            if (left <= TimeSpan.Zero || !await InTime(room, left, cancel).ConfigureAwait(false))
                return DiskFull ? AppendResult.DiskFull : AppendResult.Overloaded;
        }
        return await pending.Task.ConfigureAwait(false);
    }

    /// <summary>Wakes appends that wait for room after memory has been sealed.</summary>
    public void RoomFreed()
    {
        lock (_lock)
            SignalRoom();
    }

    /// <summary>Commits what is queued, then stops. Later appends fail.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _stopping = true;
            Monitor.PulseAll(_lock);
        }
        _thread.Join();
    }

    private bool HasRoom(int bytes) =>
        _queuedBytes == 0 && _unsealedBytes() < UnsealedLimit
        || _queuedBytes + bytes <= _options.QueuedBytes && _queuedBytes + bytes + _unsealedBytes() <= UnsealedLimit;

    private long UnsealedLimit => (long)Limits.UnsealedTables * _options.MemTableBytes;

    private async Task<bool> InTime(Task room, TimeSpan left, CancellationToken cancel)
    {
        try
        {
            await room.WaitAsync(left, _clock, cancel).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void Run()
    {
        while (TakeGroup())
        {
            (AppendResult result, string? failure) = CommitOrFail();
            Release(result, failure);
        }
    }

    private bool TakeGroup()
    {
        lock (_lock)
        {
            while (_queue.Count == 0 && !_stopping)
                Monitor.Wait(_lock);
            (_queue, _group) = (_group, _queue);
            return _group.Count > 0;
        }
    }

    /// <summary>
    /// The boundary of the committer thread: whatever goes wrong is answered to the waiters, never thrown.
    /// </summary>
    private (AppendResult Result, string? Failure) CommitOrFail()
    {
        try
        {
            return Commit();
        }
        catch (Exception error)
        {
            return (AppendResult.Failed, $"the log cannot be written: {error.Message}");
        }
    }

    private (AppendResult Result, string? Failure) Commit()
    {
        if (_failure is not null)
            return (AppendResult.Failed, _failure);
        long bytes = _group.Sum(p => (long)p.Batch.Length + WalFormat.FrameHeaderLength);
        try
        {
            if (!HasDiskSpace(bytes))
                return (AppendResult.DiskFull, null);
            _wal.Write(_group, _nextSequence);
        }
        catch (IOException error) when (FileErrors.IsDiskFull(error))
        {
            Volatile.Write(ref _diskFull, true);
            return (AppendResult.DiskFull, null);
        }
        // A failed fsync is final: the kernel may have dropped the pages, and may call the next fsync a success.
        _wal.Sync();
        _syncs.Add();
        _writtenSinceCheck += bytes;
        foreach (PendingAppend pending in _group)
        {
            _stored(pending, _nextSequence);
            _nextSequence += (ulong)pending.Shape.Rows;
        }
        return (AppendResult.Stored, null);
    }

    private void Release(AppendResult result, string? failure)
    {
        lock (_lock)
        {
            _failure ??= failure;
            foreach (PendingAppend pending in _group)
                _queuedBytes -= pending.Batch.Length;
            SignalRoom();
        }
        foreach (PendingAppend pending in _group)
            pending.Finish(result);
        _group.Clear();
    }

    private bool HasDiskSpace(long bytes)
    {
        if (_diskFull || _writtenSinceCheck >= Limits.FreeSpaceCheckBytes
            || _clock.GetElapsedTime(_freeCheckedAt) >= Limits.FreeSpaceCheck)
            CheckFreeSpace();
        bool enough = _freeBytes - _writtenSinceCheck - bytes >= _options.MinFreeBytes;
        Volatile.Write(ref _diskFull, !enough);
        return enough;
    }

    private void CheckFreeSpace()
    {
        Volatile.Write(ref _freeBytes, _files.FreeBytes(_options.Directory));
        _freeCheckedAt = _clock.GetTimestamp();
        _writtenSinceCheck = 0;
    }

    private void SignalRoom()
    {
        if (_room.Task.IsCompleted)
            return;
        TaskCompletionSource room = _room;
        _room = NewSignal();
        room.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
