using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Tocsin.Bench.Logs;

/// <summary>Protobuf into one buffer that is used again for each request. Room for the HTTP head is kept in front.</summary>
internal sealed class OtlpWriter(int capacity)
{
    public const int HeadRoom = 256;

    private readonly byte[] _buffer = new byte[HeadRoom + capacity];
    private int _end = HeadRoom;

    public int Length => _end - HeadRoom;

    public void Clear() => _end = HeadRoom;

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(_end));
        _end += bytes.Length;
    }

    public void Tag(int field, int wire) => Varint((uint)(field << 3 | wire));

    public void Varint(uint value)
    {
        while (value >= 0x80)
        {
            _buffer[_end++] = (byte)(value | 0x80);
            value >>= 7;
        }
        _buffer[_end++] = (byte)value;
    }

    public void Fixed64(int field, ulong value)
    {
        Tag(field, 1);
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.AsSpan(_end), value);
        _end += 8;
    }

    public void Id(int field, ulong value)
    {
        Tag(field, 2);
        Varint(8);
        BinaryPrimitives.WriteUInt64BigEndian(_buffer.AsSpan(_end), value);
        _end += 8;
    }

    public void Id(int field, ulong high, ulong low)
    {
        Tag(field, 2);
        Varint(16);
        BinaryPrimitives.WriteUInt64BigEndian(_buffer.AsSpan(_end), high);
        BinaryPrimitives.WriteUInt64BigEndian(_buffer.AsSpan(_end + 8), low);
        _end += 16;
    }

    /// <summary>Sixteen hexadecimal digits.</summary>
    public void Hex(ulong value, int digits = 16)
    {
        for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
            _buffer[_end++] = "0123456789abcdef"u8[(int)(value >> shift) & 15];
    }

    /// <param name="width">At least so many digits.</param>
    public void Decimal(uint value, int width = 1)
    {
        int digits = width;
        for (uint limit = Power(width); digits < 10 && value >= limit; limit = Power(digits))
            digits++;
        for (int at = _end + digits - 1; at >= _end; at--)
        {
            _buffer[at] = (byte)('0' + value % 10);
            value /= 10;
        }
        _end += digits;
    }

    /// <summary>Begins a message whose length takes <paramref name="room"/> bytes; the answer goes to <see cref="Close"/>.</summary>
    public int Open(int field, int room)
    {
        Tag(field, 2);
        _end += room;
        return _end;
    }

    public void Close(int start, int room)
    {
        uint length = (uint)(_end - start);
        for (int i = room; i > 1; i--, length >>= 7)
            _buffer[start - i] = (byte)(length | 0x80);
        _buffer[start - 1] = (byte)length;
    }

    /// <summary>Head and body as one piece of memory, valid until <see cref="Clear"/>.</summary>
    public ArraySegment<byte> Request(string path)
    {
        byte[] head = System.Text.Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-protobuf\r\nContent-Length: {Length}\r\n\r\n");
        head.CopyTo(_buffer.AsSpan(HeadRoom - head.Length));
        return new ArraySegment<byte>(_buffer, HeadRoom - head.Length, head.Length + Length);
    }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(HeadRoom, Length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Power(int digits) => s_powers[digits];

    private static readonly uint[] s_powers =
        [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, uint.MaxValue];

    /// <summary>One key and value, encoded once: attributes with few values are copied whole.</summary>
    /// <param name="field">Of the record or resource that carries it.</param>
    /// <param name="value">A string or a long.</param>
    public static byte[] Attribute(int field, string key, object value)
    {
        var any = new OtlpWriter(1024);
        if (value is string text)
            any.Text(1, text);
        else
        {
            any.Tag(3, 0);
            any.Varint(checked((uint)(long)value));
        }
        return Pair(field, key, any.Length, any.Written);
    }

    /// <summary>The bytes in front of a value of fixed length that is written by hand.</summary>
    /// <param name="valueLength">Of the AnyValue, its own tag included.</param>
    public static byte[] Pair(int field, string key, int valueLength, ReadOnlySpan<byte> start)
    {
        var pair = new OtlpWriter(1024);
        pair.Text(1, key);
        pair.Tag(2, 2);
        pair.Varint((uint)valueLength);
        pair.Raw(start);
        var whole = new OtlpWriter(2048);
        whole.Tag(field, 2);
        whole.Varint((uint)(pair.Length + valueLength - start.Length));
        whole.Raw(pair.Written);
        return whole.Written.ToArray();
    }

    public void Text(int field, string value)
    {
        Tag(field, 2);
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(value);
        Varint((uint)bytes.Length);
        Raw(bytes);
    }
}
