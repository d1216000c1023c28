using System.Data;
using System.Text.Json;
using Dapper;
using Tocsin.Catalog;
using Tocsin.Channels;
using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Delivery;

/// <summary>
/// The door into delivery: a notification is a row that is written in the same transaction as the alert's change, so an
/// alert cannot change without the news of it, nor the news go out of a change that was rolled back.
/// </summary>
public sealed class Outbox(IReadOnlyList<ConfiguredChannel> channels, TimeProvider clock)
{
    private readonly SemaphoreSlim _news = new(0, 1);

    public IReadOnlyList<ConfiguredChannel> Channels => channels;

    /// <summary>
    /// Queues the news for every channel that wants the alert. A resolve goes to every channel that was told, or is about
    /// to be told, that the alert fires, whatever its filter says now. The alert is stored as it is at this moment.
    /// </summary>
    public void Enqueue(CatalogTransaction tx, Alert alert, NotificationReason reason)
    {
        IReadOnlyList<(string Name, string Kind)> receivers = reason == NotificationReason.Resolved
            ? Informed(tx.Connection, alert.Id)
            : [.. channels.Where(c => c.Rules.Wants(alert)).Select(c => (c.Name, c.Kind))];
        if (receivers.Count == 0)
            return;
        string snapshot = JsonSerializer.Serialize(alert, DeliveryJson.Default.Alert);
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach ((string name, string kind) in receivers)
            tx.Connection.Execute(InsertRow, new
            {
                NotificationId = NewId(), AlertId = alert.Id, Channel = name, Kind = kind, Reason = NameOf(reason),
                Critical = alert.Priority == AlertPriority.Critical, Now = now, Alert = snapshot,
            });
        tx.AfterCommit(Wake);
    }

    /// <summary>Lets the worker look at the outbox now. Any thread.</summary>
    internal void Wake()
    {
        lock (_news)
        {
            if (_news.CurrentCount == 0)
                _news.Release();
        }
    }

    internal Task<bool> News(CancellationToken cancel) => _news.WaitAsync(Timeout.InfiniteTimeSpan, cancel);

    internal static string NewId() => $"ntf_{Guid.CreateVersion7():N}";

    internal static string NameOf(NotificationReason reason) => reason.ToString().ToLowerInvariant();

    private static List<(string Name, string Kind)> Informed(IDbConnection connection, long alertId) =>
        [.. connection.Query<(string Name, string Kind)>(
            """
            SELECT channel, kind FROM delivery_told WHERE alert_id = @alertId AND firing = 1
            UNION
            SELECT o.channel, o.kind FROM delivery_outbox o LEFT JOIN delivery_outbox d ON d.id = o.digest_id
            WHERE o.alert_id = @alertId
              AND (o.state IN ('queued', 'retrying') OR d.state IN ('queued', 'retrying'))
            """,
            new { alertId })];

    internal const string InsertRow =
        """
        INSERT INTO delivery_outbox
            (notification_id, alert_id, channel, kind, reason, critical, state, enqueued_at, due_at, alert)
        VALUES (@NotificationId, @AlertId, @Channel, @Kind, @Reason, @Critical, 'queued', @Now, @Now, @Alert)
        """;
}
