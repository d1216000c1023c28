using System.Globalization;
using System.Text.RegularExpressions;

namespace Tocsin.Alerting.Api;

/// <summary>Spans of time as people write them: "30s", "15m", "2h", "1h30m", "7d".</summary>
public static partial class Duration
{
    public const string Expected = "a duration such as 30s, 15m, 2h, 1h30m or 7d";

    /// <summary>Null when the text is not a duration, or not longer than nothing.</summary>
    public static TimeSpan? Parse(string text)
    {
        Match match = Shape().Match(text.Trim());
        if (!match.Success)
            return null;
        long seconds = 0;
        foreach ((string group, long unit) in new[] { ("d", 86_400L), ("h", 3_600L), ("m", 60L), ("s", 1L) })
        {
            if (match.Groups[group].Success)
                seconds += unit * long.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
        }
        return seconds > 0 ? TimeSpan.FromSeconds(seconds) : null;
    }

    [GeneratedRegex(@"^(?:(?<d>[0-9]{1,5})d)?(?:(?<h>[0-9]{1,6})h)?(?:(?<m>[0-9]{1,7})m)?(?:(?<s>[0-9]{1,9})s)?$")]
    private static partial Regex Shape();
}
