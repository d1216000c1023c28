using Tocsin.Model.Alerts;
using Tocsin.Model.Crashes;

namespace Tocsin.Crashes.Alerts;

/// <summary>How urgent a crash is: by how the process ended, what the rules found, whom it touches and how often it
/// happens. Pure.</summary>
internal static class CrashPriority
{
    private const int ManyUsers = 10, ManyCrashes = 5;

    /// <param name="record">The crash.</param>
    /// <param name="diagnosis">What the rules found.</param>
    /// <param name="users">Distinct users of the group so far.</param>
    /// <param name="lastHour">Crashes of the group in the last hour, this one included.</param>
    /// <param name="worsening">The group spreads or spikes.</param>
    public static AlertPriority Of(CrashRecord record, Model.Alerts.Diagnosis? diagnosis, long users, long lastHour,
        bool worsening)
    {
        AlertPriority priority = ByEnding(record);
        // An unannounced stop and a task nobody awaited leave the service as it was; a rule does not make more of them.
        if (diagnosis is not null && record.Class is not (CrashClass.Terminated or CrashClass.Unobserved)
            && diagnosis.Severity > priority)
            priority = diagnosis.Severity;
        if (lastHour > ManyCrashes && priority < AlertPriority.High)
            priority = AlertPriority.High;
        if (worsening && priority < AlertPriority.Critical)
            priority++;
        return users > ManyUsers || record.CrashLoop ? AlertPriority.Critical : priority;
    }

    private static AlertPriority ByEnding(CrashRecord record) => record.Class switch
    {
        CrashClass.Terminated => AlertPriority.Low,
        CrashClass.Unobserved or CrashClass.Captured => AlertPriority.Medium,
        // Seen in telemetry: a request failed, the process may live.
        CrashClass.Unhandled when record.Source == "otlp" => AlertPriority.Medium,
        CrashClass.OomKilled or CrashClass.StackOverflow => AlertPriority.Critical,
        _ => AlertPriority.High,
    };
}
