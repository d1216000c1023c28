namespace Tocsin.Ingest.Redaction;

/// <summary>
/// Finds payment card numbers (plain, or in groups joined by one space or dash) and US social security numbers.
/// A card must carry the prefix and length of a known brand and pass the Luhn check, so that ids and times stay.
/// </summary>
internal static class CardNumbers
{
    /// <summary>Of a social security number; cards have more.</summary>
    public const int FewestDigits = 9;

    private const int ShortestCard = 13, LongestCard = 19, SsnLength = 11, CardGroup = 4, SsnGroup = 3;

    public static void Find(ReadOnlySpan<byte> text, List<Cut> found)
    {
        int at = 0;
        while (text.Length - at >= SsnLength)
        {
            int next = text[at..].IndexOfAnyInRange((byte)'0', (byte)'9');
            if (next < 0)
                return;
            at += next;
            int end = EndOfDigits(text, at);
            // No other number of digits begins either.
            bool begins = end - at is CardGroup or SsnGroup or (>= ShortestCard and <= LongestCard);
            int length = !begins || InsideWord(text, at) ? 0 : Math.Max(Card(text, at, end), Ssn(text, at, end));
            if (length > 0)
                found.Add(new Cut(at, length));
            at = Math.Max(end, at + length);
        }
    }

    // Returns the length of the card number that begins with the digits [at, end), or 0.
    private static int Card(ReadOnlySpan<byte> text, int at, int end)
    {
        Span<byte> digits = stackalloc byte[LongestCard];
        int count = 0, best = 0, start = at;
        byte separator = 0;
        while (count + (end - at) <= LongestCard)
        {
            text[at..end].CopyTo(digits[count..]);
            count += end - at;
            if (count >= ShortestCard && EndsWord(text, end) && IsCard(digits[..count]))
                best = end - start;
            // Only numbers written in groups that begin with four digits go on.
            bool joined = end + 1 < text.Length && text[end] is (byte)' ' or (byte)'-'
                && char.IsAsciiDigit((char)text[end + 1]);
            if (!joined || (separator == 0 ? count != CardGroup : text[end] != separator))
                break;
            separator = text[end];
            at = end + 1;
            end = EndOfDigits(text, at);
        }
        return best;
    }

    // 3-2-4 digits; the areas, groups and serials that were never issued are no secret.
    private static int Ssn(ReadOnlySpan<byte> text, int at, int end)
    {
        if (end - at != SsnGroup || text.Length - at < SsnLength || text[at + 3] != '-' || text[at + 6] != '-')
            return 0;
        if (EndOfDigits(text, at + 4) != at + 6 || EndOfDigits(text, at + 7) != at + 11 || !EndsWord(text, at + 11))
            return 0;
        if (at > 0 && text[at - 1] == '-')
            return 0;
        ReadOnlySpan<byte> area = text.Slice(at, 3);
        bool issued = !area.SequenceEqual("000"u8) && !area.SequenceEqual("666"u8) && area[0] != '9'
            && !text.Slice(at + 4, 2).SequenceEqual("00"u8) && !text.Slice(at + 7, 4).SequenceEqual("0000"u8);
        return issued ? SsnLength : 0;
    }

    private static bool IsCard(ReadOnlySpan<byte> digits)
    {
        int two = Number(digits, 2), four = Number(digits, 4), length = digits.Length;
        bool brand = digits[0] switch
        {
            (byte)'2' => four is >= 2221 and <= 2720 && length == 16,                          // Mastercard
            (byte)'3' => (two is 34 or 37 && length == 15)                                     // American Express
                || (two is 36 or 38 or 30 && length == 14)                                     // Diners Club
                || (four is >= 3528 and <= 3589 && length == 16),                              // JCB
            (byte)'4' => length is 13 or 16 or 19,                                             // Visa
            (byte)'5' => two is >= 50 and <= 58 && length == 16,                               // Mastercard, Maestro
            (byte)'6' => (four == 6011 || two is 62 or 64 or 65 or 67) && length is 16 or 19,  // Discover, UnionPay
            _ => false,
        };
        return brand && Luhn(digits);
    }

    private static bool Luhn(ReadOnlySpan<byte> digits)
    {
        int sum = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            int digit = digits[^(i + 1)] - '0';
            if (i % 2 == 1)
                digit = digit > 4 ? digit * 2 - 9 : digit * 2;
            sum += digit;
        }
        return sum % 10 == 0;
    }

    private static int Number(ReadOnlySpan<byte> digits, int count)
    {
        int number = 0;
        foreach (byte digit in digits[..count])
            number = number * 10 + (digit - '0');
        return number;
    }

    private static int EndOfDigits(ReadOnlySpan<byte> text, int at)
    {
        int length = text[at..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return length < 0 ? text.Length : at + length;
    }

    // Part of an identifier, a hexadecimal id or a decimal fraction.
    private static bool InsideWord(ReadOnlySpan<byte> text, int at) =>
        at > 0 && (IsWord(text[at - 1]) || (text[at - 1] == '.' && at > 1 && char.IsAsciiDigit((char)text[at - 2])));

    private static bool EndsWord(ReadOnlySpan<byte> text, int end) => end == text.Length || !IsWord(text[end]);

    private static bool IsWord(byte c) => char.IsAsciiLetterOrDigit((char)c) || c == '_';
}
