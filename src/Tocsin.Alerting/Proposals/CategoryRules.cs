using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Proposals;

/// <summary>Which category trouble belongs to when its finder did not say.</summary>
internal static class CategoryRules
{
    /// <summary>The first word found in the type, the metric or the error type decides; more specific words come first.</summary>
    private static readonly (AlertCategory Category, string[] Words)[] s_words =
    [
        (AlertCategory.Security, ["security", "brute_force", "login", "intrusion", "unauthorized", "forbidden"]),
        (AlertCategory.Database, ["database", "sql", "deadlock", "connection_pool", "postgres", "redis"]),
        (AlertCategory.Availability, ["unavailable", "service_down", "outage", "health_check", "heartbeat", "unreachable"]),
        (AlertCategory.Business, ["business", "conversion", "revenue", "booking_rate", "sales", "signup"]),
        (AlertCategory.Performance, ["performance", "response_time", "latency", "throughput", "slow", "duration"]),
        (AlertCategory.System, ["system", "cpu", "memory", "disk", "load_average", "swap", "network_io"]),
    ];

    public static AlertCategory Of(AlertProposal proposal) =>
        proposal.Category ?? proposal.Diagnosis?.Category ?? ByWords(Evidence.Of(proposal));

    private static AlertCategory ByWords(string evidence)
    {
        foreach ((AlertCategory category, string[] words) in s_words)
        {
            if (words.Any(word => evidence.Contains(word, StringComparison.OrdinalIgnoreCase)))
                return category;
        }
        return AlertCategory.Application;
    }
}

/// <summary>The names in a proposal that tell what kind of trouble it is; free text is left out, because it misleads.</summary>
internal static class Evidence
{
    public static string Of(AlertProposal proposal) =>
        string.Join(' ', proposal.Type, proposal.Reading?.Metric, proposal.ErrorType, proposal.Diagnosis?.Family);
}
