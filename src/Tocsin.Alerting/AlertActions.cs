using Tocsin.Alerting.Records;
using Tocsin.Alerting.State;
using Tocsin.Catalog;
using Tocsin.Model.Alerts;

namespace Tocsin.Alerting;

/// <summary>How an action ended.</summary>
public abstract record AlertActionResult
{
    public sealed record Done(Alert Alert) : AlertActionResult;

    /// <summary>The alert's present state does not allow it; somebody else may have been faster.</summary>
    public sealed record Refused(Alert Alert, AlertStatus Status) : AlertActionResult;

    public sealed record Unknown(long Id) : AlertActionResult;

    private AlertActionResult()
    {
    }
}

/// <summary>
/// What people do with alerts. State and decision meet inside one write transaction, and writes run one at a time, so of
/// two people who act at once the second meets the state which the first has left.
/// </summary>
public sealed class AlertActions(CatalogDatabase catalog, AlertLedger ledger)
{
    public Task<AlertActionResult> Acknowledge(long id, string by, string? notes, CancellationToken cancel = default) =>
        Act(id, _ => new AlertInput(AlertEvent.Acknowledge, by, notes), cancel);

    public Task<AlertActionResult> Unacknowledge(long id, string by, string? notes, CancellationToken cancel = default) =>
        Act(id, _ => new AlertInput(AlertEvent.Unacknowledge, by, notes), cancel);

    public Task<AlertActionResult> Resolve(long id, string by, string? notes, CancellationToken cancel = default) =>
        Act(id, _ => new AlertInput(AlertEvent.Resolve, by, notes), cancel);

    /// <summary>Mutes the alert for a time; it keeps counting. Suppressing again sets a new end.</summary>
    public Task<AlertActionResult> Suppress(
        long id, string by, TimeSpan duration, string? reason, CancellationToken cancel = default) =>
        Act(id, now => new AlertInput(AlertEvent.Suppress, by, reason) { Until = now + duration }, cancel);

    public Task<AlertActionResult> Unsuppress(long id, string by, string? notes, CancellationToken cancel = default) =>
        Act(id, _ => new AlertInput(AlertEvent.Unsuppress, by, notes), cancel);

    private Task<AlertActionResult> Act(long id, Func<DateTimeOffset, AlertInput> input, CancellationToken cancel) =>
        catalog.Write<AlertActionResult>(
            tx =>
            {
                DateTimeOffset now = ledger.Now();
                if (AlertTable.Find(tx.Connection, id) is not { } alert)
                    return new AlertActionResult.Unknown(id);
                alert = ledger.Elapse(tx, alert, now);
                return AlertState.Apply(alert, input(now), now) is { } change
                    ? new AlertActionResult.Done(ledger.Record(tx, change))
                    : new AlertActionResult.Refused(alert, alert.StatusAt(now));
            },
            cancel);
}
