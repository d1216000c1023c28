namespace TocsinSdk;

/// <summary>
/// Health checks and their endpoints. Configuration section "Tocsin:Health", variables TOCSIN_HEALTH__*.
/// </summary>
public sealed class HealthOptions
{
    /// <summary>Whether checks run and /health answers; default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Whether the process watches itself: checks "system" (processor, memory, disk), "thread_pool", "gc", "workers" and
    /// "telemetry"; default true. A registered check of the same name takes the place of one of these.
    /// </summary>
    public bool SystemChecks { get; set; } = true;

    /// <summary>Time between two runs of a check that names none itself; default 15 s, at least 1 s.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a check that names no time-out itself may take; default 5 s, more than zero.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Share of processor, memory or disk in use, in percent, above which a system check warns; default 90.
    /// </summary>
    public double WarnAbovePercent { get; set; } = 90;

    /// <summary>
    /// Key that opens /health/detailed and /health/crashes outside development, sent as "Authorization: Bearer" or
    /// "X-Tocsin-Key". Without a key and without a policy they answer 403 there. TOCSIN_HEALTH__KEY; default none.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>
    /// Name of an authorization policy of the application that opens the same endpoints; default none.
    /// </summary>
    public string? Policy { get; set; }

    internal IEnumerable<string> Problems()
    {
        if (Period < TimeSpan.FromSeconds(1))
            yield return $"Health.Period is {Period}; expected at least one second";
        if (Timeout <= TimeSpan.Zero)
            yield return $"Health.Timeout is {Timeout}; expected more than zero";
        if (WarnAbovePercent is not (> 0 and <= 100))
            yield return $"Health.WarnAbovePercent is {WarnAbovePercent}; expected more than 0 and at most 100";
        if (Key is { Length: < 8 })
            yield return "Health.Key is shorter than 8 characters; expected a key that cannot be guessed";
    }
}
