using Tocsin.Model;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Wal;

namespace Tocsin.Storage.Memory;

/// <summary>
/// The newest rows, in memory until they are sealed into segments. One thread adds; any thread views. The arrays go
/// back
/// to the pool when the last snapshot that holds the table is released.
/// </summary>
internal sealed class MemTable(ChunkPool pool, ulong start, long startedAt) : SharedPart
{
    private readonly Lock _lock = new();
    private readonly List<MemChunk> _chunks = [];
    private readonly Dictionary<Dataset, MemChunk> _open = [];
    private long _bytes;
    private long _rows;

    public ulong StartSequence { get; } = start;

    /// <summary>One above the highest sequence number inside.</summary>
    public ulong EndSequence { get; private set; } = start;

    /// <summary>The clock's timestamp at creation.</summary>
    public long StartedAt => startedAt;

    public long Bytes => Volatile.Read(ref _bytes);

    public long Rows => Volatile.Read(ref _rows);

    public void Add(ReadOnlySpan<byte> batch, BatchShape shape, ulong firstSequence)
    {
        lock (_lock)
        {
            if (!_open.TryGetValue(shape.Dataset, out MemChunk? chunk) || !chunk.Fits(batch.Length))
            {
                chunk = new MemChunk(shape.Dataset, pool.Rent(batch.Length));
                _open[shape.Dataset] = chunk;
                _chunks.Add(chunk);
            }
            chunk.Add(batch, shape, firstSequence);
            EndSequence = firstSequence + (ulong)shape.Rows;
            Volatile.Write(ref _bytes, _bytes + batch.Length);
            Volatile.Write(ref _rows, _rows + shape.Rows);
        }
    }

    public IReadOnlyList<Dataset> Datasets
    {
        get
        {
            lock (_lock)
                return [.. _chunks.Select(c => c.Dataset).Distinct()];
        }
    }

    /// <summary>Every row added so far, with the array it lies in.</summary>
    public void Visit(Dataset dataset, MemVisitor visit)
    {
        MemChunk[] chunks;
        lock (_lock)
            chunks = [.. _chunks.Where(c => c.Dataset == dataset)];
        foreach (MemChunk chunk in chunks)
            chunk.Visit(visit);
    }

    /// <summary>Blocks of all rows added so far whose time may lie in the range.</summary>
    public void View(Dataset dataset, Instant from, Instant to, List<ScanBlock> into)
    {
        lock (_lock)
        {
            foreach (MemChunk chunk in _chunks)
            {
                if (chunk.Dataset == dataset && chunk.MinTime.IsBefore(to) && chunk.MaxTime >= from)
                    into.Add(chunk.View());
            }
        }
    }

    protected override void Free()
    {
        foreach (MemChunk chunk in _chunks)
            pool.Return(chunk.Buffer);
    }
}
