using System.Text;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Storage.Io;
using Tocsin.Storage.Segment.Columns;

namespace Tocsin.Storage.Segment;

/// <summary>
/// Turns sorted rows into the bytes of one block and its header. Reused block after block. One thread.
/// </summary>
/// <remarks>block := directory (varint columns, entry*), columns, filter. Offsets count from the start of the
/// block.</remarks>
internal sealed class BlockWriter
{
    private const long NanosPerMinute = 60L * 1_000_000_000;

    private readonly ByteBuffer _columns = new(Limits.BlockBytes / 4);
    private readonly ByteBuffer _raw = new(64 * 1024);
    private readonly TokenSet _tokens = new();
    private readonly ColumnScratch _scratch = new();
    private readonly FieldColumns _fields;
    private readonly ColumnBuilder _traceId, _spanId;
    private readonly List<ColumnEntry> _entries = [];
    private readonly ByteBuffer _ids = new(64 * 1024), _overflow = new(64);
    private long[] _numbers = [];

    public BlockWriter()
    {
        _fields = new FieldColumns(_scratch);
        _traceId = new ColumnBuilder(ColumnRole.TraceId, [], _scratch);
        _spanId = new ColumnBuilder(ColumnRole.SpanId, [], _scratch);
    }

    /// <summary>The finished block. Valid until the next call of <see cref="Write"/>.</summary>
    public ByteBuffer Block { get; } = new(Limits.BlockBytes / 4);

    /// <param name="rows">Sorted.</param>
    /// <param name="start">First row of the block.</param>
    /// <param name="count">Number of rows, at least one.</param>
    /// <param name="offset">Where the block will begin in its file.</param>
    public BlockHeader Write(RowTable rows, int start, int count, long offset)
    {
        _columns.Clear();
        _tokens.Clear();
        _entries.Clear();
        Block.Clear();
        BlockHeader header = WriteFixed(rows, start, count);
        WriteIds(rows, start, count);
        WriteFields(rows, start, count);
        int directory = WriteDirectory();
        uint directoryCrc = Crc32C.Of(Block.Span);
        Block.Bytes(_columns.Span);
        int filter = Block.Length;
        foreach (StreamCount stream in header.Streams)
            _tokens.AddFields(rows.Streams[stream.Stream]);
        _tokens.WriteFilter(Block);
        return header with
        {
            Offset = offset,
            Length = Block.Length,
            DirectoryLength = directory,
            DirectoryCrc = directoryCrc,
            FilterOffset = filter,
            FilterLength = Block.Length - filter,
            FilterCrc = Crc32C.Of(Block.Span[filter..]),
        };
    }

    /// <summary>The columns that every row has, and what the header says of them.</summary>
    private BlockHeader WriteFixed(RowTable rows, int start, int count)
    {
        if (_numbers.Length < count)
            _numbers = new long[count];
        Span<long> numbers = _numbers.AsSpan(0, count);
        for (int i = 0; i < count; i++)
            numbers[i] = rows.Id(start + i).Time.UnixNanos;
        WriteInts(ColumnRole.Time, numbers);
        MinuteCount[] minutes = CountMinutes(rows, start, numbers);
        long raw = 0;
        for (int i = 0; i < count; i++)
        {
            EventRow row = rows[start + i];
            raw += row.Encoded.Length;
            numbers[i] = unchecked(row.Observed.UnixNanos - row.Time.UnixNanos);
        }
        WriteInts(ColumnRole.ObservedDelay, numbers);
        for (int i = 0; i < count; i++)
            numbers[i] = unchecked((long)rows.Id(start + i).Sequence);
        WriteInts(ColumnRole.Sequence, numbers);
        (ulong minSequence, ulong maxSequence) = (ulong.MaxValue, 0);
        foreach (long sequence in numbers)
            (minSequence, maxSequence) = (Math.Min(minSequence, (ulong)sequence), Math.Max(maxSequence, (ulong)sequence));
        (byte minSeverity, byte maxSeverity) = WriteSeverity(rows, start, numbers);
        for (int i = 0; i < count; i++)
            numbers[i] = rows.Stream(start + i);
        WriteInts(ColumnRole.Stream, numbers);
        return new BlockHeader
        {
            Offset = 0, Length = 0, DirectoryLength = 0, DirectoryCrc = 0, FilterOffset = 0, FilterLength = 0,
            FilterCrc = 0,
            Rows = count, RawBytes = (int)Math.Min(raw, int.MaxValue),
            MinTime = rows.Id(start).Time, MaxTime = rows.Id(start + count - 1).Time,
            MinSequence = minSequence, MaxSequence = maxSequence,
            MinSeverity = minSeverity, MaxSeverity = maxSeverity,
            Counts = minutes, Streams = CountStreams(numbers, rows.Streams.Count),
        };
    }

    private (byte Min, byte Max) WriteSeverity(RowTable rows, int start, Span<long> numbers)
    {
        Span<int> codes = stackalloc int[256];
        codes.Fill(-1);
        _raw.Clear();
        ByteBuffer values = _scratch.Heap;
        values.Clear();
        (byte min, byte max, int count) = (byte.MaxValue, 0, 0);
        for (int i = 0; i < numbers.Length; i++)
        {
            byte severity = rows[start + i].Severity;
            (min, max) = (Math.Min(min, severity), Math.Max(max, severity));
            if (codes[severity] < 0)
            {
                codes[severity] = count++;
                values.U8(9);
                values.U8((byte)ValueKind.Int);
                values.I64(severity);
            }
            numbers[i] = codes[severity];
        }
        _raw.U8(CodesColumn.Plain);
        _raw.Varint((ulong)count);
        TextBlock.Write(values.Span, _raw);
        IntPack.Write(numbers, delta: false, _raw);
        _raw.Take(IntPack.Padding).Clear();
        Store(ColumnRole.Severity, [], ColumnEncoding.Codes);
        return (min, max);
    }

    private void WriteIds(RowTable rows, int start, int count)
    {
        _traceId.Clear();
        _spanId.Clear();
        // Tag, length, bytes, as everywhere else; the row itself holds only the bytes.
        _ids.Clear();
        for (int i = 0; i < count; i++)
        {
            EventRow row = rows[start + i];
            AddId(_traceId, i, row.TraceId);
            AddId(_spanId, i, row.SpanId);
        }
        byte[][] buffers = [_ids.Array];
        Encode(_traceId, buffers, count);
        Encode(_spanId, buffers, count);
    }

    private void AddId(ColumnBuilder column, int row, ReadOnlySpan<byte> id)
    {
        if (id.Length == 0)
            return;
        int start = _ids.Length;
        _ids.U8((byte)ValueKind.Bytes);
        _ids.Blob(id);
        column.Add(row, new Place(0, start, _ids.Length - start), ValueKind.Bytes);
    }

    private void WriteFields(RowTable rows, int start, int count)
    {
        _fields.Clear();
        ByteBuffer? overflow = null;
        List<(int Row, int Length)> overflowed = [];
        for (int i = 0; i < count; i++)
        {
            Place place = rows.PlaceOf(start + i);
            EventRow row = rows[start + i];
            ReadOnlySpan<byte> buffer = rows.Buffers[place.Buffer];
            _overflow.Clear();
            _fields.BeginRow();
            FieldReader fields = row.Fields;
            while (fields.MoveNext())
            {
                ReadOnlySpan<byte> value = fields.Value.Encoded;
                if (_fields.Of(fields.Name, i) is { } column)
                {
                    buffer.Overlaps(value, out int at);
                    column.Add(i, new Place(place.Buffer, at, value.Length), fields.Value.Kind);
                    continue;
                }
                _overflow.Blob(fields.Name);
                _overflow.Bytes(value);
            }
            if (_overflow.Length == 0)
                continue;
            overflow ??= new ByteBuffer(4096);
            int before = overflow.Length;
            overflow.U8((byte)ValueKind.Bytes);
            overflow.Blob(_overflow.Span);
            overflowed.Add((i, overflow.Length - before));
            _tokens.AddFields(_overflow.Span);
        }
        foreach (ColumnBuilder column in _fields.Columns)
            Encode(column, rows.Buffers, count);
        if (overflow is not null)
            WriteOverflow(overflow, overflowed, count);
    }

    private void WriteOverflow(ByteBuffer overflow, List<(int Row, int Length)> rows, int count)
    {
        var column = new ColumnBuilder(ColumnRole.Overflow, [], _scratch);
        int at = 0;
        foreach ((int row, int length) in rows)
        {
            column.Add(row, new Place(0, at, length), ValueKind.Bytes);
            at += length;
        }
        Encode(column, [overflow.Array], count);
    }

    private void Encode(ColumnBuilder column, IReadOnlyList<byte[]> buffers, int rows)
    {
        if (column.Count == 0)
            return;
        _raw.Clear();
        TokenSet? tokens = column.Role == ColumnRole.Overflow ? null : _tokens;
        Store(column.Role, column.Name, column.Encode(buffers, rows, _raw, tokens));
    }

    private void WriteInts(ColumnRole role, ReadOnlySpan<long> numbers)
    {
        _raw.Clear();
        _raw.U8(0);
        ColumnBuilder.WriteInts(numbers, _raw);
        Store(role, [], ColumnEncoding.Integers);
    }

    private void Store(ColumnRole role, byte[] name, ColumnEncoding encoding)
    {
        ReadOnlySpan<byte> bytes = _raw.Span;
        _entries.Add(new ColumnEntry(
            role, name, encoding, Deflated: false, _columns.Length, bytes.Length, bytes.Length, Crc32C.Of(bytes)));
        _columns.Bytes(bytes);
    }

    /// <summary>
    /// Offsets in entries count from the first column, so that the directory's own length does not matter.
    /// </summary>
    private int WriteDirectory()
    {
        Block.Varint((ulong)_entries.Count);
        foreach (ColumnEntry entry in _entries)
            entry.Write(Block);
        return Block.Length;
    }

    private static MinuteCount[] CountMinutes(RowTable rows, int start, ReadOnlySpan<long> times)
    {
        var counts = new List<MinuteCount>();
        Span<int> families = stackalloc int[Severity.Family(Severity.Max) + 1];
        families.Clear();
        long minute = Floor(times[0], NanosPerMinute);
        for (int i = 0; i < times.Length; i++)
        {
            long now = Floor(times[i], NanosPerMinute);
            if (now != minute)
                Flush(counts, minute, families);
            minute = now;
            families[Severity.Family(rows[start + i].Severity)]++;
        }
        Flush(counts, minute, families);
        return [.. counts];
    }

    private static void Flush(List<MinuteCount> into, long minute, Span<int> families)
    {
        for (int family = 0; family < families.Length; family++)
        {
            if (families[family] > 0)
                into.Add(new MinuteCount(minute, (byte)family, families[family]));
        }
        families.Clear();
    }

    private static StreamCount[] CountStreams(ReadOnlySpan<long> streams, int most)
    {
        int[] counts = new int[most];
        foreach (long stream in streams)
            counts[stream]++;
        return [.. counts.Index().Where(c => c.Item > 0).Select(c => new StreamCount(c.Index, c.Item))];
    }

    private static long Floor(long value, long step) => value / step - (value % step < 0 ? 1 : 0);
}

/// <summary>The field columns of a block, found by name. One thread.</summary>
internal sealed class FieldColumns(ColumnScratch scratch)
{
    private readonly Dictionary<string, ColumnBuilder> _byName = new(StringComparer.Ordinal);
    private readonly List<ColumnBuilder> _inOrder = [];
    private ColumnBuilder? _first, _last;

    /// <summary>Those that have a value, in the order in which their names came up first.</summary>
    public IEnumerable<ColumnBuilder> Columns
    {
        get
        {
            foreach (ColumnBuilder first in _inOrder)
            {
                for (ColumnBuilder? column = first; column is { Count: > 0 }; column = column.Repetition)
                    yield return column;
            }
        }
    }

    public void Clear()
    {
        // Names of blocks long gone are forgotten, now and then.
        if (_byName.Count >= Limits.BlockColumns)
        {
            _byName.Clear();
            _inOrder.Clear();
            _first = null;
        }
        foreach (ColumnBuilder column in _inOrder)
            column.Clear();
    }

    public void BeginRow() => _last = null;

    /// <summary>
    /// A name that repeats within a row has one column per repetition. Null when the block has no column left.
    /// </summary>
    public ColumnBuilder? Of(ReadOnlySpan<byte> name, int row)
    {
        ColumnBuilder? column = _last is null ? _first : _last.Next;
        if (column is null || !name.SequenceEqual(column.Name))
        {
            column = Find(name);
            if (_last is not null && column is not null)
                _last.Next = column;
            else if (column is not null)
                _first = column;
        }
        _last = column ?? _last;
        for (int repetition = 0; column is not null && column.LastRow == row; repetition++)
        {
            if (repetition == Limits.BlockColumns)
                return null;
            column = column.Repetition ??= new ColumnBuilder(ColumnRole.Field, column.Name, scratch);
        }
        return column;
    }

    private ColumnBuilder? Find(ReadOnlySpan<byte> name)
    {
        // Latin-1 maps every byte to one char and back, so names that are not UTF-8 stay apart too.
        Span<char> key = name.Length <= 256 ? stackalloc char[name.Length] : new char[name.Length];
        Encoding.Latin1.GetChars(name, key);
        var byName = _byName.GetAlternateLookup<ReadOnlySpan<char>>();
        if (byName.TryGetValue(key, out ColumnBuilder? column))
            return column;
        if (_byName.Count >= Limits.BlockColumns)
            return null;
        column = new ColumnBuilder(ColumnRole.Field, name.ToArray(), scratch);
        byName[key] = column;
        _inOrder.Add(column);
        return column;
    }
}
