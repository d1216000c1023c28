using System.Globalization;

namespace Tocsin.Query.Cells;

/// <summary>Reads lengths of time as people write them.</summary>
internal static class TimeText
{
    /// <summary>Nanoseconds of 500ms, 1.5h or 7d; null for anything else, also for a number without a unit.</summary>
    public static long? Length(ReadOnlySpan<char> text)
    {
        int digits = text.Length - text.TrimStart("0123456789.").Length;
        decimal? factor = Unit(text[digits..]);
        if (factor is null || digits is 0 or > 15
            || !decimal.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                out decimal number))
            return null;
        decimal nanos = decimal.Round(number * factor.Value);
        return nanos <= long.MaxValue ? (long)nanos : null;
    }

    /// <summary>The shortest text that <see cref="Length"/> reads back, in the largest unit that divides it.</summary>
    public static string OfLength(long nanos)
    {
        (string Unit, long Nanos)[] units =
        [
            ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000),
            ("ms", 1_000_000), ("us", 1000), ("ns", 1),
        ];
        (string unit, long size) = units.First(u => nanos % u.Nanos == 0);
        return (nanos / size).ToString(CultureInfo.InvariantCulture) + unit;
    }

    private static decimal? Unit(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" => 1m,
        "us" or "µs" => 1_000m,
        "ms" => 1_000_000m,
        "s" => 1_000_000_000m,
        "m" or "min" => 60_000_000_000m,
        "h" => 3_600_000_000_000m,
        "d" => 86_400_000_000_000m,
        "w" => 604_800_000_000_000m,
        _ => null,
    };
}
