using System.Globalization;

namespace TocsinSdk.Configuration;

/// <summary>How people write the values of options, turned into what the binder reads.</summary>
internal static class OptionText
{
    private static readonly (string Unit, long Ticks)[] s_times =
    [
        ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour), ("d", TimeSpan.TicksPerDay),
    ];

    private static readonly (string Unit, long Bytes)[] s_sizes =
    [
        ("kib", 1L << 10), ("mib", 1L << 20), ("gib", 1L << 30), ("kb", 1L << 10), ("mb", 1L << 20), ("gb", 1L << 30),
        ("k", 1L << 10), ("m", 1L << 20), ("g", 1L << 30), ("b", 1),
    ];

    public static bool IsSimple(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(TimeSpan)
            || type == typeof(decimal) || type == typeof(Uri);
    }

    /// <summary>The value as the binder takes it; null when it cannot be understood.</summary>
    public static string? Normalize(Type type, string text)
    {
        text = type == typeof(string) ? text : text.Trim();
        if (type == typeof(TimeSpan))
            return Duration(text)?.ToString("c");
        if (type == typeof(bool))
            return text.ToLowerInvariant() switch
            {
                "true" or "yes" or "on" or "1" => "true",
                "false" or "no" or "off" or "0" => "false",
                _ => null,
            };
        if (type.IsEnum)
            return EnumName(type, text);
        if (type == typeof(int))
            return Whole(text) is { } whole and >= int.MinValue and <= int.MaxValue ? Text(whole) : null;
        if (type == typeof(long))
            return Whole(text) is { } number ? Text(number) : null;
        if (type == typeof(double) || type == typeof(float) || type == typeof(decimal))
            return Fraction(text);
        return text;
    }

    /// <summary>"expected ..." of a type, without the word expected.</summary>
    public static string Expected(Type type) =>
        type == typeof(TimeSpan) ? "hours:minutes:seconds, as 00:00:10, or a number with ms, s, m, h or d, as 10s"
        : type == typeof(bool) ? "true or false"
        : type.IsEnum ? string.Join(", ", Enum.GetNames(type))
        : type == typeof(int) || type == typeof(long) ? "a whole number (with kB, MB or GB when it counts bytes)"
        : type == typeof(string) ? "a text"
        : "a number, as 0.25 or 25%";

    private static string? EnumName(Type type, string text)
    {
        // The names other ecosystems use for the framework's levels.
        if (type == typeof(Microsoft.Extensions.Logging.LogLevel))
            text = text.ToUpperInvariant() switch
            {
                "INFO" => "Information",
                "WARN" => "Warning",
                "FATAL" => "Critical",
                "OFF" => "None",
                _ => text,
            };
        return Enum.GetNames(type).FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
    }

    private static TimeSpan? Duration(string text)
    {
        if (text.Contains(':'))
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span : null;
        foreach (var (unit, ticks) in s_times)
            if (text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)
                && double.TryParse(text[..^unit.Length], NumberStyles.Float, CultureInfo.InvariantCulture, out var count))
                return Math.Abs(count * ticks) < TimeSpan.MaxValue.Ticks ? TimeSpan.FromTicks((long)(count * ticks)) : null;
        return text == "0" ? TimeSpan.Zero : null;
    }

    private static long? Whole(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return whole;
        foreach (var (unit, bytes) in s_sizes)
            if (text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
                return double.TryParse(
                        text[..^unit.Length], NumberStyles.Float, CultureInfo.InvariantCulture, out var count)
                    && Math.Abs(count * bytes) < long.MaxValue ? (long)(count * bytes) : null;
        return null;
    }

    private static string? Fraction(string text)
    {
        var percent = text.EndsWith('%');
        return double.TryParse(
                percent ? text[..^1] : text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
            ? (percent ? number / 100 : number).ToString("R", CultureInfo.InvariantCulture) : null;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
