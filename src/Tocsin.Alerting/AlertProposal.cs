using System.Text.Json;
using Tocsin.Model.Alerts;

namespace Tocsin.Alerting;

/// <summary>
/// Trouble as its finder describes it. <see cref="AlertInbox"/> decides whether it is a new alert, a repeat or a
/// re-opening, and fills in what is left out.
/// </summary>
public sealed record AlertProposal
{
    /// <summary>snake_case kind, for example "crash" or "database_slow_query".</summary>
    public required string Type { get; init; }
    public required string Title { get; init; }
    public required string Message { get; init; }

    /// <summary>What is in trouble: a service, host, table, endpoint.</summary>
    public required string Resource { get; init; }

    /// <summary>Identity of the trouble; type + resource unless given.</summary>
    public string? Key { get; init; }

    /// <summary>Computed from the evidence unless given.</summary>
    public AlertPriority? Priority { get; init; }

    /// <summary>Taken from the diagnosis or the type unless given.</summary>
    public AlertCategory? Category { get; init; }

    /// <summary>When it occurred; now unless given. The future counts as now.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The alert expires when it does not occur again within this time. Null: stays open until resolved.</summary>
    public TimeSpan? ExpiresIn { get; init; }

    public int? AffectedUsers { get; init; }

    /// <summary>Type of the error behind it, for example "StripeAPIError"; decides on priority and recommendations.</summary>
    public string? ErrorType { get; init; }

    /// <summary>How many errors stand behind it; decides on priority.</summary>
    public int? ErrorCount { get; init; }

    /// <summary>The measurement that crossed its threshold; decides on priority.</summary>
    public ThresholdReading? Reading { get; init; }

    public Diagnosis? Diagnosis { get; init; }

    /// <summary>Defaults by diagnosis, error type and category when empty.</summary>
    public IReadOnlyList<string> Recommendations { get; init; } = [];
    public IReadOnlyDictionary<string, JsonElement> Metadata { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>"service" is the one people filter by.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<RelatedLog> RelatedLogs { get; init; } = [];
    public string? RunbookUrl { get; init; }
    public long? CrashGroupId { get; init; }
    public string? CrashId { get; init; }

    /// <summary>Who found it.</summary>
    public string By { get; init; } = State.AlertInput.Tocsin;

    /// <summary>A type is snake_case, so the first colon always ends it and two keys never meet by accident.</summary>
    public string Identity => Key ?? $"{Type}:{Resource}";
}
