using System.Text.Json;
using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Records;

/// <summary>An alert as the table holds it: times in Unix milliseconds, composite values as JSON.</summary>
internal sealed class AlertRow
{
    public long Id { get; init; }
    public string Key { get; init; } = "";
    public string Type { get; init; } = "";
    public string Title { get; init; } = "";
    public string Message { get; init; } = "";
    public int Priority { get; init; }
    public int Category { get; init; }
    public string Resource { get; init; } = "";
    public string? Service { get; init; }
    public int Condition { get; init; }
    public long StartsAt { get; init; }
    public long LastSeenAt { get; init; }
    public long? EndsAt { get; init; }
    public long? ExpiresAt { get; init; }
    public int Count { get; init; }
    public int? AffectedUsers { get; init; }
    public int Reopened { get; init; }
    public long? CrashGroupId { get; init; }
    public string? CrashId { get; init; }
    public string? RunbookUrl { get; init; }
    public string? Diagnosis { get; init; }
    public string Recommendations { get; init; } = "[]";
    public string Metadata { get; init; } = "{}";
    public string Labels { get; init; } = "{}";
    public string Annotations { get; init; } = "{}";
    public string RelatedLogs { get; init; } = "[]";
    public long? AcknowledgedAt { get; init; }
    public string? AcknowledgedBy { get; init; }
    public long? SuppressedUntil { get; init; }

    public static AlertRow From(Alert alert) => new()
    {
        Id = alert.Id,
        Key = alert.Key,
        Type = alert.Type,
        Title = alert.Title,
        Message = alert.Message,
        Priority = (int)alert.Priority,
        Category = (int)alert.Category,
        Resource = alert.Resource,
        Service = alert.Labels.GetValueOrDefault("service"),
        Condition = (int)alert.Condition,
        StartsAt = Ms(alert.StartsAt),
        LastSeenAt = Ms(alert.LastSeenAt),
        EndsAt = Ms(alert.EndsAt),
        ExpiresAt = Ms(alert.ExpiresAt),
        Count = alert.Count,
        AffectedUsers = alert.AffectedUsers,
        Reopened = alert.Reopened,
        CrashGroupId = alert.CrashGroupId,
        CrashId = alert.CrashId,
        RunbookUrl = alert.RunbookUrl,
        Diagnosis = alert.Diagnosis is null ? null : JsonSerializer.Serialize(alert.Diagnosis, RecordJson.Default.Diagnosis),
        Recommendations = JsonSerializer.Serialize(alert.Recommendations, RecordJson.Default.IReadOnlyListString),
        Metadata = JsonSerializer.Serialize(alert.Metadata, RecordJson.Default.IReadOnlyDictionaryStringJsonElement),
        Labels = JsonSerializer.Serialize(alert.Labels, RecordJson.Default.IReadOnlyDictionaryStringString),
        Annotations = JsonSerializer.Serialize(alert.Annotations, RecordJson.Default.IReadOnlyDictionaryStringString),
        RelatedLogs = JsonSerializer.Serialize(alert.RelatedLogs, RecordJson.Default.IReadOnlyListRelatedLog),
        AcknowledgedAt = Ms(alert.AcknowledgedAt),
        AcknowledgedBy = alert.AcknowledgedBy,
        SuppressedUntil = Ms(alert.SuppressedUntil),
    };

    public Alert ToAlert() => new()
    {
        Id = Id,
        Key = Key,
        Type = Type,
        Title = Title,
        Message = Message,
        Priority = (AlertPriority)Priority,
        Category = (AlertCategory)Category,
        Resource = Resource,
        Condition = (AlertCondition)Condition,
        StartsAt = At(StartsAt),
        LastSeenAt = At(LastSeenAt),
        EndsAt = At(EndsAt),
        ExpiresAt = At(ExpiresAt),
        Count = Count,
        AffectedUsers = AffectedUsers,
        Reopened = Reopened,
        CrashGroupId = CrashGroupId,
        CrashId = CrashId,
        RunbookUrl = RunbookUrl,
        Diagnosis = Diagnosis is null ? null : JsonSerializer.Deserialize(Diagnosis, RecordJson.Default.Diagnosis),
        Recommendations = JsonSerializer.Deserialize(Recommendations, RecordJson.Default.IReadOnlyListString)!,
        Metadata = JsonSerializer.Deserialize(Metadata, RecordJson.Default.IReadOnlyDictionaryStringJsonElement)!,
        Labels = JsonSerializer.Deserialize(Labels, RecordJson.Default.IReadOnlyDictionaryStringString)!,
        Annotations = JsonSerializer.Deserialize(Annotations, RecordJson.Default.IReadOnlyDictionaryStringString)!,
        RelatedLogs = JsonSerializer.Deserialize(RelatedLogs, RecordJson.Default.IReadOnlyListRelatedLog)!,
        AcknowledgedAt = At(AcknowledgedAt),
        AcknowledgedBy = AcknowledgedBy,
        SuppressedUntil = At(SuppressedUntil),
    };

    public static long Ms(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private static long? Ms(DateTimeOffset? time) => time is { } set ? Ms(set) : null;

    private static DateTimeOffset? At(long? ms) => ms is { } set ? At(set) : null;
}
