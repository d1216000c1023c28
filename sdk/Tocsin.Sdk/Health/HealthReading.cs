namespace TocsinSdk.Health;

/// <summary>Where the application is in its life.</summary>
internal enum LifePhase { Starting, Running, Stopping }

/// <summary>One check as last found; <see cref="Outcome"/> is null before its first run has ended.</summary>
internal readonly record struct CheckReading(WatchedCheck Check, CheckOutcome? Outcome, bool Flapping);

/// <summary>All checks as last found; immutable. Making one runs no check.</summary>
internal sealed record HealthReading(DateTimeOffset Time, LifePhase Phase, IReadOnlyList<CheckReading> Checks)
{
    public HealthState State { get; } =
        HealthWords.Whole(Checks.Select(static c => c.Outcome?.State ?? HealthState.Healthy));

    /// <summary>The state that counts for /health/live.</summary>
    public HealthState Live => With(HealthWords.Live);

    /// <summary>
    /// Why the application should get no requests now; null when it may. Starting and stopping count, and checks tagged
    /// "ready" that are unhealthy or not yet known.
    /// </summary>
    public string? NotReady
    {
        get
        {
            if (Phase != LifePhase.Running)
                return Phase == LifePhase.Starting ? "starting" : "stopping";
            foreach (var (check, outcome, _) in Checks)
            {
                if (!check.Has(HealthWords.Ready))
                    continue;
                if (outcome is null)
                    return $"{check.Name} is not known yet";
                if (outcome.State == HealthState.Unhealthy)
                    return $"{check.Name} is unhealthy";
            }
            return null;
        }
    }

    private HealthState With(string tag) => HealthWords.Whole(
        Checks.Where(c => c.Check.Has(tag)).Select(static c => c.Outcome?.State ?? HealthState.Healthy));
}
