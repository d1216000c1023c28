using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;

namespace Tocsin.Storage.Segment;

/// <summary>Copies of rows on their way into a segment, sorted by (stream, time, arrival). One thread.</summary>
internal sealed class RowTable
{
    private const int ChunkBytes = Limits.ChunkBytes;
    private readonly List<byte[]> _chunks = [];
    private readonly List<Entry> _entries = [];
    private readonly List<byte[]> _streams = [];
    private readonly Dictionary<ulong, List<int>> _streamsByHash = [];
    private int _used = ChunkBytes;
    private int _lastStream = -1;

    public int Count => _entries.Count;

    public long RawBytes { get; private set; }

    public void Add(in EventRow row, RowId id)
    {
        ReadOnlySpan<byte> encoded = row.Encoded;
        if (_chunks.Count == 0 || _used + encoded.Length > _chunks[^1].Length)
        {
            _chunks.Add(GC.AllocateUninitializedArray<byte>(Math.Max(ChunkBytes, encoded.Length)));
            _used = 0;
        }
        encoded.CopyTo(_chunks[^1].AsSpan(_used));
        _entries.Add(new Entry(StreamOf(row.Stream), id, _chunks.Count - 1, _used, encoded.Length));
        _used += encoded.Length;
        RawBytes += encoded.Length;
    }

    public void Sort() => _entries.Sort(static (a, b) =>
    {
        int byStream = a.Stream.CompareTo(b.Stream);
        return byStream != 0 ? byStream : a.Id.CompareTo(b.Id);
    });

    public RowId Id(int i) => _entries[i].Id;

    /// <summary>Number of the row's stream in this table.</summary>
    public int Stream(int i) => _entries[i].Stream;

    public EventRow this[int i]
    {
        get
        {
            Entry entry = _entries[i];
            return new EventRow(_chunks[entry.Chunk].AsSpan(entry.Offset, entry.Length), _streams[entry.Stream]);
        }
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

    private readonly record struct Entry(int Stream, RowId Id, int Chunk, int Offset, int Length);
}

/// <summary>Days since 1970 as partitions.</summary>
internal static class Days
{
    private const long NanosPerDay = 24L * 3600 * 1_000_000_000;
    private static readonly int s_epoch = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    public static DateOnly Of(Instant time) =>
        DateOnly.FromDayNumber(s_epoch + (int)Math.Floor((decimal)time.UnixNanos / NanosPerDay));
}
