using System.Globalization;

namespace TocsinSdk.Redaction;

/// <summary>
/// Tells payment cards from other long numbers: an issuer's first digits, a length it issues, and the check digit of
/// ISO/IEC 7812 (Luhn). By the check digit alone one number in ten would look like a card.
/// </summary>
internal static class PaymentCard
{
    public const int MinDigits = 13, MaxDigits = 19;

    public static bool IsCard(long number)
    {
        Span<char> digits = stackalloc char[20];
        return number > 0 && number.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture)
            && IsCard(digits[..length]);
    }

    /// <param name="digits">Digits alone, without blanks or dashes.</param>
    public static bool IsCard(ReadOnlySpan<char> digits) =>
        digits.Length is >= MinDigits and <= MaxDigits && IsIssued(digits) && Luhn(digits);

    private static bool IsIssued(ReadOnlySpan<char> digits)
    {
        var two = (digits[0] - '0') * 10 + digits[1] - '0';
        var four = two * 100 + (digits[2] - '0') * 10 + digits[3] - '0';
        return digits.Length switch
        {
            14 => two is 36 or 38 or 39 || four is >= 3000 and <= 3059,
            15 => two is 34 or 37,
            16 => digits[0] == '4' || two is >= 51 and <= 55 or 62 or 64 or 65 or 35
                || four is >= 2221 and <= 2720 or 6011,
            13 => digits[0] == '4',
            19 => digits[0] == '4' || two is 62 or 64 or 65 || four is 6011,
            _ => two is 62,
        };
    }

    private static bool Luhn(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[digits.Length - 1 - i] - '0';
            if (i % 2 == 1)
                digit = digit > 4 ? digit * 2 - 9 : digit * 2;
            sum += digit;
        }
        return sum % 10 == 0;
    }
}
