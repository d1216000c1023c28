using System.Buffers.Binary;
using Tocsin.Model.Events;

namespace Tocsin.Storage.Segment.Version1;

/// <summary>One decoded column of a block: the encoded value of each row, or nothing where the row has none.</summary>
internal sealed class Column
{
    private const byte Absent = 255;

    private readonly byte[] _heap;
    private readonly int[] _starts;
    private readonly int[] _ends;

    private Column(byte[] heap, int rows)
    {
        _heap = heap;
        _starts = new int[rows];
        _ends = new int[rows];
    }

    /// <summary>Tag and payload; empty when the row has no value.</summary>
    public ReadOnlySpan<byte> this[int row] => _heap.AsSpan(_starts[row], _ends[row] - _starts[row]);

    public bool Has(int row) => _ends[row] > _starts[row];

    public long Int(int row)
    {
        ReadOnlySpan<byte> value = this[row];
        return value.Length == 9 && value[0] == (byte)ValueKind.Int
            ? BinaryPrimitives.ReadInt64LittleEndian(value[1..])
            : throw new InvalidDataException("the row has no number here");
    }

    /// <summary>Empty when the row has no value.</summary>
    public ReadOnlySpan<byte> Bytes(int row)
    {
        ReadOnlySpan<byte> value = this[row];
        if (value.Length == 0)
            return default;
        FieldValue bytes = FieldValue.Read(ref value);
        return bytes.Kind == ValueKind.Bytes ? bytes.Payload
            : throw new InvalidDataException("the row has no bytes here");
    }

    /// <summary>Throws <see cref="InvalidDataException"/> when the bytes are not a column of so many rows.</summary>
    public static Column Decode(ColumnEncoding encoding, ReadOnlySpan<byte> raw, int rows) => encoding switch
    {
        ColumnEncoding.Constant => Constant(raw, rows),
        ColumnEncoding.Dictionary => Dictionary(raw, rows),
        ColumnEncoding.DeltaInts => DeltaInts(raw, rows),
        ColumnEncoding.FixedWidth => FixedWidth(raw, rows),
        ColumnEncoding.StringHeap => StringHeap(raw, rows),
        ColumnEncoding.TaggedValues => TaggedValues(raw, rows),
        _ => throw new InvalidDataException($"column encoding {(byte)encoding} is not known"),
    };

    private static Column Constant(ReadOnlySpan<byte> raw, int rows)
    {
        var column = new Column(raw.ToArray(), rows);
        if (Check(ref raw) == 0 || raw.Length > 0)
            throw new InvalidDataException("a constant is one value");
        Array.Fill(column._ends, column._heap.Length);
        return column;
    }

    private static Column Dictionary(ReadOnlySpan<byte> raw, int rows)
    {
        var column = new Column(raw.ToArray(), rows);
        var reader = new ByteReader(raw);
        Span<(int Start, int End)> values = new (int, int)[reader.U8()];
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> value = reader.Blob();
            int end = raw.Length - reader.Left;
            values[i] = (end - value.Length, end);
            if (Check(ref value) == 0 || value.Length > 0)
                throw new InvalidDataException("a dictionary entry is one value");
        }
        ReadOnlySpan<byte> index = reader.Bytes(rows);
        End(reader);
        for (int row = 0; row < rows; row++)
        {
            if (index[row] == Absent)
                continue;
            if (index[row] >= values.Length)
                throw new InvalidDataException("a row points past the dictionary");
            (column._starts[row], column._ends[row]) = values[index[row]];
        }
        return column;
    }

    private static Column DeltaInts(ReadOnlySpan<byte> raw, int rows)
    {
        const int width = 9;
        var reader = new ByteReader(raw);
        bool[] present = Presence(ref reader, rows, out int count);
        var column = new Column(new byte[count * width], rows);
        long value = 0;
        for (int row = 0, at = 0; row < rows; row++)
        {
            if (!present[row])
                continue;
            value = unchecked(value + reader.Zigzag());
            column._heap[at] = (byte)ValueKind.Int;
            BinaryPrimitives.WriteInt64LittleEndian(column._heap.AsSpan(at + 1), value);
            column._starts[row] = at;
            column._ends[row] = at += width;
        }
        End(reader);
        return column;
    }

    private static Column FixedWidth(ReadOnlySpan<byte> raw, int rows)
    {
        var reader = new ByteReader(raw);
        bool[] present = Presence(ref reader, rows, out int count);
        var kind = (ValueKind)reader.U8();
        int width = reader.Count(raw.Length);
        if (kind != ValueKind.Bytes && (kind != ValueKind.Double || width != 8))
            throw new InvalidDataException($"values of kind {kind} and width {width} do not lie side by side");
        var heap = new ByteBuffer(count * (width + 6));
        var column = new List<(int Row, int Start, int End)>(count);
        for (int row = 0; row < rows; row++)
        {
            if (!present[row])
                continue;
            int start = heap.Length;
            heap.U8((byte)kind);
            if (kind == ValueKind.Bytes)
                heap.Varint((ulong)width);
            heap.Bytes(reader.Bytes(width));
            column.Add((row, start, heap.Length));
        }
        End(reader);
        return Placed(heap, column, rows);
    }

    private static Column StringHeap(ReadOnlySpan<byte> raw, int rows)
    {
        var reader = new ByteReader(raw);
        bool[] present = Presence(ref reader, rows, out int count);
        int[] lengths = new int[count];
        for (int i = 0; i < count; i++)
            lengths[i] = reader.Count(raw.Length);
        var heap = new ByteBuffer(reader.Left + count * 3);
        var column = new List<(int Row, int Start, int End)>(count);
        for (int row = 0; row < rows; row++)
        {
            if (!present[row])
                continue;
            int start = heap.Length;
            heap.U8((byte)ValueKind.String);
            heap.Blob(reader.Bytes(lengths[column.Count]));
            column.Add((row, start, heap.Length));
        }
        End(reader);
        return Placed(heap, column, rows);
    }

    private static Column TaggedValues(ReadOnlySpan<byte> raw, int rows)
    {
        var reader = new ByteReader(raw);
        bool[] present = Presence(ref reader, rows, out _);
        var column = new Column(raw.ToArray(), rows);
        ReadOnlySpan<byte> rest = reader.Rest;
        for (int row = 0; row < rows; row++)
        {
            if (!present[row])
                continue;
            column._starts[row] = raw.Length - rest.Length;
            Check(ref rest);
            column._ends[row] = raw.Length - rest.Length;
        }
        return rest.Length == 0 ? column : throw new InvalidDataException("bytes are left after the last value");
    }

    private static Column Placed(ByteBuffer heap, List<(int Row, int Start, int End)> places, int rows)
    {
        var column = new Column(heap.Span.ToArray(), rows);
        foreach ((int row, int start, int end) in places)
            (column._starts[row], column._ends[row]) = (start, end);
        return column;
    }

    private static bool[] Presence(ref ByteReader reader, int rows, out int count)
    {
        var present = new bool[rows];
        switch (reader.U8())
        {
            case 0:
                Array.Fill(present, true);
                break;
            case 1:
                ReadOnlySpan<byte> bitmap = reader.Bytes((rows + 7) / 8);
                for (int row = 0; row < rows; row++)
                    present[row] = (bitmap[row / 8] >> (row % 8) & 1) != 0;
                break;
            default:
                throw new InvalidDataException("presence is neither all nor a bitmap");
        }
        count = present.Count(p => p);
        return present;
    }

    /// <summary>Cuts one value off, having looked at every byte of it. Returns its length.</summary>
    private static int Check(ref ReadOnlySpan<byte> rest)
    {
        int before = rest.Length;
        BatchShape.CheckValue(FieldValue.Read(ref rest));
        return before - rest.Length;
    }

    private static void End(ByteReader reader)
    {
        if (reader.Left > 0)
            throw new InvalidDataException("bytes are left after the last value");
    }
}
