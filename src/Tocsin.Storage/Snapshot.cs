using Tocsin.Storage.Care;
using Tocsin.Storage.Memory;
using Tocsin.Storage.Segment;

namespace Tocsin.Storage;

/// <summary>
/// Something that several snapshots hold; freed when the last of them lets go. Begins with no holder.
/// </summary>
internal abstract class SharedPart
{
    private int _holders;

    public void Hold() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
            Free();
    }

    protected abstract void Free();
}

/// <summary>
/// Everything a reader can see at one moment. Each stored row is in exactly one part. Immutable but for the active
/// memtable, which only grows.
/// </summary>
internal sealed class Snapshot : SharedPart
{
    private readonly List<SharedPart> _parts;

    public Snapshot(
        MemTable active, IReadOnlyList<MemTable> frozen, IReadOnlyList<SegmentFile> segments, IReadOnlyList<Tombstone> tombstones)
    {
        Tombstones = tombstones;
        Active = active;
        Frozen = frozen;
        Segments = segments;
        _parts = [active, .. frozen, .. segments];
        foreach (SharedPart part in _parts)
            part.Hold();
    }

    public MemTable Active { get; }

    /// <summary>Memtables that wait to be sealed, oldest first.</summary>
    public IReadOnlyList<MemTable> Frozen { get; }

    public IReadOnlyList<SegmentFile> Segments { get; }

    /// <summary>Deletions whose rows may still be in a part; see <see cref="Hiding"/>.</summary>
    public IReadOnlyList<Tombstone> Tombstones { get; }

    public IEnumerable<MemTable> MemTables => [.. Frozen, Active];

    protected override void Free()
    {
        foreach (SharedPart part in _parts)
            part.Release();
    }
}

/// <summary>Holds the newest snapshot and swaps it. Any thread.</summary>
internal sealed class LiveSet : IDisposable
{
    private readonly Lock _lock = new();
    private Snapshot _newest;
    private long _unsealedBytes;

    public LiveSet(Snapshot first)
    {
        _newest = first;
        _newest.Hold();
    }

    /// <summary>Bytes in memtables, frozen ones included.</summary>
    public long UnsealedBytes => Volatile.Read(ref _unsealedBytes);

    /// <summary>The caller releases it. The parts stay usable until then.</summary>
    public Snapshot Acquire()
    {
        lock (_lock)
        {
            _newest.Hold();
            return _newest;
        }
    }

    /// <summary>Replaces the newest snapshot by one made of it, in one step.</summary>
    public void Swap(Func<Snapshot, Snapshot> change)
    {
        Snapshot old;
        lock (_lock)
        {
            old = _newest;
            _newest = change(old);
            _newest.Hold();
            Volatile.Write(ref _unsealedBytes, _newest.MemTables.Sum(t => t.Bytes));
        }
        old.Release();
    }

    /// <summary>
    /// Adds to the active memtable, which cannot be swapped away meanwhile. Returns its size in bytes and rows.
    /// </summary>
    public (long Bytes, long Rows) Add(ReadOnlySpan<byte> batch, BatchShape shape, ulong firstSequence)
    {
        lock (_lock)
        {
            _newest.Active.Add(batch, shape, firstSequence);
            Volatile.Write(ref _unsealedBytes, _unsealedBytes + batch.Length);
            return (_newest.Active.Bytes, _newest.Active.Rows);
        }
    }

    public void Dispose() => _newest.Release();
}
