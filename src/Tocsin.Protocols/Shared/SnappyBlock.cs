using System.Buffers.Binary;

namespace Tocsin.Protocols.Shared;

/// <summary>
/// Decodes the snappy block format into memory that the caller bounds. Its own few lines, so that a body goes straight
/// into a pooled buffer counted in the byte budget.
/// </summary>
/// <remarks>
/// varint length of the decoded bytes; then elements: tag &amp; 3 = 0 literal, 1, 2, 3 copies with an offset of 1 byte and
/// 3 bits, 2 bytes, 4 bytes.
/// </remarks>
internal static class SnappyBlock
{
    public static bool TryReadLength(ReadOnlySpan<byte> block, out uint length, out int header)
    {
        ulong value = 0;
        length = 0;
        for (header = 0; header < Math.Min(5, block.Length); header++)
        {
            value |= (ulong)(block[header] & 0x7F) << (7 * header);
            if (block[header] >= 0x80)
                continue;
            header++;
            length = (uint)value;
            return value <= uint.MaxValue;
        }
        return false;
    }

    /// <summary>True when the elements fill <paramref name="to"/> exactly.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> elements, Span<byte> to)
    {
        int at = 0;
        while (!elements.IsEmpty)
        {
            byte tag = elements[0];
            elements = elements[1..];
            bool whole = (tag & 3) == 0
                ? Literal(tag >> 2, ref elements, to, ref at)
                : Copy(tag, ref elements, to, ref at);
            if (!whole)
                return false;
        }
        return at == to.Length;
    }

    private static bool Literal(int length, scoped ref ReadOnlySpan<byte> elements, Span<byte> to, ref int at)
    {
        if (length >= 60)
        {
            int bytes = length - 59;
            if (elements.Length < bytes)
                return false;
            uint longer = 0;
            for (int i = 0; i < bytes; i++)
                longer |= (uint)elements[i] << (8 * i);
            if (longer >= (uint)to.Length)
                return false;
            length = (int)longer;
            elements = elements[bytes..];
        }
        length++;
        if (length > elements.Length || length > to.Length - at)
            return false;
        elements[..length].CopyTo(to[at..]);
        elements = elements[length..];
        at += length;
        return true;
    }

    private static bool Copy(byte tag, scoped ref ReadOnlySpan<byte> elements, Span<byte> to, ref int at)
    {
        int bytes = (tag & 3) == 3 ? 4 : tag & 3;
        if (elements.Length < bytes)
            return false;
        (int length, uint offset) = bytes switch
        {
            1 => (4 + (tag >> 2 & 7), (uint)(tag >> 5) << 8 | elements[0]),
            2 => (1 + (tag >> 2), BinaryPrimitives.ReadUInt16LittleEndian(elements)),
            _ => (1 + (tag >> 2), BinaryPrimitives.ReadUInt32LittleEndian(elements)),
        };
        elements = elements[bytes..];
        if (offset == 0 || offset > (uint)at || length > to.Length - at)
            return false;
        // Byte by byte: source and target may overlap, which repeats the stretch.
        for (int from = at - (int)offset, end = at + length; at < end; from++, at++)
            to[at] = to[from];
        return true;
    }
}
