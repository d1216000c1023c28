using System.Buffers.Binary;
using System.Text;

namespace Tocsin.Protocols.Tests;

/// <summary>Writes protobuf messages field by field, independently of the code under test.</summary>
internal static class Proto
{
    public static byte[] Message(params byte[][] fields) => [.. fields.SelectMany(f => f)];

    public static byte[] Varint(int field, ulong value) => [.. Number((ulong)field << 3), .. Number(value)];

    public static byte[] Fixed64(int field, ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return [.. Number((ulong)field << 3 | 1), .. bytes];
    }

    public static byte[] Fixed32(int field, uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return [.. Number((ulong)field << 3 | 5), .. bytes];
    }

    public static byte[] Double(int field, double value) => Fixed64(field, BitConverter.DoubleToUInt64Bits(value));

    public static byte[] Bytes(int field, params byte[] bytes) =>
        [.. Number((ulong)field << 3 | 2), .. Number((ulong)bytes.Length), .. bytes];

    public static byte[] Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    public static byte[] Nested(int field, params byte[][] fields) => Bytes(field, Message(fields));

    public static byte[] Number(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
