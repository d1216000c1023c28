using System.Globalization;

namespace Tocsin.Server.Configuration;

/// <summary>Reads lengths of time as people write them: 90s, 15m, 36h, 30d.</summary>
public static class Durations
{
    public static bool TryParse(string text, out TimeSpan span)
    {
        span = default;
        if (text.Length < 2
            || !double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double n)
            || n > 100_000)
            return false;
        TimeSpan? unit = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(n),
            'm' => TimeSpan.FromMinutes(n),
            'h' => TimeSpan.FromHours(n),
            'd' => TimeSpan.FromDays(n),
            _ => null,
        };
        span = unit ?? default;
        return unit is not null;
    }
}
