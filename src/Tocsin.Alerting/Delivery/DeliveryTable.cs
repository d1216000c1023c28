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

    /// <summary>Alerts a digest shows; it counts the others.</summary>
    private const int MostInDigest = 100;

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

    /// <summary>Of what was under way when the last server stopped nobody knows whether it arrived.</summary>
    public static void Doubt(IDbConnection c, string channel) => c.Execute(
        "UPDATE delivery_outbox SET uncertain = 1 WHERE channel = @channel AND state IN ('queued', 'retrying') AND held = 0",
        new { channel });

    /// <summary>Drops what later news has overtaken, but not the knowledge that it may have arrived.</summary>
    public static void Supersede(IDbConnection c, IReadOnlyList<long> ids, long now) => c.Execute(
        """
        INSERT INTO delivery_told (alert_id, channel, kind, firing, in_digest, at)
        SELECT alert_id, channel, kind, 1, 0, @now FROM delivery_outbox WHERE id IN @ids AND uncertain = 1 AND reason <> 'resolved'
        ON CONFLICT (alert_id, channel) DO UPDATE SET firing = 1, at = @now;
        UPDATE delivery_outbox SET state = 'superseded', finished_at = @now WHERE id IN @ids AND state IN ('queued', 'retrying');
        """, new { ids, now });

    public static void Hold(IDbConnection c, IReadOnlyList<long> ids) =>
        c.Execute("UPDATE delivery_outbox SET held = 1 WHERE id IN @ids", new { ids });

    public static int Release(IDbConnection c, long id) =>
        c.Execute("UPDATE delivery_outbox SET held = 0 WHERE id = @id", new { id });

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
              enqueued_at AS EnqueuedAt, slot_at AS FirstTriedAt, alert AS Alert FROM delivery_outbox WHERE id = @id
            """, new { id });
        List<string> parts = row.AlertId is not null ? [row.Alert!] : c.Query<string>(
            "SELECT alert FROM delivery_outbox WHERE digest_id = @id ORDER BY critical DESC, id LIMIT @MostInDigest",
            new { id, MostInDigest }).AsList();
        (int firing, int resolved) = c.QuerySingle<(int, int)>(
            """
            SELECT count(*) FILTER (WHERE reason <> 'resolved'), count(*) FILTER (WHERE reason = 'resolved')
            FROM delivery_outbox WHERE digest_id = @id
            """, new { id });
        return new Outgoing(id, row.NotificationId, Enum.Parse<NotificationReason>(row.Reason, ignoreCase: true), (int)row.Attempts,
            row.EnqueuedAt, row.FirstTriedAt, firing, resolved,
            [.. parts.Select(p => JsonSerializer.Deserialize(p, DeliveryJson.Default.Alert)!).OrderByDescending(a => a.Priority)]);
    }

    /// <summary>It has arrived: books it, takes a place in the rate window, and remembers what the channel knows now.</summary>
    public static void Arrived(IDbConnection c, Outgoing sent, string answer, long now)
    {
        c.Execute(
            """
            UPDATE delivery_outbox SET state = 'sent', attempts = attempts + 1, slot_at = coalesce(slot_at, @now), finished_at = @now,
              last_answer = @answer WHERE id = @Id
            """, new { sent.Id, answer, now });
        Told(c, sent.Id, now);
    }

    public static void TryLater(IDbConnection c, Outgoing failed, SendResult.RetryLater result, long dueAt, long now)
    {
        c.Execute(
            """
            UPDATE delivery_outbox SET state = 'retrying', attempts = attempts + 1, slot_at = coalesce(slot_at, @now), due_at = @dueAt,
              uncertain = max(uncertain, @uncertain), last_answer = @Reason WHERE id = @Id
            """, new { failed.Id, result.Reason, uncertain = result.MayHaveArrived, dueAt, now });
        // Nobody knows whether it arrived: whoever may have been told of the fire will be told of its end. An end that may
        // not have arrived changes nothing.
        if (result.MayHaveArrived && failed.Reason != NotificationReason.Resolved)
            Told(c, failed.Id, now);
    }

    public static int GiveUp(IDbConnection c, long id, string reason, long now) => c.Execute(
        """
        UPDATE delivery_outbox SET state = 'failed', attempts = attempts + 1, slot_at = coalesce(slot_at, @now), finished_at = @now,
          last_answer = @reason WHERE id = @Id;
        UPDATE delivery_outbox SET state = 'failed', finished_at = @now, last_answer = @reason WHERE digest_id = @Id;
        """, new { Id = id, reason, now });

    /// <summary>Forgets messages that ended before a time, and what channels knew of alerts that are no more.</summary>
    public static int Forget(IDbConnection c, long before) => c.Execute(
        """
        DELETE FROM delivery_outbox WHERE finished_at < @before OR (state = 'bundled' AND enqueued_at < @before);
        DELETE FROM delivery_told WHERE at < @before AND firing = 0;
        """, new { before });

    /// <summary>Messages for channels that were taken out of the configuration are kept for a while in case they come back.</summary>
    public static int GiveUpUnreachable(IDbConnection c, IReadOnlyList<string> channels, long before, long now) => c.Execute(
        """
        UPDATE delivery_outbox SET state = 'failed', finished_at = @now, last_answer = 'the channel is no longer configured'
        WHERE state IN ('queued', 'retrying') AND channel NOT IN @channels AND enqueued_at < @before
        """, new { channels, before, now });

    /// <param name="channels">Names of the channels that are configured.</param>
    public static DeliveryState State(IDbConnection c, IReadOnlyList<string> channels, long now)
    {
        (long waiting, long? oldest) = c.QuerySingle<(long, long?)>(
            """
            SELECT count(*), min(enqueued_at) FROM delivery_outbox
            WHERE state IN ('queued', 'retrying') AND held = 0 AND channel IN @channels
            """, new { channels });
        long failed = c.ExecuteScalar<long>("SELECT count(*) FROM delivery_outbox WHERE state = 'failed' AND finished_at > @since",
            new { since = now - 24 * 3_600_000 });
        return new((int)waiting, TimeSpan.FromMilliseconds(oldest is { } since ? Math.Max(0, now - since) : 0), (int)failed);
    }

    public static IReadOnlyDictionary<string, LastDelivery> Last(IDbConnection c) => c.Query<(string Channel, long At, string State, string? Answer)>(
        """
        SELECT channel, coalesce(finished_at, due_at), state, last_answer FROM delivery_outbox
        WHERE id IN (SELECT max(id) FROM delivery_outbox WHERE attempts > 0 GROUP BY channel)
        """).ToDictionary(r => r.Channel, r => new LastDelivery(DateTimeOffset.FromUnixTimeMilliseconds(r.At), r.State, r.Answer));

    /// <summary>Remembers what the channel knows from this message, or from all that are in this digest.</summary>
    private static void Told(IDbConnection c, long id, long now) => c.Execute(
        """
        INSERT INTO delivery_told (alert_id, channel, kind, firing, in_digest, at)
        SELECT alert_id, channel, kind, reason <> 'resolved', digest_id IS NOT NULL, @now
        FROM delivery_outbox WHERE (id = @id OR digest_id = @id) AND alert_id IS NOT NULL
        ON CONFLICT (alert_id, channel) DO UPDATE SET firing = excluded.firing, in_digest = excluded.in_digest, at = @now
        """, new { id, now });

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
        public long? FirstTriedAt { get; init; }
        public string? Alert { get; init; }

        public WaitingRow ToWaiting() => new()
        {
            Id = Id, AlertId = AlertId, Reason = Reason, Critical = Critical != 0, Attempts = (int)Attempts, Uncertain = Uncertain != 0,
            Held = Held != 0, EnqueuedAt = EnqueuedAt, DueAt = DueAt,
        };
    }
}

/// <summary>A message on its way.</summary>
/// <param name="FirstTriedAt">Null before the first attempt.</param>
/// <param name="Firing">Of a digest: how many of the alerts it stands for fire.</param>
/// <param name="Alerts">A digest has only the most urgent.</param>
internal sealed record Outgoing(
    long Id, string NotificationId, NotificationReason Reason, int Attempts, long EnqueuedAt, long? FirstTriedAt, int Firing, int Resolved,
    IReadOnlyList<Alert> Alerts);

/// <param name="Waiting">Messages that should be on their way; those the rate limit holds back do not count.</param>
/// <param name="Oldest">How long the oldest of them waits.</param>
/// <param name="Failed">Given up in the last 24 hours.</param>
public sealed record DeliveryState(int Waiting, TimeSpan Oldest, int Failed);

/// <summary>What became of the last message of a channel.</summary>
public sealed record LastDelivery(DateTimeOffset At, string State, string? Answer);
