using System.Buffers.Binary;

namespace Tocsin.Storage.Segment;

/// <summary>Bytes that grow at the end; little endian. Kept and reused by its owner. One thread.</summary>
internal sealed class ByteBuffer(int capacity = 4096)
{
    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>What holds the bytes until more are added.</summary>
    public byte[] Array => _bytes;

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Clears, and gives up what is beyond <paramref name="most"/> bytes, so that one huge use is not kept for ever.</summary>
    public void Clear(int most)
    {
        Length = 0;
        if (_bytes.Length > most)
            _bytes = new byte[most / 16];
    }

    public Span<byte> Take(int count)
    {
        if (_bytes.Length - Length < count)
            System.Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, checked(Length + count)));
        Span<byte> span = _bytes.AsSpan(Length, count);
        Length += count;
        return span;
    }

    /// <summary>Takes bytes off the end.</summary>
    public void Cut(int count) => Length -= count;

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    public void U8(byte value) => Take(1)[0] = value;

    public void U16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Take(2), value);

    public void U32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);

    public void I32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);

    public void U64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);

    public void I64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    public void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            U8((byte)(value | 0x80));
            value >>= 7;
        }
        U8((byte)value);
    }

    /// <summary>Small numbers of either sign stay short.</summary>
    public void Zigzag(long value) => Varint((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Length, then the bytes.</summary>
    public void Blob(ReadOnlySpan<byte> bytes)
    {
        Varint((ulong)bytes.Length);
        Bytes(bytes);
    }
}

/// <summary>
/// Reads what <see cref="ByteBuffer"/> wrote; throws <see cref="InvalidDataException"/> at the end of the bytes.
/// </summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>From a place on, which may lie outside.</summary>
    public ByteReader(ReadOnlySpan<byte> bytes, int at)
        : this((uint)at <= (uint)bytes.Length ? bytes[at..] : throw new InvalidDataException("the data ends too early"))
    {
    }

    public readonly int Left => _rest.Length;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if ((uint)count > (uint)_rest.Length)
            throw new InvalidDataException("the data ends too early");
        ReadOnlySpan<byte> bytes = _rest[..count];
        _rest = _rest[count..];
        return bytes;
    }

    public byte U8() => Bytes(1)[0];

    public ushort U16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    public int I32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(4));

    public ulong U64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8));

    public long I64() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(8));

    public ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte b = U8();
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }
        throw new InvalidDataException("a number has too many bytes");
    }

    public long Zigzag()
    {
        ulong value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <param name="most">Larger numbers are damage.</param>
    public int Count(int most)
    {
        ulong value = Varint();
        return value <= (ulong)most ? (int)value : throw new InvalidDataException($"{value} is more than {most}");
    }

    public ReadOnlySpan<byte> Blob() => Bytes(Count(_rest.Length));
}
