using System.Collections.Frozen;
using Tocsin.Channels;
using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.State;

/// <param name="After">The alert once the change has happened.</param>
/// <param name="Action">What the history calls it.</param>
/// <param name="Notify">Whom it concerns is told for this reason; null when it makes no news.</param>
public sealed record AlertChange(
    Alert After, AlertInput Input, string Action, DateTimeOffset Time, NotificationReason? Notify);

/// <summary>
/// The life of an alert as a pure function: state + input + time → state + what to record + what to tell. The state is
/// the alert's condition and handling; nothing else of the alert is read or changed here.
/// </summary>
public static class AlertState
{
    private static readonly AlertStatus[] s_open = [AlertStatus.Active, AlertStatus.Acknowledged, AlertStatus.Suppressed];
    private static readonly AlertStatus[] s_closed = [AlertStatus.Resolved, AlertStatus.Expired];

    /// <summary>Every transition there is. What is not listed is refused.</summary>
    private static readonly Transition[] s_transitions =
    [
        new(s_open, AlertEvent.Occur, "occurred", Fire, null),
        new(s_closed, AlertEvent.Occur, "reopened", Reopen, NotificationReason.Reopened),
        new(s_open, AlertEvent.Escalate, "escalated", Escalate, NotificationReason.Escalated),
        new(s_open, AlertEvent.Resolve, "resolved", Resolve, NotificationReason.Resolved),
        new(s_open, AlertEvent.Expire, "expired", Expire, NotificationReason.Resolved),
        new([AlertStatus.Active], AlertEvent.Acknowledge, "acknowledged", Acknowledge, null),
        new([AlertStatus.Acknowledged], AlertEvent.Unacknowledge, "unacknowledged", Unacknowledge, null),
        new(s_open, AlertEvent.Suppress, "suppressed", Suppress, null),
        new([AlertStatus.Suppressed], AlertEvent.Unsuppress, "unsuppressed", Unsuppress, NotificationReason.Firing),
    ];

    private static readonly FrozenDictionary<(AlertStatus, AlertEvent), Transition> s_table = s_transitions
        .SelectMany(t => t.From.Select(from => (Key: (from, t.Event), Value: t)))
        .ToFrozenDictionary(e => e.Key, e => e.Value);

    public static bool IsOpen(Alert alert) =>
        alert.Condition is AlertCondition.Firing or AlertCondition.Pending or AlertCondition.Unknown;

    /// <summary>Null when the present state does not allow it.</summary>
    public static AlertChange? Apply(Alert alert, AlertInput input, DateTimeOffset now) =>
        Step(alert, alert.StatusAt(now), input, now);

    /// <summary>
    /// What the clock alone has done: the alert expired, or its suppression ran out. Null when nothing is due. Apply it
    /// before any other input, so that every input meets the state which people see.
    /// </summary>
    public static AlertChange? Elapse(Alert alert, DateTimeOffset now)
    {
        if (!IsOpen(alert))
            return null;
        if (alert.ExpiresAt <= now)
            return Step(alert, alert.StatusAt(now),
                new AlertInput(AlertEvent.Expire, AlertInput.Tocsin, "Not seen again in time."), now);
        if (alert.SuppressedUntil <= now)
            return Step(alert, AlertStatus.Suppressed,
                new AlertInput(AlertEvent.Unsuppress, AlertInput.Tocsin, "The suppression ran out."), now);
        return null;
    }

    private static AlertChange? Step(Alert alert, AlertStatus status, AlertInput input, DateTimeOffset now)
    {
        if (!s_table.TryGetValue((status, input.Event), out Transition? transition))
            return null;
        Alert after = transition.Change(alert, input, now);
        return new AlertChange(after, input, transition.Action, now, IsNews(after, now) ? transition.Notify : null);
    }

    /// <summary>Open trouble is news only while nobody has taken it on or muted it; the end of trouble always is.</summary>
    private static bool IsNews(Alert after, DateTimeOffset now) =>
        after.StatusAt(now) is AlertStatus.Active or AlertStatus.Resolved or AlertStatus.Expired;

    private static Alert Fire(Alert alert, AlertInput input, DateTimeOffset now) =>
        alert with { Condition = AlertCondition.Firing };

    /// <summary>New trouble needs new attention, so an old acknowledgement is void; a running suppression still counts.</summary>
    private static Alert Reopen(Alert alert, AlertInput input, DateTimeOffset now) => alert with
    {
        Condition = AlertCondition.Firing,
        EndsAt = null,
        AcknowledgedAt = null,
        AcknowledgedBy = null,
        SuppressedUntil = alert.SuppressedUntil > now ? alert.SuppressedUntil : null,
        Reopened = alert.Reopened + 1,
    };

    /// <summary>Who acknowledged a small problem has not acknowledged the big one.</summary>
    private static Alert Escalate(Alert alert, AlertInput input, DateTimeOffset now) => alert with
    {
        Condition = AlertCondition.Firing,
        Priority = input.Priority ?? alert.Priority,
        AcknowledgedAt = null,
        AcknowledgedBy = null,
    };

    private static Alert Resolve(Alert alert, AlertInput input, DateTimeOffset now) =>
        alert with { Condition = AlertCondition.Resolved, EndsAt = now };

    private static Alert Expire(Alert alert, AlertInput input, DateTimeOffset now) =>
        alert with { Condition = AlertCondition.Expired, EndsAt = alert.ExpiresAt ?? now };

    private static Alert Acknowledge(Alert alert, AlertInput input, DateTimeOffset now) =>
        alert with { AcknowledgedAt = now, AcknowledgedBy = input.By };

    private static Alert Unacknowledge(Alert alert, AlertInput input, DateTimeOffset now) =>
        alert with { AcknowledgedAt = null, AcknowledgedBy = null };

    private static Alert Suppress(Alert alert, AlertInput input, DateTimeOffset now) =>
        alert with { SuppressedUntil = input.Until };

    private static Alert Unsuppress(Alert alert, AlertInput input, DateTimeOffset now) =>
        alert with { SuppressedUntil = null };

    private sealed record Transition(
        IReadOnlyList<AlertStatus> From,
        AlertEvent Event,
        string Action,
        Func<Alert, AlertInput, DateTimeOffset, Alert> Change,
        NotificationReason? Notify);
}
