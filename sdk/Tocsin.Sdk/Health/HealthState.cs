using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TocsinSdk.Health;

/// <summary>
/// How a check, or the whole application, is doing; worse is larger. A warning tells of something to look at while
/// the application does its work, and never makes the whole less than healthy.
/// </summary>
internal enum HealthState { Healthy, Warning, Degraded, Unhealthy }

/// <summary>Words of the states, tags that give a check its part, and how the framework's status becomes ours.</summary>
internal static class HealthWords
{
    /// <summary>
    /// Tags of a check: counts for /health/live; counts for /health/ready; is never worse than a warning when degraded.
    /// </summary>
    public const string Live = "live", Ready = "ready", Warning = "warning";

    public static string Word(this HealthState state) => state switch
    {
        HealthState.Healthy => "healthy",
        HealthState.Warning => "warning",
        HealthState.Degraded => "degraded",
        _ => "unhealthy",
    };

    public static HealthState Of(HealthStatus status, bool warns) => status switch
    {
        HealthStatus.Healthy => HealthState.Healthy,
        HealthStatus.Degraded => warns ? HealthState.Warning : HealthState.Degraded,
        _ => HealthState.Unhealthy,
    };

    /// <summary>The state of a whole whose parts are in these states.</summary>
    public static HealthState Whole(IEnumerable<HealthState> parts)
    {
        var worst = HealthState.Healthy;
        foreach (var part in parts)
            if (part > worst && part != HealthState.Warning)
                worst = part;
        return worst;
    }
}
