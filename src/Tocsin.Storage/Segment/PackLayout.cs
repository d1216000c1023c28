using Tocsin.Storage.Segment.Columns;

namespace Tocsin.Storage.Segment;

/// <summary>What stands before the bits of an <see cref="IntPack"/>. Immutable; any thread.</summary>
internal sealed class PackLayout
{
    /// <summary>Most bytes that the head of a chunk takes: base, step, width.</summary>
    private const int HeadBytes = 21;

    private PackLayout(int count, bool delta)
    {
        Count = count;
        int chunks = (count + IntPack.Chunk - 1) / IntPack.Chunk;
        Bases = new long[chunks];
        Steps = delta ? new long[chunks] : null;
        Widths = new byte[chunks];
        Starts = new int[chunks];
    }

    public int Count { get; }

    public long[] Bases { get; }

    public long[]? Steps { get; }

    public byte[] Widths { get; }

    /// <summary>Where in the column the bits of each chunk begin.</summary>
    public int[] Starts { get; }

    /// <summary>Behind the last bit.</summary>
    public int End { get; private set; }

    /// <summary>The one number there is, over and over; null when there are several.</summary>
    public long? Only { get; private set; }

    /// <summary>Bytes in memory, about.</summary>
    public int Size => 200 + Widths.Length * 21;

    /// <summary>Throws <see cref="InvalidDataException"/> when the pack reaches past the bytes.</summary>
    /// <param name="bytes">Where it lies.</param>
    /// <param name="at">Moved behind the pack.</param>
    /// <param name="count">How many numbers the pack has.</param>
    public static PackLayout Read(ColumnBytes bytes, ref int at, int count)
    {
        int chunks = (count + IntPack.Chunk - 1) / IntPack.Chunk;
        ReadOnlySpan<byte> head = bytes.At(at, (int)Math.Min((long)bytes.Length - at, 1 + (long)chunks * HeadBytes));
        var reader = new ByteReader(head);
        byte mode = reader.U8();
        if (mode > IntPack.DeltaMode)
            throw new InvalidDataException($"pack mode {mode} is not known");
        if (chunks * 2 > reader.Left)
            throw new InvalidDataException("a pack is shorter than it claims");
        var pack = new PackLayout(count, mode == IntPack.DeltaMode);
        for (int c = 0; c < chunks; c++)
        {
            pack.Bases[c] = reader.Zigzag();
            if (pack.Steps is { } steps)
                steps[c] = reader.Zigzag();
            pack.Widths[c] = reader.U8();
            if (pack.Widths[c] > 64)
                throw new InvalidDataException("a number has more than 64 bits");
        }
        long start = (long)at + head.Length - reader.Left;
        for (int c = 0; c < chunks; c++)
        {
            pack.Starts[c] = (int)Math.Min(start, int.MaxValue);
            start += (Math.Min(IntPack.Chunk, count - c * IntPack.Chunk) * (long)pack.Widths[c] + 7) / 8;
        }
        if (start + IntPack.Padding > bytes.Length)
            throw new InvalidDataException("a pack reaches past its column");
        at = pack.End = (int)start;
        if (count > 0 && pack.Steps is null && !pack.Widths.AsSpan().ContainsAnyExcept((byte)0)
            && !pack.Bases.AsSpan().ContainsAnyExcept(pack.Bases[0]))
            pack.Only = pack.Bases[0];
        return pack;
    }

    /// <summary>As <see cref="Read"/>, of a pack that is not wanted now; nothing is kept.</summary>
    public static void Skip(ColumnBytes bytes, ref int at, int count)
    {
        int chunks = (count + IntPack.Chunk - 1) / IntPack.Chunk;
        ReadOnlySpan<byte> head = bytes.At(at, (int)Math.Min((long)bytes.Length - at, 1 + (long)chunks * HeadBytes));
        var reader = new ByteReader(head);
        bool delta = reader.U8() == IntPack.DeltaMode;
        long length = 0;
        for (int c = 0; c < chunks; c++)
        {
            reader.Varint();
            if (delta)
                reader.Varint();
            length += (Math.Min(IntPack.Chunk, count - c * IntPack.Chunk) * (long)reader.U8() + 7) / 8;
        }
        long end = (long)at + head.Length - reader.Left + length;
        at = end <= bytes.Length ? (int)end : throw new InvalidDataException("a pack reaches past its column");
    }
}
