using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.State;

/// <summary>What can happen to an alert.</summary>
public enum AlertEvent
{
    /// <summary>The trouble was seen (again).</summary>
    Occur,

    /// <summary>It was seen with a higher priority than the alert has.</summary>
    Escalate,
    Resolve,
    Expire,
    Acknowledge,
    Unacknowledge,
    Suppress,
    Unsuppress,
}

/// <param name="By">Who: a person's name, "tocsin", or a channel.</param>
public sealed record AlertInput(AlertEvent Event, string By, string? Notes = null)
{
    public const string Tocsin = "tocsin";

    /// <summary>End of the suppression; set for <see cref="AlertEvent.Suppress"/>.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The new priority; set for <see cref="AlertEvent.Escalate"/>.</summary>
    public AlertPriority? Priority { get; init; }
}
