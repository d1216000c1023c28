using System.Globalization;
using System.Text.Json;
using Tocsin.Model.Alerts;

namespace Tocsin.Channels;

/// <summary>The words all channels use, unescaped and unformatted; each channel escapes for its own format.</summary>
public static class AlertText
{
    private const int MaxSteps = 8;

    public static bool IsCrash(Alert alert) =>
        alert.CrashId is not null || alert.Type.StartsWith("crash", StringComparison.Ordinal);

    /// <summary>One line for a subject or a lock screen, for example "[CRITICAL] System Crash: CRASH-20260102030405-1a2b3c4d".</summary>
    public static string Headline(Notification notification)
    {
        Alert first = notification.Alerts[0];
        string text = notification.Reason switch
        {
            NotificationReason.Digest => $"[DIGEST] {DigestLine(notification)}",
            NotificationReason.Test => $"[TEST] Tocsin reaches {notification.Receiver}",
            NotificationReason.Resolved => $"[RESOLVED] {Name(first)}",
            NotificationReason.Reopened => $"[{Word(first.Priority)}] Re-opened: {Name(first)}",
            NotificationReason.Escalated => $"[{Word(first.Priority)}] Escalated: {Name(first)}",
            _ => $"[{Word(first.Priority)}] {Name(first)}",
        };
        return Text.OneLine(text, 200);
    }

    public static string DigestLine(Notification notification)
    {
        DigestSummary digest = notification.Digest ?? new DigestSummary(notification.Alerts.Count, 0, notification.At);
        int critical = notification.Alerts.Count(a => a.Priority == AlertPriority.Critical && !Notification.IsOver(a));
        string urgent = critical > 0 ? $" ({critical} CRITICAL)" : "";
        return $"{Text.Plural(digest.Total, "alert", "alerts")}: {digest.Firing} firing{urgent}, {digest.Resolved} resolved";
    }

    /// <summary>"System Crash: CRASH-…" or the alert's title.</summary>
    public static string Name(Alert alert) =>
        IsCrash(alert) && alert.CrashId is { } crash ? $"System Crash: {crash}" : alert.Title;

    public static string Word(AlertPriority priority) => priority.ToString().ToUpperInvariant();

    /// <summary>What is known in short: pairs of label and value, the most identifying first.</summary>
    public static IReadOnlyList<(string Label, string Value)> Facts(Alert alert)
    {
        var facts = new List<(string, string)>();
        if (alert.CrashId is { } crash)
            facts.Add(("Crash ID", crash));
        if (ErrorType(alert) is { } type)
            facts.Add(("Error Type", type));
        facts.Add(("Priority", Word(alert.Priority)));
        facts.Add(("Resource", alert.Resource));
        facts.Add(("Category", alert.Category.ToString().ToUpperInvariant()));
        if (alert.AffectedUsers is { } users)
            facts.Add(("Affected users", users.ToString(CultureInfo.InvariantCulture)));
        if (alert.Count > 1)
            facts.Add(("Occurrences", alert.Count.ToString(CultureInfo.InvariantCulture)));
        facts.Add(("Since", Time(alert.StartsAt)));
        if (alert.EndsAt is { } end && Notification.IsOver(alert))
            facts.Add((alert.Condition == AlertCondition.Expired ? "Expired" : "Resolved",
                $"{Time(end)} (after {Span(end - alert.StartsAt)})"));
        return facts;
    }

    public static string? ErrorType(Alert alert) => Metadata(alert, "error_type") ?? Metadata(alert, "errorType");

    /// <summary>The error's own words, else the alert's message.</summary>
    public static string ErrorMessage(Alert alert) =>
        Metadata(alert, "error_message") ?? Metadata(alert, "errorMessage") ?? alert.Message;

    /// <summary>Lines of the stack, crash site first; empty when the alert carries none.</summary>
    public static IReadOnlyList<string> StackTrace(Alert alert)
    {
        if (alert.Metadata.TryGetValue("top_frames", out JsonElement frames) && frames.ValueKind == JsonValueKind.Array)
            return [.. frames.EnumerateArray().Select(frame => frame.ToString())];
        return (Metadata(alert, "stack_trace") ?? Metadata(alert, "stackTrace"))?.Split('\n') ?? [];
    }

    /// <summary>What to do now: the rules' next steps and the alert's recommendations, each once.</summary>
    public static IReadOnlyList<string> NextSteps(Alert alert) =>
        [.. (alert.Diagnosis?.NextSteps ?? []).Concat(alert.Recommendations).Distinct(StringComparer.Ordinal).Take(MaxSteps)];

    /// <summary>"2026-01-02 03:04:05 UTC".</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>The two largest units: "45 s", "3 min 20 s", "2 h 5 min", "4 d 1 h".</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalMinutes: < 1 } => $"{Math.Max(0, (int)span.TotalSeconds)} s",
        { TotalHours: < 1 } => $"{span.Minutes} min {span.Seconds} s",
        { TotalDays: < 1 } => $"{span.Hours} h {span.Minutes} min",
        _ => $"{(int)span.TotalDays} d {span.Hours} h",
    };

    private static string? Metadata(Alert alert, string key) =>
        alert.Metadata.TryGetValue(key, out JsonElement value)
            ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText()
            : null;
}
