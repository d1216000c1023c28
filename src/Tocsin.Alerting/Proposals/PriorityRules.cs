using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Proposals;

/// <summary>
/// How urgent trouble is when its finder did not say: the most severe answer of all rules that have one, and never less
/// than its category allows.
/// </summary>
internal static class PriorityRules
{
    private const double CriticalOveragePercent = 50;
    private const double HighOveragePercent = 20;
    private const int ManyUsers = 10;
    private const int ManyErrors = 5;

    /// <param name="errors">How many errors stand behind it so far.</param>
    /// <param name="users">How many users it has touched so far.</param>
    public static AlertPriority Of(AlertProposal proposal, AlertCategory category, int errors, int? users)
    {
        if (proposal.Priority is { } given)
            return given;
        AlertPriority?[] answers =
        [
            proposal.Reading is { } reading ? ByOverage(reading) : null,
            ByImpact(proposal.ErrorType, proposal.ErrorCount ?? (proposal.ErrorType is null ? 0 : errors), users),
            proposal.Diagnosis?.Severity,
            LeastOf(category),
        ];
        return answers.Max() ?? AlertPriority.Medium;
    }

    private static AlertPriority ByOverage(ThresholdReading reading) => reading.OveragePercent switch
    {
        > CriticalOveragePercent => AlertPriority.Critical,
        > HighOveragePercent => AlertPriority.High,
        _ => AlertPriority.Medium,
    };

    private static AlertPriority? ByImpact(string? errorType, int errors, int? users)
    {
        if (users > ManyUsers || errorType?.Contains("database", StringComparison.OrdinalIgnoreCase) == true)
            return AlertPriority.Critical;
        return errors > ManyErrors ? AlertPriority.High : null;
    }

    private static AlertPriority LeastOf(AlertCategory category) => category switch
    {
        AlertCategory.Availability => AlertPriority.Critical,
        AlertCategory.Database or AlertCategory.Security => AlertPriority.High,
        _ => AlertPriority.Medium,
    };
}
