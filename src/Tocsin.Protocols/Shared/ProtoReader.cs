using System.Buffers.Binary;

namespace Tocsin.Protocols.Shared;

/// <summary>
/// Walks the fields of one protobuf message in place. Next returns false at the end and at the first malformed byte;
/// <see cref="Broken"/> tells which. Unknown fields are passed over simply by not looking at them.
/// </summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> message)
{
    /// <summary>Wire types.</summary>
    public const int Varint = 0, Fixed64 = 1, Length = 2, Fixed32 = 5;

    private ReadOnlySpan<byte> _rest = message;

    /// <summary>Field number and wire type as they stand in the message: number &lt;&lt; 3 | type.</summary>
    public int Tag { get; private set; }

    /// <summary>The value of a varint, fixed32 or fixed64 field.</summary>
    public ulong Number { get; private set; }

    /// <summary>The content of a length-delimited field.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    public bool Broken { get; private set; }

    public readonly double Double => BitConverter.UInt64BitsToDouble(Number);

    public bool Next()
    {
        if (_rest.IsEmpty)
            return false;
        if (!ReadVarint(out ulong tag) || tag >> 3 is 0 or > 0x0FFF_FFFF)
            return Break();
        Tag = (int)tag;
        switch (Tag & 7)
        {
            case Varint:
                if (!ReadVarint(out ulong number))
                    return Break();
                Number = number;
                return true;
            case Fixed64:
                if (_rest.Length < 8)
                    return Break();
                Number = BinaryPrimitives.ReadUInt64LittleEndian(_rest);
                _rest = _rest[8..];
                return true;
            case Length:
                if (!ReadVarint(out ulong length) || length > (ulong)_rest.Length)
                    return Break();
                Bytes = _rest[..(int)length];
                _rest = _rest[(int)length..];
                return true;
            case Fixed32:
                if (_rest.Length < 4)
                    return Break();
                Number = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
                _rest = _rest[4..];
                return true;
            default:
                return Break();
        }
    }

    private bool Break()
    {
        Broken = true;
        _rest = default;
        return false;
    }

    private bool ReadVarint(out ulong value)
    {
        // Fast path: most tags and lengths are one byte.
        if (!_rest.IsEmpty && _rest[0] < 0x80)
        {
            value = _rest[0];
            _rest = _rest[1..];
            return true;
        }
        value = 0;
        int longest = Math.Min(_rest.Length, 10);
        for (int i = 0; i < longest; i++)
        {
            byte b = _rest[i];
            if (i == 9 && b > 1)
                return false;
            value |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return true;
            }
        }
        return false;
    }
}
