using System.Data;
using Dapper;
using Tocsin.Alerting.Records;
using Tocsin.Catalog;

namespace Tocsin.Alerting.Reports;

/// <summary>What the alerts of some days have in common.</summary>
public sealed record AlertPatterns
{
    public required int Days { get; init; }
    public required int TotalAlerts { get; init; }

    /// <summary>Null when there were none, like everything else that needs at least one.</summary>
    public string? MostCommonType { get; init; }

    /// <summary>Hour of the day (UTC) in which most alerts began.</summary>
    public int? PeakHour { get; init; }

    /// <summary>From the beginning to the end, of those that are resolved.</summary>
    public double? AvgResolutionTimeMinutes { get; init; }

    /// <summary>From the beginning to the first acknowledgement, of those that had one.</summary>
    public double? AvgAcknowledgeTimeMinutes { get; init; }

    /// <summary>Most common first.</summary>
    public required IReadOnlyDictionary<string, int> TypeDistribution { get; init; }

    /// <summary>Alerts that began in each hour of the day (UTC), midnight first.</summary>
    public required IReadOnlyList<int> HourlyDistribution { get; init; }

    public static AlertPatterns Over(CatalogDatabase catalog, int days, DateTimeOffset now) =>
        catalog.Read(connection => Of(connection, days, AlertRow.Ms(now.AddDays(-days))));

    private static AlertPatterns Of(IDbConnection connection, int days, long from)
    {
        Dictionary<string, int> types = connection.Query<(string Type, int Alerts)>(
            "SELECT type, count(*) FROM alerts WHERE starts_at >= @from GROUP BY type ORDER BY 2 DESC, 1 LIMIT 100", new { from })
            .ToDictionary(t => t.Type, t => t.Alerts);
        int[] hours = Hours(connection, from);
        int total = hours.Sum();
        return new AlertPatterns
        {
            Days = days,
            TotalAlerts = total,
            MostCommonType = types.Keys.FirstOrDefault(),
            PeakHour = total > 0 ? Array.IndexOf(hours, hours.Max()) : null,
            AvgResolutionTimeMinutes = Minutes(connection,
                "SELECT avg(ends_at - starts_at) FROM alerts WHERE starts_at >= @from AND condition = 2", from),
            AvgAcknowledgeTimeMinutes = Minutes(connection,
                """
                SELECT avg(first - starts_at) FROM (
                  SELECT a.starts_at, min(h.time) AS first FROM alerts a JOIN alert_history h ON h.alert_id = a.id
                  WHERE a.starts_at >= @from AND h.action = 'acknowledged' GROUP BY a.id)
                """,
                from),
            TypeDistribution = types,
            HourlyDistribution = hours,
        };
    }

    private static int[] Hours(IDbConnection connection, long from)
    {
        int[] hours = new int[24];
        foreach ((long hour, int alerts) in connection.Query<(long, int)>(
            "SELECT starts_at / 3600000 % 24, count(*) FROM alerts WHERE starts_at >= @from GROUP BY 1", new { from }))
            hours[hour] = alerts;
        return hours;
    }

    private static double? Minutes(IDbConnection connection, string sql, long from) =>
        connection.ExecuteScalar<double?>(sql, new { from }) is { } ms ? Math.Round(ms / 60_000, 1) : null;
}
