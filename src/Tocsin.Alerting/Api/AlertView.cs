using System.Text.Json;
using Tocsin.Alerting.Reports;
using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Api;

/// <summary>An alert as the API shows it: all that is known, and its state at the time of the answer.</summary>
public sealed record AlertView
{
    public required long Id { get; init; }
    public required string Key { get; init; }
    public required AlertStatus Status { get; init; }
    public required string Type { get; init; }
    public required string Title { get; init; }
    public required string Message { get; init; }
    public required AlertPriority Priority { get; init; }
    public required AlertCategory Category { get; init; }
    public required string Resource { get; init; }
    public required AlertCondition Condition { get; init; }
    public DateTimeOffset? AcknowledgedAt { get; init; }
    public string? AcknowledgedBy { get; init; }
    public DateTimeOffset? SuppressedUntil { get; init; }
    public required DateTimeOffset StartsAt { get; init; }
    public required DateTimeOffset LastSeenAt { get; init; }
    public DateTimeOffset? EndsAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public required int Count { get; init; }
    public int? AffectedUsers { get; init; }
    public Diagnosis? Diagnosis { get; init; }
    public required IReadOnlyList<string> Recommendations { get; init; }
    public required IReadOnlyDictionary<string, JsonElement> Metadata { get; init; }
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
    public required IReadOnlyDictionary<string, string> Annotations { get; init; }
    public required IReadOnlyList<RelatedLog> RelatedLogs { get; init; }
    public string? RunbookUrl { get; init; }
    public long? CrashGroupId { get; init; }
    public string? CrashId { get; init; }
    public required int Reopened { get; init; }

    public static AlertView Of(Alert alert, DateTimeOffset now) => new()
    {
        Id = alert.Id,
        Key = alert.Key,
        Status = alert.StatusAt(now),
        Type = alert.Type,
        Title = alert.Title,
        Message = alert.Message,
        Priority = alert.Priority,
        Category = alert.Category,
        Resource = alert.Resource,
        Condition = alert.Condition,
        AcknowledgedAt = alert.AcknowledgedAt,
        AcknowledgedBy = alert.AcknowledgedBy,
        SuppressedUntil = alert.SuppressedUntil,
        StartsAt = alert.StartsAt,
        LastSeenAt = alert.LastSeenAt,
        EndsAt = alert.EndsAt,
        ExpiresAt = alert.ExpiresAt,
        Count = alert.Count,
        AffectedUsers = alert.AffectedUsers,
        Diagnosis = alert.Diagnosis,
        Recommendations = alert.Recommendations,
        Metadata = alert.Metadata,
        Labels = alert.Labels,
        Annotations = alert.Annotations,
        RelatedLogs = alert.RelatedLogs,
        RunbookUrl = alert.RunbookUrl,
        CrashGroupId = alert.CrashGroupId,
        CrashId = alert.CrashId,
        Reopened = alert.Reopened,
    };
}

/// <summary>How many alerts are in each state.</summary>
public sealed record AlertCountsView(
    [property: System.Text.Json.Serialization.JsonPropertyName("ACTIVE")] int Active,
    [property: System.Text.Json.Serialization.JsonPropertyName("ACKNOWLEDGED")] int Acknowledged,
    [property: System.Text.Json.Serialization.JsonPropertyName("SUPPRESSED")] int Suppressed,
    [property: System.Text.Json.Serialization.JsonPropertyName("RESOLVED")] int Resolved,
    [property: System.Text.Json.Serialization.JsonPropertyName("EXPIRED")] int Expired)
{
    public static AlertCountsView Of(IReadOnlyDictionary<AlertStatus, int> counts) => new(
        counts[AlertStatus.Active], counts[AlertStatus.Acknowledged], counts[AlertStatus.Suppressed],
        counts[AlertStatus.Resolved], counts[AlertStatus.Expired]);
}

public sealed record AlertListView(IReadOnlyList<AlertView> Items, AlertCountsView Counts, string? Next);

public sealed record AlertStoryView(
    AlertView Alert, IReadOnlyList<AlertTransition> History, IReadOnlyList<NotificationEntry> Notifications);

/// <summary>The alert after an action.</summary>
public sealed record AlertChangedView(AlertView Alert);

/// <param name="Transition">"opened", "occurred", "escalated" or "reopened".</param>
public sealed record AlertRaisedView(AlertView Alert, string Transition);
