using System.Data;
using System.Text.Json;
using Dapper;
using Tocsin.Channels;
using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Delivery;

/// <summary>The outbox's SQL: what waits, what became of it, who was told what.</summary>
internal static class DeliveryTable
{
    /// <summary>Rows one decision looks at; a longer queue is worked off in pieces.</summary>
    private const int MostWaiting = 2000;

    public static ChannelState View(IDbConnection c, string channel, long windowStart)
    {
        List<WaitingRow> rows = [.. c.Query<Row>(
            """
            SELECT id AS Id, alert_id AS AlertId, reason AS Reason, critical AS Critical, attempts AS Attempts, uncertain AS Uncertain,
              held AS Held, enqueued_at AS EnqueuedAt, due_at AS DueAt
            FROM delivery_outbox WHERE channel = @channel AND state IN ('queued', 'retrying') ORDER BY id LIMIT @MostWaiting
            """, new { channel, MostWaiting }).Select(r => r.ToWaiting())];
        if (rows.Count == 0)
            return new([], new HashSet<long>(), new HashSet<long>(), []);
        long[] alerts = [.. rows.Where(r => r.AlertId is not null).Select(r => r.AlertId!.Value).Distinct()];
        return new(
            rows,
            c.Query<long>("SELECT alert_id FROM delivery_told WHERE channel = @channel AND firing = 1 AND alert_id IN @alerts",
                new { channel, alerts }).ToHashSet(),
            c.Query<long>(
                """
                SELECT o.alert_id FROM delivery_outbox o JOIN delivery_outbox d ON d.id = o.digest_id
                WHERE o.channel = @channel AND o.alert_id IN @alerts AND o.state = 'bundled' AND d.state IN ('queued', 'retrying')
                """, new { channel, alerts }).ToHashSet(),
            [.. c.Query<long>("SELECT slot_at FROM delivery_outbox WHERE channel = @channel AND slot_at > @windowStart ORDER BY slot_at",
                new { channel, windowStart })]);
    }

    public static void Supersede(IDbConnection c, IReadOnlyList<long> ids, long now) => c.Execute(
        "UPDATE delivery_outbox SET state = 'superseded', finished_at = @now WHERE id IN @ids AND state IN ('queued', 'retrying')", new { ids, now });

    public static void Hold(IDbConnection c, IReadOnlyList<long> ids) =>
        c.Execute("UPDATE delivery_outbox SET held = 1 WHERE id IN @ids", new { ids });

    /// <summary>Turns held rows into one digest row, which then waits like any other.</summary>
    public static void Bundle(IDbConnection c, string channel, string kind, IReadOnlyList<long> ids, long now)
    {
        long digest = c.ExecuteScalar<long>(
            """
            INSERT INTO delivery_outbox (notification_id, channel, kind, reason, state, enqueued_at, due_at)
            VALUES (@id, @channel, @kind, @reason, 'queued', (SELECT min(enqueued_at) FROM delivery_outbox WHERE id IN @ids), @now)
            RETURNING id
            """, new { id = Outbox.NewId(), channel, kind, reason = Outbox.NameOf(NotificationReason.Digest), ids, now });
        c.Execute("UPDATE delivery_outbox SET state = 'bundled', digest_id = @digest WHERE id IN @ids", new { digest, ids });
    }

    /// <summary>The message itself, with the alerts as they were.</summary>
    public static Outgoing Load(IDbConnection c, long id)
    {
        Row row = c.QuerySingle<Row>(
            """
            SELECT id AS Id, notification_id AS NotificationId, alert_id AS AlertId, reason AS Reason, attempts AS Attempts,
              enqueued_at AS EnqueuedAt, alert AS Alert FROM delivery_outbox WHERE id = @id
            """, new { id });
        List<Row> parts = row.AlertId is not null ? [row] : c.Query<Row>(
            "SELECT id AS Id, alert_id AS AlertId, reason AS Reason, enqueued_at AS EnqueuedAt, alert AS Alert FROM delivery_outbox WHERE digest_id = @id ORDER BY id",
            new { id }).AsList();
        List<Alert> alerts = [.. parts.Select(p => JsonSerializer.Deserialize(p.Alert!, DeliveryJson.Default.Alert)!)
            .OrderByDescending(a => a.Priority)];
        return new Outgoing(id, row.NotificationId, Enum.Parse<NotificationReason>(row.Reason, ignoreCase: true), (int)row.Attempts,
            row.EnqueuedAt, alerts);
    }

    /// <summary>It has arrived: books it, takes a place in the rate window, and remembers what the channel knows now.</summary>
    public static void Arrived(IDbConnection c, string channel, string kind, Outgoing sent, string answer, long now)
    {
        c.Execute(
            """
            UPDATE delivery_outbox SET state = 'sent', attempts = attempts + 1, slot_at = coalesce(slot_at, @now), finished_at = @now,
              last_answer = @answer WHERE id = @Id
            """, new { sent.Id, answer, now });
        Told(c, channel, kind, sent, now);
    }

    public static void TryLater(
        IDbConnection c, string channel, string kind, Outgoing failed, SendResult.RetryLater result, long dueAt, long now)
    {
        c.Execute(
            """
            UPDATE delivery_outbox SET state = 'retrying', attempts = attempts + 1, slot_at = coalesce(slot_at, @now), due_at = @dueAt,
              uncertain = max(uncertain, @uncertain), last_answer = @Reason WHERE id = @Id
            """, new { failed.Id, result.Reason, uncertain = result.MayHaveArrived, dueAt, now });
        // Nobody knows whether it arrived: whoever may have been told of the fire will be told of its end.
        if (result.MayHaveArrived)
            Told(c, channel, kind, failed, now);
    }

    public static void GiveUp(IDbConnection c, Outgoing failed, string reason, long now) => c.Execute(
        """
        UPDATE delivery_outbox SET state = 'failed', attempts = attempts + 1, slot_at = coalesce(slot_at, @now), finished_at = @now,
          last_answer = @reason WHERE id = @Id;
        UPDATE delivery_outbox SET state = 'failed', finished_at = @now, last_answer = @reason WHERE digest_id = @Id;
        """, new { failed.Id, reason, now });

    /// <summary>Forgets messages that ended before a time, and what channels knew of alerts that are no more.</summary>
    public static int Forget(IDbConnection c, long before) => c.Execute(
        """
        DELETE FROM delivery_outbox WHERE finished_at < @before OR (state = 'bundled' AND enqueued_at < @before);
        DELETE FROM delivery_told WHERE at < @before AND firing = 0;
        """, new { before });

    public static DeliveryState State(IDbConnection c, long now)
    {
        (long waiting, long? oldest) = c.QuerySingle<(long, long?)>(
            "SELECT count(*), min(enqueued_at) FROM delivery_outbox WHERE state IN ('queued', 'retrying') AND held = 0");
        long failed = c.ExecuteScalar<long>("SELECT count(*) FROM delivery_outbox WHERE state = 'failed' AND finished_at > @since",
            new { since = now - 24 * 3_600_000 });
        return new((int)waiting, TimeSpan.FromMilliseconds(oldest is { } since ? Math.Max(0, now - since) : 0), (int)failed);
    }

    public static IReadOnlyDictionary<string, LastDelivery> Last(IDbConnection c) => c.Query<(string Channel, long At, string State, string? Answer)>(
        """
        SELECT channel, coalesce(finished_at, due_at), state, last_answer FROM delivery_outbox
        WHERE id IN (SELECT max(id) FROM delivery_outbox WHERE attempts > 0 GROUP BY channel)
        """).ToDictionary(r => r.Channel, r => new LastDelivery(DateTimeOffset.FromUnixTimeMilliseconds(r.At), r.State, r.Answer));

    private static void Told(IDbConnection c, string channel, string kind, Outgoing sent, long now)
    {
        foreach (Alert alert in sent.Alerts)
            c.Execute(
                """
                INSERT INTO delivery_told (alert_id, channel, kind, firing, in_digest, at) VALUES (@Id, @channel, @kind, @firing, @digest, @now)
                ON CONFLICT (alert_id, channel) DO UPDATE SET firing = @firing, in_digest = @digest, at = @now
                """, new
                {
                    alert.Id, channel, kind, now, digest = sent.Reason == NotificationReason.Digest,
                    firing = sent.Reason == NotificationReason.Digest ? !Notification.IsOver(alert) : sent.Reason != NotificationReason.Resolved,
                });
    }

    private sealed record Row
    {
        public long Id { get; init; }
        public string NotificationId { get; init; } = "";
        public long? AlertId { get; init; }
        public string Reason { get; init; } = "";
        public long Critical { get; init; }
        public long Attempts { get; init; }
        public long Uncertain { get; init; }
        public long Held { get; init; }
        public long EnqueuedAt { get; init; }
        public long DueAt { get; init; }
        public string? Alert { get; init; }

        public WaitingRow ToWaiting() => new()
        {
            Id = Id, AlertId = AlertId, Reason = Reason, Critical = Critical != 0, Attempts = (int)Attempts, Uncertain = Uncertain != 0,
            Held = Held != 0, EnqueuedAt = EnqueuedAt, DueAt = DueAt,
        };
    }
}

/// <summary>A message on its way.</summary>
internal sealed record Outgoing(
    long Id, string NotificationId, NotificationReason Reason, int Attempts, long EnqueuedAt, IReadOnlyList<Alert> Alerts);

/// <param name="Waiting">Messages that should be on their way; those the rate limit holds back do not count.</param>
/// <param name="Oldest">How long the oldest of them waits.</param>
/// <param name="Failed">Given up in the last 24 hours.</param>
public sealed record DeliveryState(int Waiting, TimeSpan Oldest, int Failed);

/// <summary>What became of the last message of a channel.</summary>
public sealed record LastDelivery(DateTimeOffset At, string State, string? Answer);
