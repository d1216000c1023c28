using Tocsin.Model.Alerts;

namespace Tocsin.Channels;

/// <summary>One message to one channel, as values: the channel only has to put it into its own format.</summary>
public sealed record Notification
{
    /// <summary>Idempotency key: the same in every attempt to deliver this notification, never used for another.</summary>
    public required string Id { get; init; }

    public required NotificationReason Reason { get; init; }

    /// <summary>Name of the channel it goes to.</summary>
    public required string Receiver { get; init; }

    /// <summary>The alert it speaks of, as it was at the time; a digest has several, most urgent first.</summary>
    public required IReadOnlyList<Alert> Alerts { get; init; }

    /// <summary>Set in a digest only.</summary>
    public DigestSummary? Digest { get; init; }

    /// <summary>Address under which people reach Tocsin, without a slash at the end; empty when nobody configured it.</summary>
    public string ExternalUrl { get; init; } = "";

    public required DateTimeOffset At { get; init; }

    public bool IsResolved => Reason == NotificationReason.Resolved
        || (Reason == NotificationReason.Digest && Alerts.All(IsOver));

    public static bool IsOver(Alert alert) => alert.Condition is AlertCondition.Resolved or AlertCondition.Expired;

    /// <summary>Page of the alert in the web UI, null without an external address.</summary>
    public string? LinkTo(Alert alert) =>
        ExternalUrl.Length == 0 ? null : Reason == NotificationReason.Test ? ExternalUrl : $"{ExternalUrl}/alerts/{alert.Id}";
}

/// <summary>What a digest stands for; <see cref="Notification.Alerts"/> may show only the most urgent of them.</summary>
/// <param name="Firing">Alerts that began, re-opened or escalated.</param>
/// <param name="Resolved">Alerts that are over.</param>
/// <param name="Since">When the first of them was held back.</param>
public sealed record DigestSummary(int Firing, int Resolved, DateTimeOffset Since)
{
    public int Total => Firing + Resolved;
}
