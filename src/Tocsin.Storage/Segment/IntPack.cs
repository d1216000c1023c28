using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tocsin.Storage.Segment.Columns;

namespace Tocsin.Storage.Segment;

/// <summary>
/// Whole numbers as small as their spread: per chunk of 1024 the least one, and the differences to it at the width that the
/// greatest needs. Any number can be read without the others, but in delta packs, where a chunk is read from its start. One thread.
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
    public const byte PlainMode = 0, DeltaMode = 1;

    /// <summary>Bits of a number that lies within eight bytes wherever it begins.</summary>
    private const int MostNarrow = 57;

    private readonly PackLayout _layout;
    private readonly ColumnBytes _bytes;
    private readonly long[] _bases;
    private readonly long[]? _steps;
    private readonly byte[] _widths;
    private readonly int[] _starts;

    /// <param name="layout">Of a pack in these bytes.</param>
    /// <param name="bytes">Read as numbers are asked for.</param>
    public IntPack(PackLayout layout, ColumnBytes bytes)
    {
        (_layout, _bytes) = (layout, bytes);
        (_bases, _steps, _widths, _starts) = (layout.Bases, layout.Steps, layout.Widths, layout.Starts);
    }

    public int Count => _layout.Count;

    /// <summary>A number is read over those before it in its chunk.</summary>
    public bool IsDelta => _steps is not null;

    /// <summary>The one number there is, over and over; null when there are several.</summary>
    public long? Only => _layout.Only;

    /// <summary>The greatest, each taken without its sign; 0 when there are none.</summary>
    public static uint Most(ReadOnlySpan<int> numbers)
    {
        ReadOnlySpan<uint> rest = MemoryMarshal.Cast<int, uint>(numbers);
        Vector<uint> most = Vector<uint>.Zero;
        for (; rest.Length >= Vector<uint>.Count; rest = rest[Vector<uint>.Count..])
            most = Vector.Max(most, new Vector<uint>(rest));
        uint one = 0;
        for (int i = 0; i < Vector<uint>.Count; i++)
            one = Math.Max(one, most[i]);
        foreach (uint number in rest)
            one = Math.Max(one, number);
        return one;
    }

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

    /// <summary>As <see cref="PackLayout.Read"/>.</summary>
    public static IntPack Read(ColumnBytes bytes, ref int at, int count) => new(PackLayout.Read(bytes, ref at, count), bytes);

    public long this[int i]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            int chunk = i / Chunk;
            return _steps is null ? unchecked(_bases[chunk] + (long)Bits(_starts[chunk], i % Chunk, _widths[chunk]))
                : Sum(chunk, i % Chunk);
        }
    }

    /// <param name="into">As long as the pack.</param>
    public void Read(Span<long> into)
    {
        LoadAll();
        for (int c = 0; c < _widths.Length; c++)
            Read(c, into[(c * Chunk)..Math.Min(Count, (c + 1) * Chunk)]);
    }

    /// <summary>Each number lies within eight bytes.</summary>
    private void ReadNarrow(int c, long value, int width, Span<long> into)
    {
        ref byte bits = ref BitsOf(c);
        ulong mask = (1UL << width) - 1;
        if (_steps is null)
        {
            for (int i = 0, bit = 0; i < into.Length; i++, bit += width)
                into[i] = unchecked(value + (long)(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bits, bit >> 3)) >> (bit & 7) & mask));
            return;
        }
        long step = _steps[c];
        into[0] = value;
        for (int i = 1, bit = width; i < into.Length; i++, bit += width)
        {
            value = unchecked(value + step + (long)(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bits, bit >> 3)) >> (bit & 7) & mask));
            into[i] = value;
        }
    }

    private void ReadWide(int c, long value, int width, Span<long> into)
    {
        ref byte bits = ref BitsOf(c);
        if (_steps is null)
        {
            for (int i = 0; i < into.Length; i++)
                into[i] = unchecked(value + (long)Bits(ref bits, i, width));
            return;
        }
        into[0] = value;
        for (int i = 1; i < into.Length; i++)
            into[i] = value = unchecked(value + _steps[c] + (long)Bits(ref bits, i, width));
    }

    /// <summary>Where a number stands next, from a place on; -1 when nowhere. Chunks that cannot have it are not unpacked.</summary>
    public int IndexOf(long value, int from)
    {
        LoadAll();
        Span<long> unpacked = stackalloc long[Chunk];
        for (int c = from / Chunk; c < _widths.Length; c++)
        {
            (int start, int width) = (c * Chunk, _widths[c]);
            Span<long> chunk = unpacked[..Math.Min(Count - start, Chunk)];
            ulong difference = unchecked((ulong)(value - _bases[c]));
            if (_steps is null && width < 64 && difference >> width != 0)
                continue;
            int skip = Math.Max(0, from - start), at;
            if (_steps is null && width == 64)
            {
                ReadOnlySpan<byte> bits = MemoryMarshal.CreateReadOnlySpan(ref BitsOf(c), chunk.Length * sizeof(ulong));
                at = MemoryMarshal.Cast<byte, ulong>(bits)[skip..].IndexOf(difference);
            }
            else
            {
                Read(c, chunk);
                at = chunk[skip..].IndexOf(value);
            }
            if (at >= 0)
                return start + skip + at;
        }
        return -1;
    }

    private void Read(int c, Span<long> chunk)
    {
        (long value, int width) = (_bases[c], _widths[c]);
        if (width == 0 && _steps is null)
            chunk.Fill(value);
        else if (width <= MostNarrow)
            ReadNarrow(c, value, width, chunk);
        else
            ReadWide(c, value, width, chunk);
    }

    /// <summary>For codes: small numbers that are not negative.</summary>
    public void Read(Span<int> into)
    {
        LoadAll();
        for (int c = 0; c < _widths.Length; c++)
            Read(c, into[(c * Chunk)..Math.Min(Count, (c + 1) * Chunk)]);
    }

    /// <summary>Reads the bytes of some chunks at once, before they are asked for one by one.</summary>
    /// <param name="chunk">The first.</param>
    /// <param name="end">Behind the last.</param>
    public void Load(int chunk, int end) =>
        _bytes.At(_starts[chunk], (end < _starts.Length ? _starts[end] : _layout.End) + Padding - _starts[chunk]);

    /// <summary>Codes of one chunk, from its first on.</summary>
    public void Read(int chunk, Span<int> into)
    {
        (long least, int width) = (_bases[chunk], _widths[chunk]);
        if (_steps is not null || width > 31 || least is < 0 or > int.MaxValue / 2)
            throw new InvalidDataException("codes are no small numbers");
        int value = (int)least;
        if (width == 0)
        {
            into.Fill(value);
            return;
        }
        ulong mask = (1UL << width) - 1;
        ref byte bits = ref BitsOf(chunk);
        int bit = 0;
        for (int i = 0; i < into.Length; i++, bit += width)
        {
            ulong word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bits, bit >> 3));
            into[i] = value + (int)(word >> (bit & 7) & mask);
        }
    }

    private long Sum(int chunk, int index)
    {
        long value = _bases[chunk];
        ref byte bits = ref BitsOf(chunk);
        for (int i = 1; i <= index; i++)
            value = unchecked(value + _steps![chunk] + (long)Bits(ref bits, i, _widths[chunk]));
        return value;
    }

    private void LoadAll()
    {
        if (Count > 0)
            _bytes.At(_starts[0], _layout.End + Padding - _starts[0]);
    }

    /// <summary>Where the bits of a chunk begin; they are there, and the padding too.</summary>
    private ref byte BitsOf(int chunk) => ref _bytes.First(
        _starts[chunk], (Math.Min(Chunk, Count - chunk * Chunk) * _widths[chunk] + 7) / 8 + Padding);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Bits(int start, int index, int width)
    {
        long bit = (long)index * width;
        int shift = (int)bit & 7;
        ref byte at = ref _bytes.First(start + (int)(bit >> 3), width + shift > 64 ? 9 : 8);
        ulong word = Unsafe.ReadUnaligned<ulong>(ref at) >> shift;
        if (width + shift > 64)
            word |= (ulong)Unsafe.Add(ref at, 8) << (64 - shift);
        return width == 64 ? word : word & ((1UL << width) - 1);
    }

    // Bounds were proven when the layout was read: start + bits + 8 bytes lie inside.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Bits(ref byte start, int index, int width)
    {
        long bit = (long)index * width;
        ref byte at = ref Unsafe.Add(ref start, (int)(bit >> 3));
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
