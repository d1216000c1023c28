using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace TocsinSdk.Metrics;

/// <summary>What a scraper's headers ask for, and whether it may have it.</summary>
internal readonly record struct ScrapeRequest(Exposition Format, string ContentType, bool Gzip)
{
    public static ScrapeRequest Of(string? accept, string? acceptEncoding)
    {
        var (text, open) = (0.0, 0.0);
        foreach (var range in (accept ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            var parts = range.Split(';', StringSplitOptions.TrimEntries);
            var version = Parameter(parts, "version");
            if (Is(parts[0], "application/openmetrics-text") && version is null or "1.0.0")
                open = Math.Max(open, Quality(parts));
            else if (Is(parts[0], "text/plain") && version is null or "0.0.4")
                text = Math.Max(text, Quality(parts));
        }
        // Asked which characters a name may have, the page says: the old ones.
        var escaping = accept?.Contains("escaping=", StringComparison.Ordinal) == true ? "; escaping=underscores" : "";
        var (format, type) = open > 0 && open >= text
            ? (Exposition.OpenMetrics, "application/openmetrics-text; version=1.0.0; charset=utf-8")
            : (Exposition.Text, "text/plain; version=0.0.4; charset=utf-8");
        return new ScrapeRequest(format, type + escaping, AcceptsGzip(acceptEncoding));
    }

    /// <summary>
    /// Null when the page may be read, else the status and the sentence to answer. No address means no network.
    /// </summary>
    public static (int Status, string Reason)? Refusal(
        MetricOptions options, IPAddress? from, bool forwarded, string? authorization)
    {
        if (options.Key is { Length: > 0 } key)
            return Same(authorization, "Bearer " + key)
                ? null : (401, "The key is missing or wrong: send Authorization: Bearer and Metrics.Key.");
        var local = !forwarded && (from is null || IPAddress.IsLoopback(from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from));
        return options.Open || local ? null
            : (403, "Only this machine may read its metrics: set Metrics.Key, or Metrics.Open to let everybody.");
    }

    private static bool Same(string? given, string expected) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(given ?? ""), Encoding.UTF8.GetBytes(expected));

    private static bool AcceptsGzip(string? encodings)
    {
        foreach (var encoding in (encodings ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            var parts = encoding.Split(';', StringSplitOptions.TrimEntries);
            if (Is(parts[0], "gzip"))
                return Quality(parts) > 0;
        }
        return false;
    }

    private static double Quality(string[] parts) => Parameter(parts, "q") is not { } q ? 1
        : double.TryParse(q, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var quality) ? quality : 0;

    private static string? Parameter(string[] parts, string name)
    {
        foreach (var part in parts)
            if (part.StartsWith(name, StringComparison.OrdinalIgnoreCase) && part.Length > name.Length
                && part[name.Length] == '=')
                return part[(name.Length + 1)..].Trim('"');
        return null;
    }

    private static bool Is(string text, string expected) => text.Equals(expected, StringComparison.OrdinalIgnoreCase);
}
