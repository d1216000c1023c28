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

    private readonly ByteBuffer _columns = new(Limits.BlockBytes / 16);
    private readonly ByteBuffer _raw = new(64 * 1024);
    private readonly TokenSet _tokens = new();
    private readonly ColumnScratch _scratch = new();
    private readonly FieldColumns _fields;
    private readonly ColumnBuilder _traceId, _spanId, _overflow;
    private readonly List<ColumnEntry> _entries = [];
    private long[] _times = [], _delays = [];
    private byte[] _severities = [];

    public BlockWriter()
    {
        _fields = new FieldColumns(_scratch);
        _traceId = new ColumnBuilder(ColumnRole.TraceId, [], _scratch);
        _spanId = new ColumnBuilder(ColumnRole.SpanId, [], _scratch);
        _overflow = new ColumnBuilder(ColumnRole.Overflow, [], _scratch);
    }

    /// <summary>The finished block. Valid until the next call of <see cref="Write"/>.</summary>
    public ByteBuffer Block { get; } = new(Limits.BlockBytes / 16);

    /// <param name="rows">Sorted.</param>
    /// <param name="start">First row of the block.</param>
    /// <param name="count">Number of rows, at least one.</param>
    /// <param name="offset">Where the block will begin in its file.</param>
    /// <param name="done">Told now and then how many of the rows are as good as written; may be null.</param>
    public BlockHeader Write(RowTable rows, int start, int count, long offset, Action<int>? done = null)
    {
        _columns.Clear(Limits.BlockBytes / 4);
        _tokens.Clear();
        _entries.Clear();
        Block.Clear(Limits.BlockBytes / 4);
        int raw = Gather(rows, start, count);
        BlockHeader header = WriteFixed(rows, start, count, raw);
        ColumnBuilder[] columns = [_traceId, _spanId, .. _fields.Columns, _overflow];
        for (int i = 0; i < columns.Length; i++)
        {
            Encode(columns[i], count);
            done?.Invoke((int)((long)count * (i + 1) / columns.Length));
        }
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

    /// <summary>Reads every row once, while it is in the processor's cache.</summary>
    private int Gather(RowTable rows, int start, int count)
    {
        if (_times.Length < count)
            (_times, _delays, _severities) = (new long[count], new long[count], new byte[count]);
        _fields.Clear();
        _traceId.Clear();
        _spanId.Clear();
        _overflow.Clear();
        long raw = 0;
        for (int i = 0; i < count; i++)
        {
            EventRow row = rows[start + i];
            raw += row.Encoded.Length;
            _times[i] = row.Time.UnixNanos;
            _delays[i] = unchecked(row.Observed.UnixNanos - row.Time.UnixNanos);
            _severities[i] = row.Severity;
            if (row.TraceId.Length > 0)
                _traceId.AddId(i, row.TraceId);
            if (row.SpanId.Length > 0)
                _spanId.AddId(i, row.SpanId);
            AddFields(i, row.Fields);
        }
        return (int)Math.Min(raw, int.MaxValue);
    }

    private void AddFields(int row, FieldReader fields)
    {
        ByteBuffer? beyond = null;
        _fields.BeginRow();
        while (fields.MoveNext(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
        {
            if (_fields.Of(name, row) is { } column)
            {
                column.Add(row, value);
                continue;
            }
            beyond ??= new ByteBuffer(64);
            beyond.Blob(name);
            beyond.Bytes(value);
        }
        if (beyond is not null)
            AddOverflow(row, beyond.Span);
    }

    /// <summary>The columns that every row has, and what the header says of them.</summary>
    private BlockHeader WriteFixed(RowTable rows, int start, int count, int raw)
    {
        WriteInts(ColumnRole.Time, _times.AsSpan(0, count));
        WriteInts(ColumnRole.ObservedDelay, _delays.AsSpan(0, count));
        Span<long> numbers = _scratch.Numbers(count);
        for (int i = 0; i < count; i++)
            numbers[i] = unchecked((long)rows.Id(start + i).Sequence);
        WriteInts(ColumnRole.Sequence, numbers);
        (ulong minSequence, ulong maxSequence) = (ulong.MaxValue, 0);
        foreach (long sequence in numbers)
            (minSequence, maxSequence) = (Math.Min(minSequence, (ulong)sequence), Math.Max(maxSequence, (ulong)sequence));
        (byte minSeverity, byte maxSeverity) = WriteSeverity(count);
        numbers = _scratch.Numbers(count);
        for (int i = 0; i < count; i++)
            numbers[i] = rows.Stream(start + i);
        WriteInts(ColumnRole.Stream, numbers);
        return new BlockHeader
        {
            Offset = 0, Length = 0, DirectoryLength = 0, DirectoryCrc = 0, FilterOffset = 0, FilterLength = 0,
            FilterCrc = 0,
            Rows = count, RawBytes = raw,
            MinTime = rows.Id(start).Time, MaxTime = rows.Id(start + count - 1).Time,
            MinSequence = minSequence, MaxSequence = maxSequence,
            MinSeverity = minSeverity, MaxSeverity = maxSeverity,
            Counts = CountMinutes(count), Streams = CountStreams(numbers, rows.Streams.Count),
        };
    }

    private (byte Min, byte Max) WriteSeverity(int count)
    {
        Span<int> codes = stackalloc int[256];
        codes.Fill(-1);
        ByteBuffer values = _scratch.Heap;
        values.Clear();
        Span<long> numbers = _scratch.Numbers(count);
        (byte min, byte max, int different) = (byte.MaxValue, 0, 0);
        for (int i = 0; i < count; i++)
        {
            byte severity = _severities[i];
            if (codes[severity] < 0)
            {
                (min, max) = (Math.Min(min, severity), Math.Max(max, severity));
                codes[severity] = different++;
                values.U8(9);
                values.U8((byte)ValueKind.Int);
                values.I64(severity);
            }
            numbers[i] = codes[severity];
        }
        _raw.Clear();
        _raw.U8(CodesColumn.Plain);
        _raw.Varint((ulong)different);
        TextBlock.Write(values.Span, _raw);
        IntPack.Write(numbers, delta: false, _raw);
        _raw.Take(IntPack.Padding).Clear();
        Store(ColumnRole.Severity, [], ColumnEncoding.Codes);
        return (min, max);
    }

    private void AddOverflow(int row, ReadOnlySpan<byte> fields)
    {
        _raw.Clear();
        _raw.U8((byte)ValueKind.Bytes);
        _raw.Blob(fields);
        _overflow.Add(row, _raw.Span);
        _tokens.AddFields(fields);
    }

    private void Encode(ColumnBuilder column, int rows)
    {
        if (column.Count == 0)
            return;
        _raw.Clear();
        TokenSet? tokens = column.Role == ColumnRole.Overflow ? null : _tokens;
        Store(column.Role, column.Name, column.Encode(rows, _raw, tokens));
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
            role, name, encoding, ColumnCodec.Usual, _columns.Length, bytes.Length, bytes.Length, Crc32C.Of(bytes)));
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

    private MinuteCount[] CountMinutes(int rows)
    {
        var counts = new List<MinuteCount>();
        Span<int> families = stackalloc int[Severity.Family(Severity.Max) + 1];
        families.Clear();
        long minute = Floor(_times[0], NanosPerMinute), end = EndOf(minute);
        for (int i = 0; i < rows; i++)
        {
            // Times rise.
            if (_times[i] > end)
            {
                Flush(counts, minute, families);
                minute = Floor(_times[i], NanosPerMinute);
                end = EndOf(minute);
            }
            families[Severity.Family(_severities[i])]++;
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

    /// <summary>The last nanosecond of a minute.</summary>
    private static long EndOf(long minute) => minute >= long.MaxValue / NanosPerMinute ? long.MaxValue : (minute + 1) * NanosPerMinute - 1;

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
