using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tocsin.Storage.Segment;

/// <summary>
/// Whole numbers as small as their spread: per chunk of 1024 the least one, and the differences to it at the width that the
/// greatest needs. Any number can be read without the others, but in delta packs, where a chunk is read from its start.
/// </summary>
/// <remarks>
/// Layout (docs/formats/segment.md):
/// <code>
/// pack  := u8 mode, per chunk: (zigzag base, [delta mode: zigzag least difference], u8 width), per chunk: bits
/// </code>
/// Bits of a chunk begin at a byte; value n of it is bits n * width up to (n + 1) * width, least first. Readers load eight
/// bytes at a time, so the bytes that hold a pack go on for at least <see cref="Padding"/> more.
/// </remarks>
internal sealed class IntPack
{
    public const int Chunk = 1024, Padding = 8;
    private const byte PlainMode = 0, DeltaMode = 1;

    private readonly byte[] _bytes;
    private readonly long[] _bases;
    private readonly long[]? _steps;
    private readonly byte[] _widths;
    private readonly int[] _starts;

    private IntPack(byte[] bytes, int count, bool delta)
    {
        _bytes = bytes;
        Count = count;
        int chunks = (count + Chunk - 1) / Chunk;
        _bases = new long[chunks];
        _steps = delta ? new long[chunks] : null;
        _widths = new byte[chunks];
        _starts = new int[chunks];
    }

    public int Count { get; }

    /// <summary>A number is read over those before it in its chunk.</summary>
    public bool IsDelta => _steps is not null;

    /// <summary>The one number there is, over and over; null when there are several.</summary>
    public long? Only { get; private set; }

    /// <param name="values">At least one.</param>
    /// <param name="delta">For values that mostly rise by about the same.</param>
    /// <param name="into">Receives the pack; its user adds the padding.</param>
    public static void Write(ReadOnlySpan<long> values, bool delta, ByteBuffer into)
    {
        into.U8(delta ? DeltaMode : PlainMode);
        Span<byte> widths = new byte[(values.Length + Chunk - 1) / Chunk];
        Span<long> least = new long[widths.Length];
        for (int c = 0; c < widths.Length; c++)
        {
            ReadOnlySpan<long> chunk = values[(c * Chunk)..Math.Min(values.Length, (c + 1) * Chunk)];
            (least[c], ulong spread) = delta ? SpreadOfSteps(chunk) : Spread(chunk);
            widths[c] = (byte)(64 - BitOperations.LeadingZeroCount(spread));
            into.Zigzag(delta ? chunk[0] : least[c]);
            if (delta)
                into.Zigzag(least[c]);
            into.U8(widths[c]);
        }
        for (int c = 0; c < widths.Length; c++)
        {
            ReadOnlySpan<long> chunk = values[(c * Chunk)..Math.Min(values.Length, (c + 1) * Chunk)];
            WriteBits(chunk, delta, least[c], widths[c], into);
        }
    }

    /// <summary>Bytes that <see cref="Write"/> takes, about.</summary>
    public static long SizeOf(ReadOnlySpan<long> values)
    {
        long bits = 0;
        for (int at = 0; at < values.Length; at += Chunk)
        {
            ReadOnlySpan<long> chunk = values[at..Math.Min(values.Length, at + Chunk)];
            bits += (64 - BitOperations.LeadingZeroCount(Spread(chunk).Spread)) * (long)chunk.Length + 32;
        }
        return bits / 8;
    }

    /// <summary>Throws <see cref="InvalidDataException"/> when the pack reaches past the bytes.</summary>
    /// <param name="bytes">Kept.</param>
    /// <param name="at">Moved behind the pack.</param>
    /// <param name="count">How many numbers the pack has.</param>
    public static IntPack Read(byte[] bytes, ref int at, int count)
    {
        var reader = new ByteReader(bytes, at);
        byte mode = reader.U8();
        if (mode > DeltaMode)
            throw new InvalidDataException($"pack mode {mode} is not known");
        if (count > 0 && (count + Chunk - 1) / Chunk * 2 > reader.Left)
            throw new InvalidDataException("a pack is shorter than it claims");
        var pack = new IntPack(bytes, count, mode == DeltaMode);
        for (int c = 0; c < pack._widths.Length; c++)
        {
            pack._bases[c] = reader.Zigzag();
            if (pack._steps is { } steps)
                steps[c] = reader.Zigzag();
            pack._widths[c] = reader.U8();
            if (pack._widths[c] > 64)
                throw new InvalidDataException("a number has more than 64 bits");
        }
        long start = bytes.Length - reader.Left;
        for (int c = 0; c < pack._widths.Length; c++)
        {
            pack._starts[c] = (int)Math.Min(start, int.MaxValue);
            start += (Math.Min(Chunk, count - c * Chunk) * (long)pack._widths[c] + 7) / 8;
        }
        if (start + Padding > bytes.Length)
            throw new InvalidDataException("a pack reaches past its column");
        at = (int)start;
        if (!pack._widths.AsSpan().ContainsAnyExcept((byte)0) && pack._steps is null && count > 0
            && !pack._bases.AsSpan().ContainsAnyExcept(pack._bases[0]))
            pack.Only = pack._bases[0];
        return pack;
    }

    public long this[int i]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            int chunk = i / Chunk;
            if (_steps is not null)
                return Sum(chunk, i % Chunk);
            return unchecked(_bases[chunk] + (long)Bits(_starts[chunk], i % Chunk, _widths[chunk]));
        }
    }

    /// <param name="into">As long as the pack.</param>
    public void Read(Span<long> into)
    {
        for (int c = 0; c < _widths.Length; c++)
        {
            Span<long> chunk = into[(c * Chunk)..Math.Min(Count, (c + 1) * Chunk)];
            (long value, int start, int width) = (_bases[c], _starts[c], _widths[c]);
            if (width == 0 && _steps is null)
            {
                chunk.Fill(value);
                continue;
            }
            if (_steps is null)
            {
                for (int i = 0; i < chunk.Length; i++)
                    chunk[i] = unchecked(value + (long)Bits(start, i, width));
                continue;
            }
            chunk[0] = value;
            for (int i = 1; i < chunk.Length; i++)
                chunk[i] = value = unchecked(value + _steps[c] + (long)Bits(start, i, width));
        }
    }

    /// <summary>For codes: small numbers that are not negative.</summary>
    public void Read(Span<int> into)
    {
        for (int c = 0; c < _widths.Length; c++)
        {
            Span<int> chunk = into[(c * Chunk)..Math.Min(Count, (c + 1) * Chunk)];
            (int value, int start, int width) = ((int)_bases[c], _starts[c], _widths[c]);
            if (_steps is not null || width > 31 || _bases[c] is < 0 or > int.MaxValue / 2)
                throw new InvalidDataException("codes are no small numbers");
            if (width == 0)
            {
                chunk.Fill(value);
                continue;
            }
            ulong mask = (1UL << width) - 1;
            ref byte bits = ref MemoryMarshal.GetArrayDataReference(_bytes);
            int bit = start * 8;
            for (int i = 0; i < chunk.Length; i++, bit += width)
            {
                ulong word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bits, bit >> 3));
                chunk[i] = value + (int)(word >> (bit & 7) & mask);
            }
        }
    }

    private long Sum(int chunk, int index)
    {
        long value = _bases[chunk];
        for (int i = 1; i <= index; i++)
            value = unchecked(value + _steps![chunk] + (long)Bits(_starts[chunk], i, _widths[chunk]));
        return value;
    }

    // Bounds were proven when the pack was read: start + bits + 8 bytes lie inside.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Bits(int start, int index, int width)
    {
        long bit = (long)index * width;
        ref byte at = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_bytes), start + (int)(bit >> 3));
        int shift = (int)bit & 7;
        ulong word = Unsafe.ReadUnaligned<ulong>(ref at) >> shift;
        if (width + shift > 64)
            word |= (ulong)Unsafe.Add(ref at, 8) << (64 - shift);
        return width == 64 ? word : word & ((1UL << width) - 1);
    }

    private static (long Least, ulong Spread) Spread(ReadOnlySpan<long> values)
    {
        (long min, long max) = (values[0], values[0]);
        foreach (long value in values)
        {
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }
        return (min, unchecked((ulong)(max - min)));
    }

    private static (long Least, ulong Spread) SpreadOfSteps(ReadOnlySpan<long> values)
    {
        if (values.Length == 1)
            return (0, 0);
        (long min, long max) = (long.MaxValue, long.MinValue);
        for (int i = 1; i < values.Length; i++)
        {
            long step = unchecked(values[i] - values[i - 1]);
            min = Math.Min(min, step);
            max = Math.Max(max, step);
        }
        return (min, unchecked((ulong)(max - min)));
    }

    private static void WriteBits(ReadOnlySpan<long> chunk, bool delta, long least, int width, ByteBuffer into)
    {
        if (width == 0)
            return;
        int bytes = (chunk.Length * width + 7) / 8;
        Span<byte> bits = into.Take(bytes + Padding + 1);
        bits.Clear();
        long bit = 0;
        for (int i = 0; i < chunk.Length; i++, bit += width)
        {
            long difference = !delta ? unchecked(chunk[i] - least) : i == 0 ? 0 : unchecked(chunk[i] - chunk[i - 1] - least);
            ref byte at = ref bits[(int)(bit >> 3)];
            int shift = (int)bit & 7;
            Unsafe.WriteUnaligned(ref at, Unsafe.ReadUnaligned<ulong>(ref at) | (ulong)difference << shift);
            if (width + shift > 64)
                Unsafe.Add(ref at, 8) |= (byte)((ulong)difference >> (64 - shift));
        }
        into.Cut(Padding + 1);
    }
}
