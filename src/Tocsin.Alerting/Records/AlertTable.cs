using System.Data;
using Dapper;
using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Records;

/// <summary>
/// The SQL of table "alerts". Occurrences write the content columns only, transitions the state columns only, so that
/// what people decided survives whatever arrives.
/// </summary>
internal static class AlertTable
{
    public const string Columns =
        """
        id AS Id, key AS Key, type AS Type, title AS Title, message AS Message, priority AS Priority, category AS Category,
        resource AS Resource, service AS Service, condition AS Condition, starts_at AS StartsAt, last_seen_at AS LastSeenAt,
        ends_at AS EndsAt, expires_at AS ExpiresAt, count AS Count, affected_users AS AffectedUsers, reopened AS Reopened,
        crash_group_id AS CrashGroupId, crash_id AS CrashId, runbook_url AS RunbookUrl, diagnosis AS Diagnosis,
        recommendations AS Recommendations, metadata AS Metadata, labels AS Labels, annotations AS Annotations,
        related_logs AS RelatedLogs, acknowledged_at AS AcknowledgedAt, acknowledged_by AS AcknowledgedBy,
        suppressed_until AS SuppressedUntil
        """;

    /// <summary>AlertCondition pending, firing, unknown; the same set as the unique index on open keys.</summary>
    public const string IsOpen = "condition IN (0, 1, 4)";

    public static Alert? Find(IDbConnection connection, long id) =>
        connection.QueryFirstOrDefault<AlertRow>($"SELECT {Columns} FROM alerts WHERE id = @id", new { id })?.ToAlert();

    /// <summary>The open alert of the key, else the one opened last.</summary>
    public static Alert? LastOf(IDbConnection connection, string key) =>
        connection.QueryFirstOrDefault<AlertRow>(
            $"SELECT {Columns} FROM alerts WHERE key = @key ORDER BY id DESC LIMIT 1", new { key })?.ToAlert();

    /// <returns>The alert with its id.</returns>
    public static Alert Insert(IDbConnection connection, Alert alert)
    {
        long id = connection.ExecuteScalar<long>(
            """
            INSERT INTO alerts (key, type, title, message, priority, category, resource, service, condition, starts_at,
              last_seen_at, ends_at, expires_at, count, affected_users, reopened, crash_group_id, crash_id, runbook_url,
              diagnosis, recommendations, metadata, labels, annotations, related_logs, acknowledged_at, acknowledged_by,
              suppressed_until)
            VALUES (@Key, @Type, @Title, @Message, @Priority, @Category, @Resource, @Service, @Condition, @StartsAt,
              @LastSeenAt, @EndsAt, @ExpiresAt, @Count, @AffectedUsers, @Reopened, @CrashGroupId, @CrashId, @RunbookUrl,
              @Diagnosis, @Recommendations, @Metadata, @Labels, @Annotations, @RelatedLogs, @AcknowledgedAt, @AcknowledgedBy,
              @SuppressedUntil)
            RETURNING id
            """,
            AlertRow.From(alert));
        return alert with { Id = id };
    }

    /// <summary>What an occurrence may change.</summary>
    public static void SaveContent(IDbConnection connection, Alert alert) => connection.Execute(
        """
        UPDATE alerts SET title = @Title, message = @Message, service = @Service, starts_at = @StartsAt,
          last_seen_at = @LastSeenAt, expires_at = @ExpiresAt, count = @Count, affected_users = @AffectedUsers,
          crash_group_id = @CrashGroupId, crash_id = @CrashId, runbook_url = @RunbookUrl, diagnosis = @Diagnosis,
          recommendations = @Recommendations, metadata = @Metadata, labels = @Labels, annotations = @Annotations,
          related_logs = @RelatedLogs
        WHERE id = @Id
        """,
        AlertRow.From(alert));

    /// <summary>What a transition may change.</summary>
    public static void SaveState(IDbConnection connection, Alert alert) => connection.Execute(
        """
        UPDATE alerts SET condition = @Condition, priority = @Priority, ends_at = @EndsAt, reopened = @Reopened,
          acknowledged_at = @AcknowledgedAt, acknowledged_by = @AcknowledgedBy, suppressed_until = @SuppressedUntil
        WHERE id = @Id
        """,
        AlertRow.From(alert));

    /// <summary>Whether the sweep has anything to do: three look-ups in small indexes.</summary>
    public static bool AnythingDue(IDbConnection connection, DateTimeOffset now, DateTimeOffset oldest) =>
        connection.ExecuteScalar<bool>(
            $"""
            SELECT EXISTS (SELECT 1 FROM alerts WHERE expires_at <= @now AND {IsOpen})
                OR EXISTS (SELECT 1 FROM alerts WHERE suppressed_until <= @now AND {IsOpen})
                OR EXISTS (SELECT 1 FROM alerts WHERE ends_at < @oldest AND ends_at IS NOT NULL)
            """,
            new { now = AlertRow.Ms(now), oldest = AlertRow.Ms(oldest) });

    /// <summary>Open alerts to which the clock has done something.</summary>
    public static IReadOnlyList<Alert> Due(IDbConnection connection, DateTimeOffset now, int limit) =>
        [.. connection.Query<AlertRow>(
            $"""
            SELECT {Columns} FROM alerts WHERE id IN (
              SELECT id FROM alerts WHERE expires_at <= @now AND {IsOpen}
              UNION SELECT id FROM alerts WHERE suppressed_until <= @now AND {IsOpen}
              LIMIT @limit)
            """,
            new { now = AlertRow.Ms(now), limit }).Select(row => row.ToAlert())];

    /// <summary>Deletes alerts that ended before <paramref name="oldest"/>, with their history.</summary>
    public static int Forget(IDbConnection connection, DateTimeOffset oldest, int limit) => connection.Execute(
        """
        DELETE FROM alerts WHERE id IN (
          SELECT id FROM alerts WHERE ends_at < @oldest AND ends_at IS NOT NULL ORDER BY ends_at LIMIT @limit)
        """,
        new { oldest = AlertRow.Ms(oldest), limit });
}
