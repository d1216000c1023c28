using System.Buffers.Binary;
using System.Numerics;

namespace Tocsin.Storage.Io;

/// <summary>CRC-32C (Castagnoli); the base library uses the processor's instruction where there is one.</summary>
public static class Crc32C
{
    /// <param name="bytes">What to sum.</param>
    /// <param name="seed">The sum of the bytes before, or a salt.</param>
    public static uint Of(ReadOnlySpan<byte> bytes, uint seed = 0)
    {
        uint crc = ~seed;
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }
        if ((bytes.Length & 4) != 0)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt32LittleEndian(bytes));
            bytes = bytes[4..];
        }
        if ((bytes.Length & 2) != 0)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt16LittleEndian(bytes));
            bytes = bytes[2..];
        }
        if (bytes.Length > 0)
            crc = BitOperations.Crc32C(crc, bytes[0]);
        return ~crc;
    }
}
