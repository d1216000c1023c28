using System.Data;
using Dapper;
using Tocsin.Alerting.Records;
using Tocsin.Alerting.State;
using Tocsin.Catalog;
using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Reports;

/// <summary>
/// What people ask about alerts. Every answer is from one moment and shows states as the clock has made them, whether
/// the sweep has been there or not.
/// </summary>
public sealed class AlertReports(CatalogDatabase catalog, TimeProvider clock)
{
    /// <summary>AlertStatus as SQL; the same rule as <see cref="AlertState.Elapse"/> and <see cref="Alert.StatusAt"/>.</summary>
    private const string Status =
        $"""
        CASE
          WHEN condition = 2 THEN 3
          WHEN condition = 3 OR ({AlertTable.IsOpen} AND expires_at <= @now) THEN 4
          WHEN suppressed_until > @now THEN 2
          WHEN acknowledged_at IS NOT NULL THEN 1
          ELSE 0
        END
        """;

    public AlertPage List(AlertFilter filter)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return catalog.Read(connection =>
        {
            List<Alert> items = Page(connection, filter, now);
            bool more = items.Count > filter.Limit;
            if (more)
                items.RemoveAt(items.Count - 1);
            AlertCursor? next = more ? new AlertCursor(AlertRow.Ms(items[^1].LastSeenAt), items[^1].Id) : null;
            return new AlertPage([.. items.Select(a => Seen(a, now))], Counts(connection, filter, now), next);
        });
    }

    /// <summary>Alerts in each state.</summary>
    public IReadOnlyDictionary<AlertStatus, int> Counts() =>
        catalog.Read(connection => Counts(connection, new AlertFilter(), clock.GetUtcNow()));

    /// <summary>Null when there is no such alert.</summary>
    public Alert? Find(long id) =>
        catalog.Read(connection => AlertTable.Find(connection, id)) is { } alert ? Seen(alert, clock.GetUtcNow()) : null;

    /// <summary>Null when there is no such alert.</summary>
    public AlertStory? Story(long id) => catalog.Read(connection =>
        AlertTable.Find(connection, id) is { } alert
            ? new AlertStory(Seen(alert, clock.GetUtcNow()), AlertHistory.Of(connection, id), Notifications(connection, id))
            : null);

    private static Alert Seen(Alert alert, DateTimeOffset now) => AlertState.Elapse(alert, now)?.After ?? alert;

    private static List<Alert> Page(IDbConnection connection, AlertFilter filter, DateTimeOffset now)
    {
        var (where, parameters) = Conditions(filter, now);
        if (filter.Statuses.Count > 0)
        {
            where.Add($"{Status} IN @statuses");
            parameters.Add("statuses", filter.Statuses.Select(s => (int)s));
        }
        if (filter.After is { } after)
        {
            where.Add("(last_seen_at, id) < (@afterTime, @afterId)");
            parameters.Add("afterTime", after.LastSeenMs);
            parameters.Add("afterId", after.Id);
        }
        parameters.Add("limit", filter.Limit + 1);
        return [.. connection.Query<AlertRow>(
            $"""
            SELECT {AlertTable.Columns} FROM alerts WHERE {string.Join(" AND ", where)}
            ORDER BY last_seen_at DESC, id DESC LIMIT @limit
            """,
            parameters).Select(row => row.ToAlert())];
    }

    private static Dictionary<AlertStatus, int> Counts(IDbConnection connection, AlertFilter filter, DateTimeOffset now)
    {
        var (where, parameters) = Conditions(filter, now);
        var counts = Enum.GetValues<AlertStatus>().ToDictionary(status => status, _ => 0);
        IEnumerable<(int Status, int Alerts)> rows = connection.Query<(int, int)>(
            $"SELECT {Status}, count(*) FROM alerts WHERE {string.Join(" AND ", where)} GROUP BY 1", parameters);
        foreach ((int status, int alerts) in rows)
            counts[(AlertStatus)status] = alerts;
        return counts;
    }

    /// <summary>The conditions are constants of this file; what people typed travels in the parameters only.</summary>
    private static (List<string> Where, DynamicParameters Parameters) Conditions(AlertFilter filter, DateTimeOffset now)
    {
        List<string> where = ["TRUE"];
        var parameters = new DynamicParameters();
        parameters.Add("now", AlertRow.Ms(now));
        if (filter.Priorities.Count > 0)
        {
            where.Add("priority IN @priorities");
            parameters.Add("priorities", filter.Priorities.Select(p => (int)p));
        }
        if (filter.Service is not null)
        {
            where.Add("(service = @service OR resource = @service)");
            parameters.Add("service", filter.Service);
        }
        for (int i = 0; i < filter.Words.Count; i++)
        {
            string like = $"LIKE @word{i} ESCAPE '\\'";
            where.Add($"(title {like} OR message {like} OR resource {like} OR type {like} OR key {like})");
            parameters.Add($"word{i}", $"%{EscapeLike(filter.Words[i])}%");
        }
        return (where, parameters);
    }

    private static string EscapeLike(string word) => word.Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_");

    private static List<NotificationEntry> Notifications(IDbConnection connection, long alertId) =>
        [.. connection.Query<(string Channel, string Kind, string Reason, string State, int Attempts, string? Answer, long At)>(
            """
            SELECT channel, kind, reason, state, attempts, last_answer, coalesce(finished_at, enqueued_at)
            FROM delivery_outbox WHERE alert_id = @alertId ORDER BY id
            """,
            new { alertId })
            .Select(n => new NotificationEntry(
                n.Channel, n.Kind, n.Reason, n.State, n.Attempts, n.Answer, AlertRow.At(n.At)))];
}
