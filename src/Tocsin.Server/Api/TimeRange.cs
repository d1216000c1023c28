using System.Globalization;
using Tocsin.Model;
using Tocsin.Server.Configuration;

namespace Tocsin.Server.Api;

/// <summary>Reads the times people and scripts write: now, -15m, ISO 8601, epoch milliseconds.</summary>
internal static class TimeRange
{
    public const string Expected = "now, a time ago such as -15m, -24h, -7d, an ISO 8601 time, or epoch milliseconds is expected";

    /// <summary>Both ends, or the name of the parameter that cannot be read.</summary>
    public static (Instant From, Instant To)? TryParse(string? from, string? to, TimeSpan otherwise, DateTimeOffset now, out string? wrong)
    {
        Instant? start = Parse(from, now) ?? (string.IsNullOrEmpty(from) ? Instant.From(now - otherwise) : null);
        Instant? end = Parse(to, now) ?? (string.IsNullOrEmpty(to) ? Instant.From(now).Add(TimeSpan.FromSeconds(1)) : null);
        wrong = start is null ? "from" : end is null ? "to" : start.Value >= end.Value ? "from" : null;
        return wrong is null ? (start!.Value, end!.Value) : null;
    }

    public static Instant? Parse(string? text, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        if (text == "now")
            return Instant.From(now).Add(TimeSpan.FromSeconds(1));
        if (text[0] == '-')
            return Durations.TryParse(text[1..], out TimeSpan ago) ? Instant.From(now - ago) : null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long milliseconds))
            return milliseconds < 10_000_000_000_000 ? Instant.FromMilliseconds(milliseconds) : null;
        return Instant.Parse(text);
    }
}
