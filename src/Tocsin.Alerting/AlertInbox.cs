using Tocsin.Alerting.Proposals;
using Tocsin.Alerting.Records;
using Tocsin.Alerting.State;
using Tocsin.Catalog;
using Tocsin.Model.Alerts;

namespace Tocsin.Alerting;

/// <param name="Transition">"opened", "occurred", "escalated" or "reopened".</param>
public sealed record Raised(Alert Alert, string Transition);

/// <summary>
/// Where all trouble arrives. At most one alert per key is open: a repeat counts up, an occurrence soon after the end
/// re-opens, anything else opens a new alert. What people decided (acknowledged, suppressed) is never overwritten,
/// except that more severe or new trouble voids an acknowledgement.
/// </summary>
public sealed class AlertInbox(AlertLedger ledger, AlertOptions options)
{
    /// <summary>Inside the caller's transaction, so that the finding and its alert are kept or lost together.</summary>
    public Raised Raise(CatalogTransaction tx, AlertProposal proposal)
    {
        DateTimeOffset now = ledger.Now();
        Alert draft = Draft.Of(proposal, now);
        Alert? last = AlertTable.LastOf(tx.Connection, draft.Key);
        if (last is not null)
            last = ledger.Elapse(tx, last, now);
        if (last is null || !(AlertState.IsOpen(last) || EndedLately(last, now)))
        {
            draft = draft with { SuppressedUntil = StillSuppressed(last, now) };
            return new Raised(ledger.Open(tx, draft, proposal.By, now), "opened");
        }
        return Repeat(tx, last, draft, proposal, now);
    }

    /// <summary>The trouble is over. Null when no alert with this key is open.</summary>
    public Alert? Resolve(CatalogTransaction tx, string key, string by, string? notes)
    {
        DateTimeOffset now = ledger.Now();
        Alert? last = AlertTable.LastOf(tx.Connection, key);
        if (last is null)
            return null;
        last = ledger.Elapse(tx, last, now);
        AlertChange? change = AlertState.Apply(last, new AlertInput(AlertEvent.Resolve, by, notes), now);
        return change is null ? null : ledger.Record(tx, change);
    }

    /// <summary>Log records that were found after the alert had been raised. They are evidence, not an occurrence.</summary>
    public void AttachLogs(CatalogTransaction tx, long alertId, IReadOnlyList<RelatedLog> logs)
    {
        if (AlertTable.Find(tx.Connection, alertId) is { RelatedLogs.Count: 0 } alert)
            AlertTable.SaveContent(tx.Connection, alert with { RelatedLogs = [.. logs.TakeLast(AlertLimits.RelatedLogs)] });
    }

    private Raised Repeat(CatalogTransaction tx, Alert last, Alert draft, AlertProposal proposal, DateTimeOffset now)
    {
        Alert merged = Draft.Merge(last, draft, now);
        AlertPriority priority = PriorityRules.Of(proposal, merged.Category, merged.Count, merged.AffectedUsers);
        if (!AlertState.IsOpen(last) && priority > merged.Priority)
            merged = merged with { Priority = priority };
        AlertTable.SaveContent(tx.Connection, merged);
        AlertChange occurred = AlertState.Apply(merged, new AlertInput(AlertEvent.Occur, proposal.By), now)!;
        Alert alert = ledger.Record(tx, occurred);
        if (priority <= alert.Priority)
            return new Raised(alert, occurred.Action);
        string notes = $"From {Words.Of(alert.Priority)} to {Words.Of(priority)}.";
        var input = new AlertInput(AlertEvent.Escalate, proposal.By, notes)
        {
            Priority = priority,
        };
        AlertChange escalated = AlertState.Apply(alert, input, now)!;
        return new Raised(ledger.Record(tx, escalated), escalated.Action);
    }

    private bool EndedLately(Alert last, DateTimeOffset now) => last.EndsAt > now - options.ReopenWindow;

    /// <summary>A maintenance window outlives the alert it was set on: new trouble of the same key is still expected.</summary>
    private static DateTimeOffset? StillSuppressed(Alert? last, DateTimeOffset now) =>
        last?.SuppressedUntil > now ? last.SuppressedUntil : null;
}
