using System.Text.Json;
using Tocsin.Alerting.Delivery;
using Tocsin.Alerting.Records;
using Tocsin.Alerting.State;
using Tocsin.Catalog;
using Tocsin.Channels;
using Tocsin.Model.Alerts;
using Tocsin.Model.Live;

namespace Tocsin.Alerting;

/// <summary>
/// Writes down what happened to an alert: its row, its history and the news of it, in one transaction; whoever watches
/// live is told after the commit.
/// </summary>
public sealed class AlertLedger(Outbox outbox, LiveEvents live, TimeProvider clock)
{
    /// <summary>Whole milliseconds, so that what is returned equals what is read back.</summary>
    internal DateTimeOffset Now() =>
        DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Keeps a new alert.</summary>
    internal Alert Open(CatalogTransaction tx, Alert draft, string by, DateTimeOffset now)
    {
        Alert alert = AlertTable.Insert(tx.Connection, draft);
        AlertHistory.Add(tx.Connection, alert.Id, new AlertTransition(now, "opened", by, null), occurrences: 1);
        Tell(tx, alert, "opened", now, alert.StatusAt(now) == AlertStatus.Active ? NotificationReason.Firing : null);
        return alert;
    }

    /// <summary>Keeps a change.</summary>
    internal Alert Record(CatalogTransaction tx, AlertChange change)
    {
        AlertTable.SaveState(tx.Connection, change.After);
        AlertHistory.Add(
            tx.Connection, change.After.Id, new AlertTransition(change.Time, change.Action, change.Input.By, change.Input.Notes),
            occurrences: change.Input.Event == AlertEvent.Occur ? 1 : 0);
        Tell(tx, change.After, change.Action, change.Time, change.Notify);
        return change.After;
    }

    /// <summary>Keeps what the clock has done to the alert, and returns it as it is now.</summary>
    internal Alert Elapse(CatalogTransaction tx, Alert alert, DateTimeOffset now) =>
        AlertState.Elapse(alert, now) is { } change ? Record(tx, change) : alert;

    private void Tell(CatalogTransaction tx, Alert alert, string action, DateTimeOffset now, NotificationReason? reason)
    {
        if (reason is { } news)
            outbox.Enqueue(tx, alert, news);
        string json = JsonSerializer.Serialize(
            new LiveAlert(action, alert.Id, alert.StatusAt(now), alert.Priority, alert.Title), RecordJson.Default.LiveAlert);
        tx.AfterCommit(() => live.Publish("alerts", json));
    }
}

/// <summary>What a watcher of the topic "alerts" gets.</summary>
internal sealed record LiveAlert(string Kind, long Id, AlertStatus Status, AlertPriority Priority, string Title);
