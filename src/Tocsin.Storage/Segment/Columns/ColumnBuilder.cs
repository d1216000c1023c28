using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using Tocsin.Model.Events;

namespace Tocsin.Storage.Segment.Columns;

/// <summary>
/// Gathers the values of one column of a block, and writes them in the encoding that suits them. Kept by its owner for the next
/// block. One thread.
/// </summary>
/// <remarks>
/// Values are copied here while their row is in the processor's cache: a column is read several times, and the rows of a block are
/// larger than any cache.
/// </remarks>
internal sealed class ColumnBuilder(ColumnRole role, byte[] name, ColumnScratch scratch)
{
    /// <summary>Bytes of values for which the memory is kept.</summary>
    private const int Kept = 16 << 20;

    private readonly ByteBuffer _values = new(1024);
    private int[] _rows = new int[256];

    // Where each value ends, behind a 0.
    private int[] _ends = new int[257];
    private int _kinds;
    private bool _oneWidth;

    public ColumnRole Role => role;

    public byte[] Name => name;

    public int Count { get; private set; }

    /// <summary>The last row that has a value; -1 when none has.</summary>
    public int LastRow => Count == 0 ? -1 : _rows[Count - 1];

    /// <summary>The column whose value followed in the row before: rows are mostly alike.</summary>
    public ColumnBuilder? Next { get; set; }

    /// <summary>The column of the same name for a second value in one row.</summary>
    public ColumnBuilder? Repetition { get; set; }

    public void Clear()
    {
        (Count, _kinds, _oneWidth) = (0, 0, true);
        _values.Clear(most: Kept);
        Repetition?.Clear();
    }

    /// <param name="row">Index of the row in the block, rising.</param>
    /// <param name="value">Tag and payload.</param>
    public void Add(int row, ReadOnlySpan<byte> value)
    {
        value.CopyTo(Take(row, value.Length));
        _kinds |= 1 << value[0];
    }

    /// <summary>An id as everything else is stored: tag, length, bytes.</summary>
    public void AddId(int row, ReadOnlySpan<byte> id)
    {
        Debug.Assert(id.Length < 0x80, "a row says an id's length in one byte");
        Span<byte> value = Take(row, id.Length + 2);
        value[0] = (byte)ValueKind.Bytes;
        value[1] = (byte)id.Length;
        id.CopyTo(value[2..]);
        _kinds |= 1 << (int)ValueKind.Bytes;
    }

    private Span<byte> Take(int row, int length)
    {
        if (Count == _rows.Length)
        {
            Array.Resize(ref _rows, Count * 2);
            Array.Resize(ref _ends, Count * 2 + 1);
        }
        _oneWidth &= length == _ends[1] || Count == 0;
        _rows[Count++] = row;
        Span<byte> value = _values.Take(length);
        _ends[Count] = _values.Length;
        return value;
    }

    /// <param name="rows">Rows of the block.</param>
    /// <param name="into">Receives the raw column.</param>
    /// <param name="tokens">Receives what the word filter must know, or null.</param>
    public ColumnEncoding Encode(int rows, ByteBuffer into, TokenSet? tokens)
    {
        var values = new Values(_values.Span, _ends.AsSpan(0, Count + 1));
        if (Count == rows && AllEqual(values))
        {
            into.Bytes(values[0]);
            AddTokens(values[0], tokens);
            return ColumnEncoding.Constant;
        }
        if (Only(ValueKind.Int))
            return Integers(values, rows, into);
        bool fixedWidth = Only(ValueKind.Double) || Only(ValueKind.Bytes) && _oneWidth;
        bool text = Only(ValueKind.String);
        DistinctValues distinct = scratch.Distinct;
        bool few = distinct.TryFind(values, Most(fixedWidth));
        if (few && distinct.Count > 256 && fixedWidth && Only(ValueKind.Bytes))
            return FixedCodesPay(values, distinct) ? FixedCodes(values, distinct, rows, into, tokens) : Fixed(values, rows, into, tokens);
        if (few && (distinct.Count <= 256 || !text))
            return Codes(values, distinct, rows, into, tokens);
        if (Only(ValueKind.Double))
            return Doubles(values, rows, into);
        if (fixedWidth)
            return Fixed(values, rows, into, tokens);
        if (text && scratch.Texts.TrySplit(values, few ? distinct.SizeWith(Count) : long.MaxValue, tokens))
        {
            scratch.Texts.Write(_rows.AsSpan(0, Count), rows, into, tokens);
            return ColumnEncoding.Templates;
        }
        return few ? Codes(values, distinct, rows, into, tokens) : Heap(values, rows, into, tokens);
    }

    // Numbers and ids are small themselves; a dictionary of them pays only when most repeat.
    private int Most(bool fixedWidth) => Only(ValueKind.Double) ? 256 : fixedWidth ? Count * 7 / 8 : Count / 2;

    private ColumnEncoding Codes(
        Values values, DistinctValues distinct, int rows, ByteBuffer into, TokenSet? tokens)
    {
        bool recent = distinct.Count > 256 && IsRecent(distinct);
        into.U8(recent ? CodesColumn.Recent : CodesColumn.Plain);
        into.Varint((ulong)distinct.Count);
        ByteBuffer heap = scratch.Heap;
        heap.Clear();
        for (int code = 0; code < distinct.Count; code++)
        {
            ReadOnlySpan<byte> value = values[distinct.First(code)];
            heap.Blob(value);
            AddTokens(value, tokens);
        }
        TextBlock.Write(heap.Span, into);
        WriteCodes(distinct, recent, rows, into);
        return ColumnEncoding.Codes;
    }

    private void WriteCodes(DistinctValues distinct, bool recent, int rows, ByteBuffer into)
    {
        if (recent)
        {
            Presence.Write(_rows.AsSpan(0, Count), rows, into);
            IntPack.Write(Ages(distinct), delta: false, into);
        }
        else
        {
            Span<long> packed = scratch.Numbers(rows);
            packed.Fill(distinct.Count);
            for (int i = 0; i < Count; i++)
                packed[_rows[i]] = distinct.Codes[i];
            IntPack.Write(packed, delta: false, into);
        }
        into.Take(IntPack.Padding).Clear();
    }

    /// <summary>Whether ids repeat so often that a dictionary and codes take less than the ids as they are.</summary>
    private bool FixedCodesPay(Values values, DistinctValues distinct)
    {
        long width = values[0].Length - PayloadOf(values[0]);
        long codes = IsRecent(distinct) ? IntPack.SizeOf(Ages(distinct)) : (long)Count * BitsOf(distinct) / 8;
        return distinct.Count * width + codes < Count * width;
    }

    private ColumnEncoding FixedCodes(
        Values values, DistinctValues distinct, int rows, ByteBuffer into, TokenSet? tokens)
    {
        bool recent = IsRecent(distinct);
        int payload = PayloadOf(values[0]);
        into.U8(recent ? CodesColumn.Recent : CodesColumn.Plain);
        into.Varint((ulong)distinct.Count);
        into.U8((byte)ValueKind.Bytes);
        into.Varint((ulong)(values[0].Length - payload));
        for (int code = 0; code < distinct.Count; code++)
        {
            ReadOnlySpan<byte> value = values[distinct.First(code)];
            into.Bytes(value[payload..]);
            AddTokens(value, tokens);
        }
        WriteCodes(distinct, recent, rows, into);
        return ColumnEncoding.FixedCodes;
    }

    /// <summary>
    /// What comes in bursts, such as ids of traces, is mostly one of the last few. Ages must be much smaller than numbers, since
    /// they can only be read from the start.
    /// </summary>
    private bool IsRecent(DistinctValues distinct) => IntPack.SizeOf(Ages(distinct)) < Count * (BitsOf(distinct) - 2L) / 8;

    private static int BitsOf(DistinctValues distinct) => 32 - BitOperations.LeadingZeroCount((uint)distinct.Count);

    /// <summary>How many values have come up since each did; 0 for a new one.</summary>
    private Span<long> Ages(DistinctValues distinct)
    {
        Span<long> ages = scratch.Numbers(Count);
        int next = 0;
        for (int i = 0; i < Count; i++)
        {
            int code = distinct.Codes[i];
            ages[i] = next - code;
            if (code == next)
                next++;
        }
        return ages;
    }

    private ColumnEncoding Integers(Values values, int rows, ByteBuffer into)
    {
        Span<long> numbers = scratch.Numbers(Count);
        for (int i = 0; i < Count; i++)
            numbers[i] = BinaryPrimitives.ReadInt64LittleEndian(values[i][1..]);
        DistinctValues distinct = scratch.Distinct;
        if (distinct.TryFind(values, Math.Min(256, Count / 2))
            && distinct.SizeWith(rows) < IntPack.SizeOf(numbers))
            return Codes(values, distinct, rows, into, null);
        Presence.Write(_rows.AsSpan(0, Count), rows, into);
        WriteInts(numbers, into);
        return ColumnEncoding.Integers;
    }

    /// <summary>A pack in the mode that is smaller, and the padding behind it.</summary>
    public static void WriteInts(ReadOnlySpan<long> numbers, ByteBuffer into)
    {
        int start = into.Length;
        IntPack.Write(numbers, delta: true, into);
        if (into.Length - start > IntPack.SizeOf(numbers))
        {
            into.Cut(into.Length - start);
            IntPack.Write(numbers, delta: false, into);
        }
        into.Take(IntPack.Padding).Clear();
    }

    private ColumnEncoding Doubles(Values values, int rows, ByteBuffer into)
    {
        Span<double> doubles = scratch.Doubles(Count);
        for (int i = 0; i < Count; i++)
            doubles[i] = BinaryPrimitives.ReadDoubleLittleEndian(values[i][1..]);
        Span<long> scaled = scratch.Numbers(Count);
        int places = DecimalColumn.PlacesOf(doubles, scaled);
        if (places < 0)
            return Fixed(values, rows, into, null);
        Presence.Write(_rows.AsSpan(0, Count), rows, into);
        into.U8((byte)places);
        IntPack.Write(scaled, delta: false, into);
        into.Take(IntPack.Padding).Clear();
        return ColumnEncoding.Decimals;
    }

    private ColumnEncoding Fixed(Values values, int rows, ByteBuffer into, TokenSet? tokens)
    {
        Presence.Write(_rows.AsSpan(0, Count), rows, into);
        int width = values[0].Length - PayloadOf(values[0]);
        into.U8(values[0][0]);
        into.Varint((ulong)width);
        for (int i = 0; i < Count; i++)
        {
            into.Bytes(values[i][^width..]);
            if (Only(ValueKind.Bytes))
                AddTokens(values[i], tokens);
        }
        return ColumnEncoding.Fixed;
    }

    private ColumnEncoding Heap(Values values, int rows, ByteBuffer into, TokenSet? tokens)
    {
        Presence.Write(_rows.AsSpan(0, Count), rows, into);
        ByteBuffer heap = scratch.Heap;
        heap.Clear();
        Span<long> lengths = scratch.Numbers(Count);
        for (int i = 0; i < Count; i++)
        {
            ReadOnlySpan<byte> value = values[i];
            lengths[i] = value.Length;
            heap.Bytes(value);
            tokens?.AddValue(value);
        }
        TextBlock.Write(heap.Span, into);
        IntPack.Write(lengths, delta: false, into);
        into.Take(IntPack.Padding).Clear();
        return ColumnEncoding.Heap;
    }

    private bool AllEqual(Values values)
    {
        if (!_oneWidth)
            return false;
        ReadOnlySpan<byte> first = values[0];
        for (int i = 1; i < Count; i++)
        {
            if (!values[i].SequenceEqual(first))
                return false;
        }
        return true;
    }

    private bool Only(ValueKind kind) => _kinds == 1 << (int)kind;

    private void AddTokens(ReadOnlySpan<byte> value, TokenSet? tokens)
    {
        if (role is ColumnRole.TraceId or ColumnRole.SpanId)
            tokens?.AddId(value[PayloadOf(value)..]);
        else
            tokens?.AddValue(value);
    }

    /// <summary>Where the payload begins, behind tag and length.</summary>
    private static int PayloadOf(ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> rest = value;
        return value.Length - FieldValue.Read(ref rest).Payload.Length;
    }
}

/// <summary>The encoded values of a column, in the order of their rows.</summary>
/// <param name="bytes">One after the other.</param>
/// <param name="ends">Where each ends, behind a 0.</param>
internal readonly ref struct Values(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> ends)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly ReadOnlySpan<int> _ends = ends;

    public int Count => _ends.Length - 1;

    public ReadOnlySpan<byte> this[int i] => _bytes[_ends[i].._ends[i + 1]];
}

/// <summary>What the columns of one writer use one after the other. One thread.</summary>
internal sealed class ColumnScratch
{
    private long[] _numbers = [];
    private double[] _doubles = [];

    public DistinctValues Distinct { get; } = new();

    public TextSplitter Texts { get; } = new();

    public ByteBuffer Heap { get; } = new(64 << 10);

    /// <summary>Valid until the next call.</summary>
    public Span<long> Numbers(int count)
    {
        if (_numbers.Length < count)
            _numbers = new long[count + count / 4];
        return _numbers.AsSpan(0, count);
    }

    /// <summary>Valid until the next call.</summary>
    public Span<double> Doubles(int count)
    {
        if (_doubles.Length < count)
            _doubles = new double[count + count / 4];
        return _doubles.AsSpan(0, count);
    }
}
