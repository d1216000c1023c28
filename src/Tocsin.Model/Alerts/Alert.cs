using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tocsin.Model.Alerts;

[JsonConverter(typeof(JsonStringEnumConverter<AlertPriority>))]
public enum AlertPriority
{
    [JsonStringEnumMemberName("LOW")] Low = 1,
    [JsonStringEnumMemberName("MEDIUM")] Medium = 2,
    [JsonStringEnumMemberName("HIGH")] High = 3,
    [JsonStringEnumMemberName("CRITICAL")] Critical = 4,
}

[JsonConverter(typeof(JsonStringEnumConverter<AlertCategory>))]
public enum AlertCategory
{
    [JsonStringEnumMemberName("SYSTEM")] System,
    [JsonStringEnumMemberName("DATABASE")] Database,
    [JsonStringEnumMemberName("APPLICATION")] Application,
    [JsonStringEnumMemberName("PERFORMANCE")] Performance,
    [JsonStringEnumMemberName("SECURITY")] Security,
    [JsonStringEnumMemberName("BUSINESS")] Business,
    [JsonStringEnumMemberName("AVAILABILITY")] Availability,
}

/// <summary>What is true of the trouble itself.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AlertCondition>))]
public enum AlertCondition
{
    [JsonStringEnumMemberName("pending")] Pending,
    [JsonStringEnumMemberName("firing")] Firing,
    [JsonStringEnumMemberName("resolved")] Resolved,
    [JsonStringEnumMemberName("expired")] Expired,
    [JsonStringEnumMemberName("unknown")] Unknown,
}

/// <summary>The five states people speak of: a projection of condition and handling, see <see cref="Alert.StatusAt"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AlertStatus>))]
public enum AlertStatus
{
    [JsonStringEnumMemberName("ACTIVE")] Active,
    [JsonStringEnumMemberName("ACKNOWLEDGED")] Acknowledged,
    [JsonStringEnumMemberName("SUPPRESSED")] Suppressed,
    [JsonStringEnumMemberName("RESOLVED")] Resolved,
    [JsonStringEnumMemberName("EXPIRED")] Expired,
}

/// <summary>
/// Trouble that somebody should know of. At most one alert with a given <see cref="Key"/> is open (pending, firing or
/// unknown) at any time; a repeat raises <see cref="Count"/>.
/// </summary>
public sealed record Alert
{
    public required long Id { get; init; }

    /// <summary>Identity of the trouble: type + resource, or rule + labels.</summary>
    public required string Key { get; init; }

    /// <summary>snake_case kind, for example "crash", "crash_regressed", "database_slow_query".</summary>
    public required string Type { get; init; }
    public required string Title { get; init; }
    public required string Message { get; init; }
    public required AlertPriority Priority { get; init; }
    public required AlertCategory Category { get; init; }

    /// <summary>What is in trouble: a service, host, table, endpoint.</summary>
    public required string Resource { get; init; }
    public AlertCondition Condition { get; init; } = AlertCondition.Firing;
    public DateTimeOffset? AcknowledgedAt { get; init; }
    public string? AcknowledgedBy { get; init; }

    /// <summary>Suppressed while this lies in the future; nothing has to flip it back.</summary>
    public DateTimeOffset? SuppressedUntil { get; init; }
    public required DateTimeOffset StartsAt { get; init; }
    public required DateTimeOffset LastSeenAt { get; init; }
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>Resolves as EXPIRED when not seen again before this. Null: stays open until resolved.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>How often it has occurred since it opened.</summary>
    public int Count { get; init; } = 1;

    /// <summary>How many distinct users it touched, null when nobody knows.</summary>
    public int? AffectedUsers { get; init; }
    public Diagnosis? Diagnosis { get; init; }
    public IReadOnlyList<string> Recommendations { get; init; } = [];
    public IReadOnlyDictionary<string, JsonElement> Metadata { get; init; } = new Dictionary<string, JsonElement>();
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Log records of the same trace or process, oldest first.</summary>
    public IReadOnlyList<RelatedLog> RelatedLogs { get; init; } = [];
    public string? RunbookUrl { get; init; }

    /// <summary>The crash group this alert speaks of.</summary>
    public long? CrashGroupId { get; init; }
    public string? CrashId { get; init; }

    /// <summary>Times it has re-opened, and when it was resolved before.</summary>
    public int Reopened { get; init; }

    public AlertStatus StatusAt(DateTimeOffset now) => Condition switch
    {
        AlertCondition.Resolved => AlertStatus.Resolved,
        AlertCondition.Expired => AlertStatus.Expired,
        _ when SuppressedUntil > now => AlertStatus.Suppressed,
        _ when AcknowledgedAt is not null => AlertStatus.Acknowledged,
        _ => AlertStatus.Active,
    };
}

/// <summary>What the rules conclude from the evidence. Shown as rules' findings, never as fact.</summary>
public sealed record Diagnosis
{
    /// <summary>Family: "timeout", "rate_limit", "authentication", "validation", "resource_exhaustion", "database", "memory", "network", "code", "process".</summary>
    public required string Family { get; init; }
    public required AlertCategory Category { get; init; }
    public required AlertPriority Severity { get; init; }
    public required string LikelyCause { get; init; }
    public IReadOnlyList<string> NextSteps { get; init; } = [];

    /// <summary>Name of the rule that matched, and what in the evidence it matched.</summary>
    public required string Rule { get; init; }
    public required string Because { get; init; }
}

public sealed record RelatedLog(DateTimeOffset Time, string Level, string Service, string Message)
{
    public string? TraceId { get; init; }
}

/// <summary>One change in an alert's life; the list of them is its history.</summary>
/// <param name="Action">"opened", "occurred", "reopened", "acknowledged", "unacknowledged", "suppressed", "unsuppressed", "resolved", "expired", "escalated".</param>
/// <param name="By">Who: a person's name, "tocsin", or a channel.</param>
public sealed record AlertTransition(DateTimeOffset Time, string Action, string By, string? Notes);
