using Tocsin.Model.Events;

namespace Tocsin.Storage.Segment.Columns;

/// <summary>
/// The different values of a column. Many of one form, as ids are, stay in the file; others are held. Immutable; any thread.
/// </summary>
internal sealed class ValueTable
{
    /// <summary>Values that take less are held.</summary>
    private const int HeldBytes = 4096;

    private readonly byte[] _heap = [];
    private readonly int[] _starts = [];

    /// <summary>
    /// What each value that stays in the file begins with: its length, its tag, and of text its length again. Of a fixed table, what
    /// is to be put in front of each payload.
    /// </summary>
    private readonly byte[] _head = [];
    private readonly int _at, _stride, _skip;
    private readonly bool _fixed;

    private ValueTable(byte[] heap, int count)
    {
        Count = count;
        _heap = heap;
        _starts = Compact(heap, count);
    }

    private ValueTable(int count, int at, int stride, int skip, byte[] head, bool isFixed = false)
    {
        Count = count;
        (_at, _stride, _skip, _head, _fixed) = (at, stride, skip, head, isFixed);
    }

    public int Count { get; }

    /// <summary>Bytes in memory, about.</summary>
    public int Size => 150 + _heap.Length + _starts.Length * 4;

    /// <summary>Text block of (varint length, value)*.</summary>
    public static ValueTable Read(ColumnBytes bytes, ref int at, int count)
    {
        int begin = at;
        (int start, int stored, int length) = TextBlock.Find(bytes, ref at);
        if (stored == length && length > HeldBytes && AsAlike(bytes, start, length, count) is { } alike)
            return alike;
        at = begin;
        return new ValueTable(TextBlock.Read(bytes, ref at), count);
    }

    /// <summary>u8 tag, varint width, payloads.</summary>
    public static ValueTable ReadFixed(ColumnBytes bytes, ref int at, int count)
    {
        var reader = new ByteReader(bytes.At(at, Math.Min(bytes.Length - at, 11)));
        int left = reader.Left;
        var kind = (ValueKind)reader.U8();
        int width = reader.Count(bytes.Length), start = at + left - reader.Left;
        if (kind != ValueKind.Bytes || width == 0 || (long)width * count > bytes.Length - start)
            throw new InvalidDataException("a dictionary of bytes has not the length it claims");
        var head = new ByteBuffer(8);
        head.U8((byte)kind);
        head.Varint((ulong)width);
        at = start + width * count;
        return new ValueTable(count, start, width, 0, head.Span.ToArray(), isFixed: true);
    }

    /// <summary>Tag and payload. Valid until the bytes are asked for something else.</summary>
    public ReadOnlySpan<byte> Of(int code, ColumnBytes bytes)
    {
        if (_stride == 0)
            return _heap.AsSpan(_starts[code], _starts[code + 1] - _starts[code]);
        ReadOnlySpan<byte> value = bytes.At(_at + code * _stride, _stride);
        if (_fixed)
            return bytes.Joined(_head, value);
        return value.StartsWith(_head) ? value[_skip..] : throw new InvalidDataException("a dictionary has changed");
    }

    /// <summary>
    /// The number of a value when all are of one form; null when they are to be gone through. -1: it is not there.
    /// </summary>
    public int? Find(ReadOnlySpan<byte> encoded, ColumnBytes bytes)
    {
        if (_stride == 0)
            return null;
        if (_fixed)
        {
            if (!encoded.StartsWith(_head))
                return -1;
            encoded = encoded[_head.Length..];
        }
        if (encoded.Length != _stride - _skip)
            return -1;
        ReadOnlySpan<byte> all = bytes.At(_at, Count * _stride);
        for (int at = 0, hit; (hit = all[at..].IndexOf(encoded)) >= 0; at += hit + 1)
        {
            if ((at + hit - _skip) % _stride == 0)
                return (at + hit) / _stride;
        }
        return -1;
    }

    private static ValueTable? AsAlike(ColumnBytes bytes, int start, int length, int count)
    {
        ReadOnlySpan<byte> text = bytes.At(start, length);
        var reader = new ByteReader(text);
        int size = reader.Count(length), skip = length - reader.Left;
        ReadOnlySpan<byte> first = reader.Bytes(size), rest = first;
        FieldValue value = FieldValue.Read(ref rest);
        int stride = skip + size;
        if (rest.Length > 0 || value.Kind is not (ValueKind.String or ValueKind.Bytes) || (long)stride * count != length)
            return null;
        ReadOnlySpan<byte> head = text[..(stride - value.Payload.Length)];
        for (int at = stride; at < length; at += stride)
        {
            if (!text[at..].StartsWith(head))
                return null;
        }
        return new ValueTable(count, start, stride, skip, head.ToArray());
    }

    /// <summary>Moves values together over their lengths, so that starts alone tell them apart.</summary>
    private static int[] Compact(byte[] heap, int count)
    {
        int[] starts = new int[count + 1];
        var reader = new ByteReader(heap);
        int to = 0;
        for (int i = 0; i < count; i++)
        {
            int length = reader.Count(reader.Left);
            ReadOnlySpan<byte> value = reader.Bytes(length);
            ReadOnlySpan<byte> rest = value;
            BatchShape.CheckValue(FieldValue.Read(ref rest));
            if (rest.Length > 0)
                throw new InvalidDataException("a dictionary entry is one value");
            value.CopyTo(heap.AsSpan(to));
            starts[i] = to;
            to += length;
        }
        if (reader.Left > 0)
            throw new InvalidDataException("bytes are left after the last value");
        starts[count] = to;
        return starts;
    }
}
