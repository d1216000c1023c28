using System.Numerics;
using System.Runtime.Intrinsics;

namespace Tocsin.Ingest.Redaction;

/// <summary>
/// Which bytes occur in a text, found in one pass: most texts lack what a secret cannot be without, and are looked at no further.
/// </summary>
internal readonly struct TextTraits
{
    private const byte DigitBit = 1, SeparatorBit = 2, UpperJBit = 4, UpperIBit = 8, SpaceBit = 16, DashBit = 32, BeyondAsciiBit = 64;

    // The kinds of a byte are those that its upper and its lower half have in common.
    private static readonly Vector128<byte> s_upper = Vector128.Create((byte)
        0, 0, SpaceBit | DashBit, DigitBit | SeparatorBit, UpperJBit | UpperIBit, 0, 0, 0,
        BeyondAsciiBit, BeyondAsciiBit, BeyondAsciiBit, BeyondAsciiBit, BeyondAsciiBit, BeyondAsciiBit, BeyondAsciiBit, BeyondAsciiBit);

    private static readonly Vector128<byte> s_lower = Vector128.Create((byte)
        (DigitBit | SpaceBit | BeyondAsciiBit), DigitBit | BeyondAsciiBit, DigitBit | BeyondAsciiBit, DigitBit | BeyondAsciiBit,
        DigitBit | BeyondAsciiBit, DigitBit | BeyondAsciiBit, DigitBit | BeyondAsciiBit, DigitBit | BeyondAsciiBit,
        DigitBit | BeyondAsciiBit, DigitBit | UpperIBit | BeyondAsciiBit, SeparatorBit | UpperJBit | BeyondAsciiBit, BeyondAsciiBit,
        BeyondAsciiBit, SeparatorBit | DashBit | BeyondAsciiBit, BeyondAsciiBit, BeyondAsciiBit);

    private readonly byte _kinds;

    private TextTraits(byte kinds, int digits) => (_kinds, Digits) = (kinds, digits);

    /// <summary>At least as many decimal digits as there are.</summary>
    public int Digits { get; }

    /// <summary>'=' or ':'.</summary>
    public bool HasSeparator => (_kinds & SeparatorBit) != 0;

    public bool HasUpperJ => (_kinds & UpperJBit) != 0;

    public bool HasUpperI => (_kinds & UpperIBit) != 0;

    public bool HasSpace => (_kinds & SpaceBit) != 0;

    public bool HasDash => (_kinds & DashBit) != 0;

    public bool IsAscii => (_kinds & BeyondAsciiBit) == 0;

    public static TextTraits Of(ReadOnlySpan<byte> text)
    {
        if (text.Length < Vector128<byte>.Count || !Vector128.IsHardwareAccelerated)
            return OfFew(text);
        Vector128<byte> all = Vector128<byte>.Zero;
        int digits = 0;
        for (int at = 0; ; at += Vector128<byte>.Count)
        {
            // The last bytes are looked at together with some of those before.
            int last = text.Length - Vector128<byte>.Count;
            Vector128<byte> bytes = Vector128.Create(text.Slice(Math.Min(at, last), Vector128<byte>.Count));
            Vector128<byte> kinds = Vector128.Shuffle(s_upper, bytes >>> 4) & Vector128.Shuffle(s_lower, bytes & Vector128.Create((byte)0x0F));
            all |= kinds;
            digits += BitOperations.PopCount(Vector128.ExtractMostSignificantBits(Vector128.Equals(kinds & Vector128.Create(DigitBit), Vector128.Create(DigitBit))));
            if (at >= last)
                break;
        }
        ulong folded = all.AsUInt64().GetElement(0) | all.AsUInt64().GetElement(1);
        folded |= folded >> 32;
        folded |= folded >> 16;
        return new((byte)(folded | folded >> 8), digits);
    }

    private static TextTraits OfFew(ReadOnlySpan<byte> text)
    {
        byte all = 0;
        int digits = 0;
        foreach (byte b in text)
        {
            byte kinds = s_kinds[b];
            all |= kinds;
            digits += kinds & DigitBit;
        }
        return new(all, digits);
    }

    private static readonly byte[] s_kinds = [.. Enumerable.Range(0, 256).Select(b => (byte)(s_upper[b >> 4] & s_lower[b & 15]))];
}
