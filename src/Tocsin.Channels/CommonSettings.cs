using Tocsin.Model.Alerts;

namespace Tocsin.Channels;

/// <summary>The keys that every kind of channel understands.</summary>
internal static class CommonSettings
{
    private static readonly SettingField MinPriority = new("min_priority",
        "Send only alerts of at least this priority.", "LOW, MEDIUM, HIGH or CRITICAL") { Default = "LOW" };

    private static readonly SettingField Categories = new("categories",
        "Send only alerts of these categories; all when left out.",
        "a list of SYSTEM, DATABASE, APPLICATION, PERFORMANCE, SECURITY, BUSINESS, AVAILABILITY");

    private static readonly SettingField MaxAlerts = new("max_alerts",
        "So many messages in each window; what is more comes in one digest.", "a whole number from 1 to 10000")
        { Default = "as in alerts.rate_limit (5)" };

    private static readonly SettingField WindowMinutes = new("window_minutes",
        "Length of the window.", "a whole number from 1 to 1440") { Default = "as in alerts.rate_limit (5)" };

    public static readonly IReadOnlyList<SettingField> Fields = [MinPriority, Categories, MaxAlerts, WindowMinutes];

    public static ChannelRules Read(SettingReader from, ChannelRules otherwise, IReadOnlyDictionary<string, string> given) => new()
    {
        MinPriority = Enum.Parse<AlertPriority>(from.Choice(MinPriority, "LOW", "MEDIUM", "HIGH", "CRITICAL"), true),
        Categories = from.Names<AlertCategory>(Categories),
        RateLimit = given.ContainsKey(MaxAlerts.Key) ? from.Number(MaxAlerts, 1, 10_000) : otherwise.RateLimit,
        RateWindow = given.ContainsKey(WindowMinutes.Key)
            ? TimeSpan.FromMinutes(from.Number(WindowMinutes, 1, 1440))
            : otherwise.RateWindow,
    };
}
