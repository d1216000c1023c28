using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Tocsin.Storage.Io;

/// <summary>CRC-32C (Castagnoli); the base library uses the processor's instruction where there is one.</summary>
public static class Crc32C
{
    /// <summary>
    /// The instruction takes three cycles, and another can begin in each: three pieces of this many bytes are summed side by side.
    /// </summary>
    private const int Lane = 256;

    /// <summary>What each byte of a sum becomes behind a lane of zeros; 256 for each of the four.</summary>
    private static readonly uint[] s_behindLane = BehindLane();

    /// <param name="bytes">What to sum.</param>
    /// <param name="seed">The sum of the bytes before, or a salt.</param>
    public static uint Of(ReadOnlySpan<byte> bytes, uint seed = 0)
    {
        uint crc = ~seed;
        while (bytes.Length >= 3 * Lane)
        {
            crc = ThreeLanes(crc, bytes[..(3 * Lane)]);
            bytes = bytes[(3 * Lane)..];
        }
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

    private static uint ThreeLanes(uint first, ReadOnlySpan<byte> bytes)
    {
        (uint second, uint third) = (0, 0);
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        for (int i = 0; i < Lane / 8; i++)
        {
            first = BitOperations.Crc32C(first, words[i]);
            second = BitOperations.Crc32C(second, words[i + Lane / 8]);
            third = BitOperations.Crc32C(third, words[i + 2 * Lane / 8]);
        }
        return Advance(Advance(first) ^ second) ^ third;
    }

    /// <summary>The sum with a lane of zeros behind it; sums are linear, so that others can be added to it.</summary>
    private static uint Advance(uint crc) =>
        s_behindLane[(byte)crc] ^ s_behindLane[256 + (byte)(crc >> 8)] ^ s_behindLane[512 + (byte)(crc >> 16)] ^ s_behindLane[768 + (crc >> 24)];

    private static uint[] BehindLane()
    {
        uint[] table = new uint[4 * 256];
        for (int place = 0; place < table.Length; place++)
        {
            uint crc = (uint)(byte)place << (place / 256 * 8);
            for (int i = 0; i < Lane / 8; i++)
                crc = BitOperations.Crc32C(crc, 0UL);
            table[place] = crc;
        }
        return table;
    }
}
