using System.Text.Json;
using System.Text.Json.Serialization;
using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Api;

/// <summary>
/// Trouble that somebody reports. Either type, title, message and resource say what it is, or metric, currentValue and
/// thresholdValue do and the words are made of them.
/// </summary>
public sealed record AlertRequest
{
    /// <summary>snake_case kind, for example "database_slow_query"; "threshold" with a metric.</summary>
    public string? Type { get; init; }
    public string? Title { get; init; }
    public string? Message { get; init; }

    /// <summary>CRITICAL, HIGH, MEDIUM or LOW; computed from the evidence when left out.</summary>
    public string? Priority { get; init; }

    /// <summary>
    /// SYSTEM, DATABASE, APPLICATION, PERFORMANCE, SECURITY, BUSINESS or AVAILABILITY; taken from the type when left out.
    /// </summary>
    public string? Category { get; init; }

    /// <summary>What is in trouble: a service, host, table, endpoint.</summary>
    public string? Resource { get; init; }

    /// <summary>Short for the label "service".</summary>
    public string? Service { get; init; }

    /// <summary>Identity of the trouble; type and resource when left out.</summary>
    public string? Key { get; init; }
    public string? Metric { get; init; }
    public double? CurrentValue { get; init; }
    public double? ThresholdValue { get; init; }
    public string? ErrorType { get; init; }
    public int? ErrorCount { get; init; }
    public int? AffectedUsers { get; init; }

    /// <summary>When it occurred; now when left out.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Expires when it does not occur again within this time, for example "2h".</summary>
    public string? ExpiresIn { get; init; }
    public string? RunbookUrl { get; init; }
    public IReadOnlyList<string>? Recommendations { get; init; }
    public IReadOnlyDictionary<string, JsonElement>? Metadata { get; init; }
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
    public IReadOnlyList<RelatedLog>? RelatedLogs { get; init; }

    /// <summary>Who reports it.</summary>
    public string? By { get; init; }
}

/// <summary>What a person does with an alert.</summary>
public sealed record AlertActionRequest
{
    public string? By { get; init; }
    public string? Notes { get; init; }

    /// <summary>Why it is suppressed; the same as notes.</summary>
    public string? Reason { get; init; }

    /// <summary>How long it is suppressed, for example "2h"; one hour when left out.</summary>
    public string? For { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AlertRequest))]
[JsonSerializable(typeof(AlertActionRequest))]
internal sealed partial class RequestJson : JsonSerializerContext;
