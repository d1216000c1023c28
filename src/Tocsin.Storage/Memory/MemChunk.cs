using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;

namespace Tocsin.Storage.Memory;

/// <summary>Receives a row of a memtable that no longer grows.</summary>
internal delegate void MemVisitor(in EventRow row, RowId id, byte[] buffer);

/// <summary>
/// Encoded batches of one dataset, one after the other in one array. Written by the committer, read by any number of
/// scans:
/// bytes below a published count never change.
/// </summary>
internal sealed class MemChunk(Dataset dataset, byte[] buffer)
{
    private Batch[] _batches = new Batch[4];
    private int _used;

    public Dataset Dataset => dataset;
    public byte[] Buffer => buffer;
    public int Count { get; private set; }
    public int Rows { get; private set; }
    public Instant MinTime { get; private set; } = new(long.MaxValue);
    public Instant MaxTime { get; private set; } = new(long.MinValue);

    public bool Fits(int bytes) => buffer.Length - _used >= bytes;

    public void Add(ReadOnlySpan<byte> batch, BatchShape shape, ulong firstSequence)
    {
        batch.CopyTo(buffer.AsSpan(_used));
        if (Count == _batches.Length)
            Array.Resize(ref _batches, Count * 2);
        _batches[Count++] = new Batch(firstSequence, _used, batch.Length);
        _used += batch.Length;
        Rows += shape.Rows;
        MinTime = shape.MinTime < MinTime ? shape.MinTime : MinTime;
        MaxTime = shape.MaxTime > MaxTime ? shape.MaxTime : MaxTime;
    }

    /// <summary>What a scan may read: the batches there are now. Call under the memtable's lock.</summary>
    public MemBlock View() => new(buffer, _batches, Count, MinTime, MaxTime, Rows, _used);

    /// <summary>Only once the memtable is frozen.</summary>
    public void Visit(MemVisitor visit)
    {
        foreach (Batch batch in _batches.AsSpan(0, Count))
        {
            ulong sequence = batch.FirstSequence;
            var reader = new EventBatchReader(buffer.AsSpan(batch.Offset, batch.Length));
            while (reader.MoveNext())
                visit(reader.Row, new RowId(reader.Row.Time, sequence++), buffer);
        }
    }

    internal readonly record struct Batch(ulong FirstSequence, int Offset, int Length);
}

/// <summary>A chunk as it was when a scan began.</summary>
internal sealed class MemBlock(
    byte[] buffer, MemChunk.Batch[] batches, int count, Instant minTime, Instant maxTime, int rows, int bytes)
    : ScanBlock
{
    public override Instant MinTime => minTime;
    public override Instant MaxTime => maxTime;
    public override int Rows => rows;

    public override BlockMatches Open(BlockQuery query)
    {
        var matches = new MemMatches(buffer, bytes);
        foreach (MemChunk.Batch batch in batches.AsSpan(0, count))
        {
            ulong sequence = batch.FirstSequence;
            var reader = new EventBatchReader(buffer.AsSpan(batch.Offset, batch.Length));
            while (reader.MoveNext())
            {
                EventRow row = reader.Row;
                var id = new RowId(row.Time, sequence++);
                if (query.InRange(id) && query.Where.Matches(row))
                    matches.Add(id, row);
            }
        }
        matches.Sort(query.OldestFirst);
        return matches;
    }

    private sealed class MemMatches(byte[] buffer, long bytes) : ListedMatches(bytes)
    {
        private readonly List<Place> _places = [];

        public void Add(RowId id, EventRow row)
        {
            Add(id, _places.Count);
            buffer.AsSpan().Overlaps(row.Encoded, out int rowAt);
            int streamAt = 0;
            if (row.Stream.Length > 0)
                buffer.AsSpan().Overlaps(row.Stream, out streamAt);
            _places.Add(new Place(rowAt, row.Encoded.Length, streamAt, row.Stream.Length));
        }

        protected override EventRow Row(int place)
        {
            Place at = _places[place];
            return new EventRow(buffer.AsSpan(at.Row, at.RowLength), buffer.AsSpan(at.Stream, at.StreamLength));
        }

        private readonly record struct Place(int Row, int RowLength, int Stream, int StreamLength);
    }
}
