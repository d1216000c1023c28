using System.Buffers;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;

namespace Tocsin.Storage.Segment;

/// <summary>Rows on their way into a segment, sorted by time and arrival. One thread; what it takes of memory is lent.</summary>
internal sealed class RowTable : IDisposable
{
    private const int ChunkBytes = Limits.ChunkBytes;
    private readonly List<byte[]> _buffers = [];
    private readonly List<byte[]> _streams = [];
    private readonly Dictionary<ulong, List<int>> _streamsByHash = [];
    private Entry[] _entries = ArrayPool<Entry>.Shared.Rent(1024);
    private bool _sorted = true;
    private int _chunk = -1, _used;
    private int _lastStream = -1;

    public int Count { get; private set; }

    public long RawBytes { get; private set; }

    /// <summary>The encoded fields of each stream.</summary>
    public IReadOnlyList<byte[]> Streams => _streams;

    /// <summary>The number of a buffer whose rows are not copied; it must not change while the table is used.</summary>
    public int Borrow(byte[] buffer)
    {
        _buffers.Add(buffer);
        return _buffers.Count - 1;
    }

    /// <summary>A row that lies in a borrowed buffer.</summary>
    public void Add(in EventRow row, RowId id, int buffer)
    {
        _buffers[buffer].AsSpan().Overlaps(row.Encoded, out int start);
        Add(new Entry(id, StreamOf(row.Stream), buffer, start, row.Encoded.Length));
    }

    /// <summary>Copies the row.</summary>
    public void Add(in EventRow row, RowId id)
    {
        ReadOnlySpan<byte> encoded = row.Encoded;
        if (_chunk < 0 || _used + encoded.Length > _buffers[_chunk].Length)
        {
            _chunk = Borrow(GC.AllocateUninitializedArray<byte>(Math.Max(ChunkBytes, encoded.Length)));
            _used = 0;
        }
        encoded.CopyTo(_buffers[_chunk].AsSpan(_used));
        Add(new Entry(id, StreamOf(row.Stream), _chunk, _used, encoded.Length));
        _used += encoded.Length;
    }

    public void Dispose()
    {
        if (_entries.Length > 0)
            ArrayPool<Entry>.Shared.Return(_entries);
        (_entries, Count) = ([], 0);
    }

    public void Sort()
    {
        if (!_sorted)
            _entries.AsSpan(0, Count).Sort(static (a, b) => a.Id.CompareTo(b.Id));
        _sorted = true;
    }

    public RowId Id(int i) => _entries[i].Id;

    /// <summary>Number of the row's stream in this table.</summary>
    public int Stream(int i) => _entries[i].Stream;

    /// <summary>Bytes of a row.</summary>
    public int LengthOf(int i) => _entries[i].Length;

    public EventRow this[int i]
    {
        get
        {
            ref readonly Entry entry = ref _entries[i];
            return new EventRow(_buffers[entry.Buffer].AsSpan(entry.Start, entry.Length), _streams[entry.Stream]);
        }
    }

    private void Add(Entry entry)
    {
        if (Count == _entries.Length)
        {
            Entry[] more = ArrayPool<Entry>.Shared.Rent(Count * 2);
            _entries.CopyTo(more, 0);
            ArrayPool<Entry>.Shared.Return(_entries);
            _entries = more;
        }
        _sorted &= Count == 0 || _entries[Count - 1].Id < entry.Id;
        _entries[Count++] = entry;
        RawBytes += entry.Length;
    }

    private int StreamOf(ReadOnlySpan<byte> stream)
    {
        if (_lastStream >= 0 && stream.SequenceEqual(_streams[_lastStream]))
            return _lastStream;
        ulong hash = Tokens.HashId(stream);
        if (!_streamsByHash.TryGetValue(hash, out List<int>? candidates))
            _streamsByHash[hash] = candidates = [];
        foreach (int candidate in candidates)
        {
            if (stream.SequenceEqual(_streams[candidate]))
                return _lastStream = candidate;
        }
        _streams.Add(stream.ToArray());
        candidates.Add(_streams.Count - 1);
        return _lastStream = _streams.Count - 1;
    }

    private readonly record struct Entry(RowId Id, int Stream, int Buffer, int Start, int Length);
}

/// <summary>Days since 1970 as partitions.</summary>
internal static class Days
{
    private const long NanosPerDay = 24L * 3600 * 1_000_000_000;
    private static readonly int s_epoch = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    public static DateOnly Of(Instant time) =>
        DateOnly.FromDayNumber(s_epoch + (int)(time.UnixNanos / NanosPerDay - (time.UnixNanos % NanosPerDay < 0 ? 1 : 0)));
}
