using System.Globalization;
using Tocsin.Storage.Scan;

namespace Tocsin.Storage.Segment;

/// <summary>
/// Splits text into a template and numbers: "order 17 of 8f3a9c00" is "order N of X" with 17 and 0x8f3a9c00. What a text is
/// split into depends on nothing but the text, and gives back every byte of it. Stable: it is part of the segment format.
/// </summary>
/// <remarks>
/// A template is text in which these bytes, none of which occurs in UTF-8, stand for runs of digits (docs/formats/segment.md):
/// F8 one to 18 decimal digits; F9 one to 15 and FA 16 hexadecimal digits in lower case; FB and FC the same in upper case; FD
/// a UUID in lower case, which has two numbers; FE, which <see cref="Split"/> never gives, one of several words. The number of a slot is that of its digits with a 1 before them, so that
/// leading zeros come back; 16 hexadecimal digits, and each half of a UUID, are their number as it is.
/// </remarks>
internal static class TextTemplate
{
    public const byte Digits = 0xF8, Hex = 0xF9, Hex16 = 0xFA, UpperHex = 0xFB, UpperHex16 = 0xFC, Uuid = 0xFD, Word = 0xFE;

    /// <summary>Slots of one text; beyond, digits stay text.</summary>
    public const int MaxSlots = 64;

    private const int MaxDigits = 18, MinHex = 4, UuidLength = 36;
    private const byte Digit = 1, LowerHex = 2, Upper = 4, Letter = 8;

    private static readonly byte[] s_classes = Classes();

    public static bool IsSlot(byte b) => b >= Digits;

    /// <summary>Whether a word is one that <see cref="Split"/> reports: hexadecimal, long, of digits and letters.</summary>
    public static bool IsId(ReadOnlySpan<byte> word)
    {
        if (word.Length < Tokens.IdLength)
            return false;
        int seen = 0;
        foreach (byte b in word)
            seen |= s_classes[b] == 0 ? Letter : s_classes[b];
        return (seen & Letter) == 0 && (seen & Digit) != 0 && (seen & (LowerHex | Upper)) != 0;
    }

    /// <summary>
    /// Splits a text. False when it holds a byte that stands for a slot, which no UTF-8 does.
    /// </summary>
    /// <param name="text">Any bytes.</param>
    /// <param name="template">Receives the template; as long as the text suffices.</param>
    /// <param name="length">How much of it was written.</param>
    /// <param name="slots">Receives the numbers; <see cref="MaxSlots"/> long.</param>
    /// <param name="count">How many.</param>
    /// <param name="ids">Receives the words that are long ids, which the word filter of a block must know; may be null.</param>
    public static bool Split(
        ReadOnlySpan<byte> text, Span<byte> template, out int length, Span<long> slots, out int count, TokenSet? ids)
    {
        length = count = 0;
        if (text.ContainsAnyInRange(Digits, byte.MaxValue))
            return false;
        for (int at = 0; ;)
        {
            int digit = text[at..].IndexOfAnyInRange((byte)'0', (byte)'9');
            int start = digit < 0 ? text.Length : at + digit;
            while (start > at && start < text.Length && s_classes[text[start - 1]] != 0)
                start--;
            int uuid = count + 2 <= MaxSlots ? FindUuid(text, at, start) : -1;
            if (uuid >= 0)
                start = uuid;
            length += Copy(text[at..start], template[length..]);
            if (start == text.Length)
                return true;
            at = start;
            if (uuid >= 0)
            {
                SplitUuid(text.Slice(at, UuidLength), slots, ref count);
                template[length++] = Uuid;
                at += UuidLength;
                AddIds(text, start, at, ids);
                continue;
            }
            int seen = 0;
            do
                seen |= s_classes[text[at++]];
            while (at < text.Length && s_classes[text[at]] != 0);
            ReadOnlySpan<byte> run = text[start..at];
            bool hex = (seen & Letter) == 0 && seen != Digit;
            if (hex)
                AddId(text, start, at, ids);
            if (hex && run.Length >= MinHex && seen != (Digit | LowerHex | Upper))
                SplitHex(run, (seen & Upper) != 0, template, ref length, slots, ref count);
            else if (IsName(run))
                length += Copy(run, template[length..]);
            else
                SplitDigits(run, template, ref length, slots, ref count);
        }
    }

    public static int SlotsOf(ReadOnlySpan<byte> template)
    {
        int slots = 0;
        foreach (byte b in template)
            slots += b < Digits ? 0 : b == Uuid ? 2 : 1;
        return slots;
    }

    /// <summary>Appends the digits of a slot.</summary>
    public static void RenderSlot(byte kind, long value, ByteBuffer into)
    {
        Span<byte> text = stackalloc byte[20];
        int length;
        switch (kind)
        {
            case Digits:
                if (!value.TryFormat(text, out length, default, CultureInfo.InvariantCulture) || value < 10)
                    throw new InvalidDataException("a slot has no digits");
                into.Bytes(text[1..length]);
                break;
            case Hex or UpperHex:
                value.TryFormat(text, out length, kind == Hex ? "x" : "X", CultureInfo.InvariantCulture);
                into.Bytes(text[1..length]);
                break;
            case Hex16 or UpperHex16:
                value.TryFormat(text, out length, kind == Hex16 ? "x16" : "X16", CultureInfo.InvariantCulture);
                into.Bytes(text[..length]);
                break;
            default:
                throw new InvalidDataException($"slot {kind} is not known");
        }
    }

    public static void RenderUuid(long high, long low, ByteBuffer into)
    {
        Span<byte> digits = stackalloc byte[32];
        high.TryFormat(digits, out _, "x16", CultureInfo.InvariantCulture);
        low.TryFormat(digits[16..], out _, "x16", CultureInfo.InvariantCulture);
        Span<byte> text = into.Take(UuidLength);
        for (int i = 0, at = 0; i < UuidLength; i++)
            text[i] = i is 8 or 13 or 18 or 23 ? (byte)'-' : digits[at++];
    }

    /// <summary>The first UUID that begins from one place to the other; -1 when none does. One may be without digits.</summary>
    private static int FindUuid(ReadOnlySpan<byte> text, int from, int to)
    {
        for (int dash = from + 8; dash <= Math.Min(to + 8, text.Length - UuidLength + 8); dash++)
        {
            int next = text[dash..Math.Min(to + 9, text.Length)].IndexOf((byte)'-');
            if (next < 0)
                return -1;
            dash += next;
            if (IsUuid(text, dash - 8))
                return dash - 8;
        }
        return -1;
    }

    private static bool IsUuid(ReadOnlySpan<byte> text, int start)
    {
        if (text.Length - start < UuidLength || text[start + 8] != '-' || text[start + 13] != '-'
            || text[start + 18] != '-' || text[start + 23] != '-'
            || !IsWhole(text, start, start + UuidLength))
            return false;
        for (int i = 0; i < UuidLength; i++)
        {
            if ((s_classes[text[start + i]] & (Digit | LowerHex)) == 0 && i is not (8 or 13 or 18 or 23))
                return false;
        }
        return true;
    }

    private static void SplitUuid(ReadOnlySpan<byte> text, Span<long> slots, ref int count)
    {
        (ulong value, int digits) = (0, 0);
        foreach (byte b in text)
        {
            if (b == '-')
                continue;
            value = value << 4 | Value(b);
            if (++digits % 16 == 0)
                slots[count++] = (long)value;
        }
    }

    private static uint Value(byte digit) => (uint)(digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);

    private static void AddIds(ReadOnlySpan<byte> text, int start, int end, TokenSet? ids)
    {
        for (int from = start, at = start; at <= end; at++)
        {
            if (at < end && text[at] != '-')
                continue;
            // A part without digits is a word like any other.
            ReadOnlySpan<byte> part = text[from..at];
            if (IsId(part) || !part.ContainsAnyInRange((byte)'0', (byte)'9'))
                ids?.AddWord(part);
            from = at + 1;
        }
    }

    private static void AddId(ReadOnlySpan<byte> text, int start, int end, TokenSet? ids)
    {
        if (ids is not null && end - start >= Tokens.IdLength && IsWhole(text, start, end))
            ids.AddWord(text[start..end]);
    }

    // A word goes on over '_' and letters beyond ASCII.
    private static bool IsWhole(ReadOnlySpan<byte> text, int start, int end) =>
        (start == 0 || !Tokens.IsWord(text[start - 1])) && (end == text.Length || !Tokens.IsWord(text[end]));

    /// <summary>"v1", "utf8", "node12": letters and one or two digits behind them are a name, not a name and a number.</summary>
    private static bool IsName(ReadOnlySpan<byte> run)
    {
        int letters = run.IndexOfAnyInRange((byte)'0', (byte)'9');
        return letters > 0 && run.Length - letters <= 2 && !run[letters..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    private static int Copy(ReadOnlySpan<byte> run, Span<byte> to)
    {
        run.CopyTo(to);
        return run.Length;
    }

    private static void SplitHex(
        ReadOnlySpan<byte> run, bool upper, Span<byte> template, ref int length, Span<long> slots, ref int count)
    {
        while (run.Length > 0)
        {
            if (count == MaxSlots)
            {
                run.CopyTo(template[length..]);
                length += run.Length;
                return;
            }
            int digits = Math.Min(run.Length, 16);
            ulong value = digits == 16 ? 0UL : 1;
            foreach (byte b in run[..digits])
                value = value << 4 | Value(b);
            slots[count++] = (long)value;
            template[length++] = digits == 16 ? upper ? UpperHex16 : Hex16 : upper ? UpperHex : Hex;
            run = run[digits..];
        }
    }

    private static void SplitDigits(
        ReadOnlySpan<byte> run, Span<byte> template, ref int length, Span<long> slots, ref int count)
    {
        for (int i = 0; i < run.Length;)
        {
            if (s_classes[run[i]] != Digit || count == MaxSlots)
            {
                template[length++] = run[i++];
                continue;
            }
            long value = 1;
            int end = Math.Min(run.Length, i + MaxDigits);
            while (i < end && s_classes[run[i]] == Digit)
                value = value * 10 + (run[i++] - '0');
            slots[count++] = value;
            template[length++] = Digits;
        }
    }

    private static byte[] Classes()
    {
        byte[] classes = new byte[256];
        for (int b = 0; b < 128; b++)
            classes[b] = char.IsAsciiDigit((char)b) ? Digit : b is >= 'a' and <= 'f' ? LowerHex
                : b is >= 'A' and <= 'F' ? Upper : char.IsAsciiLetter((char)b) ? Letter : (byte)0;
        return classes;
    }
}
