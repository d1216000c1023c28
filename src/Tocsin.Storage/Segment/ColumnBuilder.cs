using System.Buffers.Binary;
using Tocsin.Model.Events;
using Tocsin.Storage.Io;

namespace Tocsin.Storage.Segment;

/// <summary>Gathers the values of one column of a block and chooses their encoding. One thread.</summary>
/// <remarks>
/// Layouts (docs/formats/segment.md); value := tag and payload as in an event batch, presence := u8 0 (every row) | u8
/// 1 bitmap:
/// <code>
/// Constant     := value
/// Dictionary   := u8 count, (varint length, value)*, u8 index per row (255 absent)
/// DeltaInts    := presence, zigzag varint per value
/// FixedWidth   := presence, u8 tag, varint width, bytes
/// StringHeap   := presence, varint length per value, bytes
/// TaggedValues := presence, value*
/// </code>
/// </remarks>
internal sealed class ColumnBuilder(ColumnRole role, byte[] name)
{
    public const byte Absent = 255;

    private readonly ByteBuffer _heap = new(256);
    private readonly List<int> _rows = [];
    private readonly List<int> _ends = [];
    private int _kinds;

    public ColumnRole Role => role;

    public byte[] Name => name;

    public int Count => _rows.Count;

    /// <param name="row">Index of the row in the block, rising.</param>
    /// <param name="encoded">Tag and payload.</param>
    public void Add(int row, ReadOnlySpan<byte> encoded)
    {
        _heap.Bytes(encoded);
        Added(row, (ValueKind)encoded[0]);
    }

    public void AddInt(int row, long value)
    {
        _heap.U8((byte)ValueKind.Int);
        _heap.I64(value);
        Added(row, ValueKind.Int);
    }

    public void AddBytes(int row, ReadOnlySpan<byte> value)
    {
        _heap.U8((byte)ValueKind.Bytes);
        _heap.Blob(value);
        Added(row, ValueKind.Bytes);
    }

    /// <param name="rows">Rows of the block.</param>
    /// <param name="into">Receives the raw column.</param>
    /// <param name="tokens">Receives the words of all strings, or null when the column is not searched by word.</param>
    public ColumnEncoding Encode(int rows, ByteBuffer into, TokenSet? tokens)
    {
        byte[] index = new byte[rows];
        List<int>? distinct = Distinct(index);
        foreach (int value in distinct ?? Enumerable.Range(0, Count))
            tokens?.AddValue(Value(value));
        if (distinct is { Count: 1 } && Count == rows)
        {
            into.Bytes(Value(distinct[0]));
            return ColumnEncoding.Constant;
        }
        // A dictionary whose values hardly repeat costs more than it saves.
        if (distinct is not null && distinct.Count <= Count / 2)
        {
            into.U8((byte)distinct.Count);
            foreach (int value in distinct)
                into.Blob(Value(value));
            into.Bytes(index);
            return ColumnEncoding.Dictionary;
        }
        Presence(rows, into);
        return EncodePlain(into);
    }

    private ColumnEncoding EncodePlain(ByteBuffer into)
    {
        if (Only(ValueKind.Int))
        {
            long before = 0;
            for (int i = 0; i < Count; i++)
            {
                long value = BinaryPrimitives.ReadInt64LittleEndian(Value(i)[1..]);
                into.Zigzag(unchecked(value - before));
                before = value;
            }
            return ColumnEncoding.DeltaInts;
        }
        if (Only(ValueKind.Double) || Only(ValueKind.Bytes) && HasOneWidth())
        {
            ReadOnlySpan<byte> first = Payload(0);
            into.U8(Value(0)[0]);
            into.Varint((ulong)first.Length);
            for (int i = 0; i < Count; i++)
                into.Bytes(Payload(i));
            return ColumnEncoding.FixedWidth;
        }
        if (Only(ValueKind.String))
        {
            for (int i = 0; i < Count; i++)
                into.Varint((ulong)Payload(i).Length);
            for (int i = 0; i < Count; i++)
                into.Bytes(Payload(i));
            return ColumnEncoding.StringHeap;
        }
        into.Bytes(_heap.Span);
        return ColumnEncoding.TaggedValues;
    }

    /// <summary>
    /// Positions of the different values, or null when there are too many; fills the index of each row.
    /// </summary>
    private List<int>? Distinct(byte[] index)
    {
        Array.Fill(index, Absent);
        var seen = new Dictionary<ulong, byte>();
        var distinct = new List<int>();
        for (int i = 0; i < Count; i++)
        {
            ReadOnlySpan<byte> value = Value(i);
            if (value.Length > Limits.DictionaryValueBytes)
                return null;
            ulong key = (ulong)value.Length << 32 | Crc32C.Of(value);
            if (!seen.TryGetValue(key, out byte at))
            {
                if (distinct.Count == Limits.DictionaryValues)
                    return null;
                at = (byte)distinct.Count;
                seen.Add(key, at);
                distinct.Add(i);
            }
            else if (!Value(distinct[at]).SequenceEqual(value))
            {
                return null;
            }
            index[_rows[i]] = at;
        }
        return distinct;
    }

    private void Presence(int rows, ByteBuffer into)
    {
        if (Count == rows)
        {
            into.U8(0);
            return;
        }
        into.U8(1);
        Span<byte> bitmap = into.Take((rows + 7) / 8);
        bitmap.Clear();
        foreach (int row in _rows)
            bitmap[row / 8] |= (byte)(1 << (row % 8));
    }

    private bool HasOneWidth()
    {
        int width = Payload(0).Length;
        for (int i = 1; i < Count; i++)
        {
            if (Payload(i).Length != width)
                return false;
        }
        return true;
    }

    private bool Only(ValueKind kind) => _kinds == 1 << (int)kind;

    private ReadOnlySpan<byte> Value(int i)
    {
        int start = i == 0 ? 0 : _ends[i - 1];
        return _heap.Span[start.._ends[i]];
    }

    private ReadOnlySpan<byte> Payload(int i)
    {
        ReadOnlySpan<byte> value = Value(i);
        return FieldValue.Read(ref value).Payload;
    }

    private void Added(int row, ValueKind kind)
    {
        _rows.Add(row);
        _ends.Add(_heap.Length);
        _kinds |= 1 << (int)kind;
    }
}
