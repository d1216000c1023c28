namespace Tocsin.Alerting;

/// <summary>How alerts behave; every value has a default that needs no thought.</summary>
public sealed record AlertOptions
{
    /// <summary>An occurrence this soon after the end re-opens the same alert instead of opening a new one.</summary>
    public TimeSpan ReopenWindow { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long alerts that are over are kept, with their history.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(365);

    /// <summary>How often the clock's effects (expiry, end of suppression) are looked for.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(1);
}
