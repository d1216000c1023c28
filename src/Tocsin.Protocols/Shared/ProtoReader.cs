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

    private readonly ReadOnlySpan<byte> _message = message;
    private int _at;

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
        ReadOnlySpan<byte> message = _message;
        int at = _at;
        if ((uint)at >= (uint)message.Length)
            return false;
        // Most tags and lengths are one byte.
        uint tag = message[at++];
        if (tag >= 0x80)
        {
            at--;
            if (!ReadVarint(message, ref at, out ulong large) || large >> 3 > 0x0FFF_FFFF)
                return Break();
            tag = (uint)large;
        }
        if (tag >> 3 == 0)
            return Break();
        Tag = (int)tag;
        switch (tag & 7)
        {
            case Length:
                ulong length;
                if (at < message.Length && message[at] < 0x80)
                    length = message[at++];
                else if (!ReadVarint(message, ref at, out length))
                    return Break();
                if (length > (ulong)(message.Length - at))
                    return Break();
                Bytes = message.Slice(at, (int)length);
                _at = at + (int)length;
                return true;
            case Varint:
                if (!ReadVarint(message, ref at, out ulong number))
                    return Break();
                Number = number;
                _at = at;
                return true;
            case Fixed64:
                if (message.Length - at < 8)
                    return Break();
                Number = BinaryPrimitives.ReadUInt64LittleEndian(message[at..]);
                _at = at + 8;
                return true;
            case Fixed32:
                if (message.Length - at < 4)
                    return Break();
                Number = BinaryPrimitives.ReadUInt32LittleEndian(message[at..]);
                _at = at + 4;
                return true;
            default:
                return Break();
        }
    }

    private bool Break()
    {
        Broken = true;
        _at = _message.Length;
        return false;
    }

    private static bool ReadVarint(ReadOnlySpan<byte> message, ref int at, out ulong value)
    {
        value = 0;
        int longest = Math.Min(message.Length - at, 10);
        for (int i = 0; i < longest; i++)
        {
            byte b = message[at + i];
            if (i == 9 && b > 1)
                return false;
            value |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                at += i + 1;
                return true;
            }
        }
        return false;
    }
}
