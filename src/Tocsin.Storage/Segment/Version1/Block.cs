using System.IO.Compression;
using System.Text;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Storage.Io;
using Tocsin.Storage.Scan;

namespace Tocsin.Storage.Segment.Version1;

/// <summary>
/// A block of a segment of version 1 (docs/formats/segment-1.md): rows sorted by stream and time, streams inside the block. Only
/// read.
/// </summary>
internal sealed class Block(SegmentFile segment, BlockHeader header) : SegmentBlock(segment, header)
{
    /// <summary>
    /// Steps: 1 directory, 2 time and sequence of each row, 3 only the columns the predicate asks for, 4 the predicate
    /// on rows
    /// made of these, 5 the other columns, only when a row matched.
    /// </summary>
    public override BlockMatches Open(BlockQuery query)
    {
        byte[] bytes = File.Read(Header.Offset, Header.Length);
        var columns = new BlockColumns(bytes, Header);
        List<(RowId Id, int Row)> candidates = [];
        for (int row = 0; row < Header.Rows; row++)
        {
            RowId id = columns.Id(row);
            if (query.InRange(id))
                candidates.Add((id, row));
        }
        var matches = new Matches(columns, Header.Length);
        if (candidates.Count == 0)
            return matches;
        bool all = query.Where == Predicate.All;
        if (!all)
            columns.Load(query.Needs);
        foreach ((RowId id, int row) in candidates)
        {
            if (all || query.Where.Matches(columns.Assemble(row)))
                matches.Keep(id, row);
        }
        if (matches.Count > 0)
            columns.Load(query.Output);
        matches.Sort(query.OldestFirst);
        return matches;
    }

    private sealed class Matches(BlockColumns columns, long bytes) : ListedMatches(bytes)
    {
        public void Keep(RowId id, int row) => Add(id, row);

        protected override EventRow Row(int place) => columns.Assemble(place);
    }
}

/// <summary>
/// The columns of one block, decoded as they are asked for, and rows put together from them. One thread.
/// </summary>
internal sealed class BlockColumns
{
    /// <summary>Deflate cannot shrink further; a larger claim is damage.</summary>
    private const int MostDeflateSaves = 1100;

    private readonly byte[] _block;
    private readonly int _rows;
    private readonly int _columnsAt;
    private readonly List<ColumnEntry> _entries;
    private readonly List<(byte[] Prefix, Column Values)> _fields = [];
    private readonly HashSet<ColumnEntry> _loaded = new(ReferenceEqualityComparer.Instance);
    private readonly byte[][] _streams;
    private readonly Column _time, _sequence, _severity, _stream;
    private readonly ByteBuffer _row = new(512);
    private Column? _delay, _traceId, _spanId, _overflow;

    public BlockColumns(byte[] block, BlockHeader header)
    {
        _block = block;
        _rows = header.Rows;
        _columnsAt = header.DirectoryLength;
        ReadOnlySpan<byte> directory = block.AsSpan(0, header.DirectoryLength);
        if (Crc32C.Of(directory) != header.DirectoryCrc)
            throw new InvalidDataException("the column directory of a block is damaged");
        _entries = ReadDirectory(directory);
        _time = Required(ColumnRole.Time);
        _sequence = Required(ColumnRole.Sequence);
        _severity = Required(ColumnRole.Severity);
        _stream = Required(ColumnRole.Stream);
        _streams = ReadStreams(
            Raw(Entry(ColumnRole.Streams) ?? throw new InvalidDataException("a block has no streams")));
    }

    public RowId Id(int row) => new(new Instant(_time.Int(row)), unchecked((ulong)_sequence.Int(row)));

    /// <summary>Decodes what is needed and not decoded yet; null means everything.</summary>
    public void Load(FieldNeeds? needs)
    {
        if (needs is null)
            _delay ??= Optional(ColumnRole.ObservedDelay);
        if (needs is not { TraceId: false })
            _traceId ??= Optional(ColumnRole.TraceId);
        if (needs is not { SpanId: false })
            _spanId ??= Optional(ColumnRole.SpanId);
        if (needs is not { Names.Count: 0 })
            _overflow ??= Optional(ColumnRole.Overflow);
        foreach (ColumnEntry entry in _entries)
        {
            if (entry.Role == ColumnRole.Field
                && (needs is null || needs.Names.Contains(Encoding.UTF8.GetString(entry.Name)))
                && _loaded.Add(entry))
                _fields.Add((Prefix(entry.Name), Decode(entry)));
        }
    }

    /// <summary>The row with the columns loaded so far. Valid until the next call.</summary>
    public EventRow Assemble(int row)
    {
        _row.Clear();
        long time = _time.Int(row);
        _row.I64(time);
        _row.I64(unchecked(time + (_delay is { } delay && delay.Has(row) ? delay.Int(row) : 0)));
        _row.U8((byte)_severity.Int(row));
        Id(_traceId, row, 16);
        Id(_spanId, row, 8);
        foreach ((byte[] prefix, Column values) in _fields)
        {
            ReadOnlySpan<byte> value = values[row];
            if (value.Length == 0)
                continue;
            _row.Bytes(prefix);
            _row.Bytes(value);
        }
        if (_overflow is not null)
            _row.Bytes(_overflow.Bytes(row));
        long stream = _stream.Int(row);
        return stream >= 0 && stream < _streams.Length
            ? new EventRow(_row.Span, _streams[stream])
            : throw new InvalidDataException("a row points past the streams of its block");
    }

    private void Id(Column? column, int row, int length)
    {
        Span<byte> target = _row.Take(length);
        target.Clear();
        if (column is null)
            return;
        ReadOnlySpan<byte> id = column.Bytes(row);
        if (id.Length == length)
            id.CopyTo(target);
    }

    private Column Required(ColumnRole role) =>
        Optional(role) ?? throw new InvalidDataException($"a block has no {role} column");

    private Column? Optional(ColumnRole role) => Entry(role) is { } entry ? Decode(entry) : null;

    private ColumnEntry? Entry(ColumnRole role) => _entries.Find(e => e.Role == role);

    private Column Decode(ColumnEntry entry)
    {
        Column column = Column.Decode(entry.Encoding, Raw(entry), _rows);
        if (entry.Role == ColumnRole.Overflow)
        {
            for (int row = 0; row < _rows; row++)
                BatchShape.CheckFields(column.Bytes(row));
        }
        return column;
    }

    private ReadOnlySpan<byte> Raw(ColumnEntry entry)
    {
        long start = (long)_columnsAt + entry.Offset;
        if (start + entry.StoredLength > _block.Length)
            throw new InvalidDataException("a column lies outside its block");
        ReadOnlySpan<byte> stored = _block.AsSpan((int)start, entry.StoredLength);
        if (Crc32C.Of(stored) != entry.Crc)
            throw new InvalidDataException($"column {Encoding.UTF8.GetString(entry.Name)} of a block is damaged");
        entry.MustBeUpTo(ColumnCodec.Deflate);
        if (entry.Codec == ColumnCodec.Usual)
            return stored;
        if (entry.RawLength > (long)entry.StoredLength * MostDeflateSaves)
            throw new InvalidDataException("a column claims to be longer than it can be");
        byte[] raw = new byte[entry.RawLength];
        using var inflate = new DeflateStream(
            new MemoryStream(_block, (int)start, entry.StoredLength, writable: false), CompressionMode.Decompress);
        return inflate.ReadAtLeast(raw, raw.Length, throwOnEndOfStream: false) == raw.Length
            ? raw
            : throw new InvalidDataException("a column is shorter than it claims");
    }

    private static List<ColumnEntry> ReadDirectory(ReadOnlySpan<byte> directory)
    {
        var reader = new ByteReader(directory);
        var entries = new List<ColumnEntry>();
        for (int count = reader.Count(directory.Length); count > 0; count--)
            entries.Add(ColumnEntry.Read(ref reader));
        return entries;
    }

    private static byte[][] ReadStreams(ReadOnlySpan<byte> raw)
    {
        var reader = new ByteReader(raw);
        var streams = new byte[reader.Count(raw.Length)][];
        for (int i = 0; i < streams.Length; i++)
        {
            streams[i] = reader.Blob().ToArray();
            BatchShape.CheckFields(streams[i]);
        }
        return streams;
    }

    private static byte[] Prefix(byte[] name)
    {
        var prefix = new ByteBuffer(name.Length + 2);
        prefix.Blob(name);
        return prefix.Span.ToArray();
    }
}
