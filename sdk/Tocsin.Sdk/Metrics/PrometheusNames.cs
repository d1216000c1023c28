using System.Text;

namespace TocsinSdk.Metrics;

/// <summary>
/// Names and units by OpenTelemetry's rules for Prometheus: what may not stand in a name becomes "_", the unit becomes
/// part of the name, what is counted ends in "_total" (which the text adds).
/// </summary>
internal static class PrometheusNames
{
    /// <summary>The family's name without "_total".</summary>
    public static string Family(string instrument, string unitSuffix, bool counter)
    {
        var name = Sanitize(instrument, colon: true);
        if (counter && name.EndsWith("_total", StringComparison.Ordinal) && name.Length > 6)
            name = name[..^6];
        return unitSuffix.Length == 0 || name == unitSuffix || name.EndsWith("_" + unitSuffix, StringComparison.Ordinal)
            ? name : name.TrimEnd('_') + "_" + unitSuffix;
    }

    /// <summary>"By/s" to "bytes_per_second"; annotations in braces count for nothing; empty when nothing is left.</summary>
    public static string Unit(string? unit, bool gauge)
    {
        if (string.IsNullOrEmpty(unit))
            return "";
        if (unit == "1")
            return gauge ? "ratio" : "";
        var plain = WithoutAnnotations(unit);
        var slash = plain.IndexOf('/');
        if (slash < 0)
            return Whole(plain);
        var (of, per) = (Whole(plain[..slash]), Part(plain[(slash + 1)..]));
        return per.Length == 0 ? of : of.Length == 0 ? "per_" + per : of + "_per_" + per;
    }

    /// <summary>
    /// The label an attribute becomes. Names the page itself uses are told apart by "exported_", as Prometheus does.
    /// </summary>
    public static string Label(string attribute)
    {
        var name = Sanitize(attribute, colon: false);
        return name == "le" || name.StartsWith("otel_scope_", StringComparison.Ordinal) ? "exported_" + name : name;
    }

    /// <summary>Letters, digits, "_" (and ":"), no "__", no digit first; never empty.</summary>
    public static string Sanitize(string name, bool colon)
    {
        var text = new StringBuilder(name.Length + 1);
        foreach (var c in name)
        {
            var valid = char.IsAsciiLetterOrDigit(c) || (c == ':' && colon);
            if (text.Length == 0 && char.IsAsciiDigit(c))
                text.Append('_');
            if (valid)
                text.Append(c);
            else if (text.Length == 0 || text[^1] != '_')
                text.Append('_');
        }
        return text.Length == 0 ? "_" : text.ToString();
    }

    private static string WithoutAnnotations(string unit)
    {
        int open;
        while ((open = unit.IndexOf('{')) >= 0)
        {
            var close = unit.IndexOf('}', open);
            unit = unit[..open] + (close < 0 ? "" : unit[(close + 1)..]);
        }
        return unit.Trim();
    }

    private static string Whole(string unit) => unit switch
    {
        "d" => "days",
        "h" => "hours",
        "min" => "minutes",
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" or "μs" or "µs" => "microseconds",
        "ns" => "nanoseconds",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "GiBy" => "gibibytes",
        "TiBy" => "tibibytes",
        "KBy" or "kBy" => "kilobytes",
        "MBy" => "megabytes",
        "GBy" => "gigabytes",
        "TBy" => "terabytes",
        "m" => "meters",
        "V" => "volts",
        "A" => "amperes",
        "J" => "joules",
        "W" => "watts",
        "g" => "grams",
        "Cel" => "celsius",
        "Hz" => "hertz",
        "%" => "percent",
        "1" or "" => "",
        _ => Sanitize(unit, colon: false).Trim('_'),
    };

    private static string Part(string unit) => unit.Trim() switch
    {
        "s" => "second",
        "m" or "min" => "minute",
        "h" => "hour",
        "d" => "day",
        "w" or "wk" => "week",
        "mo" => "month",
        "y" or "a" => "year",
        "1" or "" => "",
        var other => Sanitize(other, colon: false).Trim('_'),
    };
}
