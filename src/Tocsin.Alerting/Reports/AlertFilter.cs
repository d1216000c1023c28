using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Reports;

/// <summary>Which alerts to list; what is left empty does not restrict.</summary>
public sealed record AlertFilter
{
    public IReadOnlyList<AlertStatus> Statuses { get; init; } = [];
    public IReadOnlyList<AlertPriority> Priorities { get; init; } = [];

    /// <summary>The label "service", or the resource.</summary>
    public string? Service { get; init; }

    /// <summary>Each must occur in the title, message, resource, type or key, in any case.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];
    public int Limit { get; init; } = 50;

    /// <summary>Continues after this place.</summary>
    public AlertCursor? After { get; init; }
}

/// <summary>A place in the list, which is ordered by last occurrence, newest first.</summary>
public readonly record struct AlertCursor(long LastSeenMs, long Id)
{
    public override string ToString() => $"{LastSeenMs}-{Id}";

    public static AlertCursor? Parse(string text)
    {
        int dash = text.IndexOf('-');
        return dash > 0
            && long.TryParse(text.AsSpan(0, dash), System.Globalization.NumberStyles.None, null, out long time)
            && long.TryParse(text.AsSpan(dash + 1), System.Globalization.NumberStyles.None, null, out long id)
            ? new AlertCursor(time, id)
            : null;
    }
}

/// <param name="Counts">Alerts in each state, all five, by the filter without its states.</param>
/// <param name="Next">Where the next page begins; null when this is the last.</param>
public sealed record AlertPage(
    IReadOnlyList<Alert> Items, IReadOnlyDictionary<AlertStatus, int> Counts, AlertCursor? Next);

public sealed record AlertStory(
    Alert Alert, IReadOnlyList<AlertTransition> History, IReadOnlyList<NotificationEntry> Notifications);

/// <summary>One message about the alert to one channel, and how far it has come.</summary>
/// <param name="State">"queued", "retrying", "sent", "failed", "bundled" (part of a digest), "superseded".</param>
public sealed record NotificationEntry(
    string Channel, string Kind, string Reason, string State, int Attempts, string? LastAnswer, DateTimeOffset At);
