using System.Data;
using Dapper;
using Tocsin.Catalog;
using Tocsin.Crashes.Store;

namespace Tocsin.Crashes;

/// <param name="NewGroups">Groups first seen in the last 24 hours.</param>
public sealed record CrashCounts(long LastHour, long Last24Hours, long Total, long NewGroups)
{
    /// <summary>"degraded" while something crashed within the last hour.</summary>
    public string Status => LastHour == 0 ? "healthy" : "degraded";
}

/// <summary>One crash in the history that health checks show.</summary>
public sealed record RecentCrash(
    string CrashId, DateTimeOffset Timestamp, string Class, string Service, string ErrorType, string ErrorMessage,
        string Title,
    string? Host, long GroupId);

/// <summary>Crashes counted: for /health, the overview and charts. Reads the catalog; any thread.</summary>
public sealed class CrashStatistics(CatalogDatabase catalog, TimeProvider clock)
{
    private const long Hour = 3_600_000, Day = 24 * Hour;

    public CrashCounts Counts()
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return catalog.Read(c => new CrashCounts(
            Since(c, now - Hour),
            Since(c, now - Day),
            c.ExecuteScalar<long>("SELECT coalesce(sum(count), 0) FROM crash_groups"),
            c.ExecuteScalar<long>("SELECT count(*) FROM crash_groups WHERE first_seen >= @since "
                + "AND merged_into IS NULL", new { since = now - Day })));
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<RecentCrash> Recent(int limit) => catalog.Read(c => (IReadOnlyList<RecentCrash>)
        [.. c.Query<RecentRow>(
            """
            SELECT r.crash_id AS CrashId, r.time AS Time, r.class AS Class, r.service AS Service, g.type AS Type,
              g.message AS Message,
              g.title AS Title, r.host AS Host, r.group_id AS GroupId
            FROM crash_records r JOIN crash_groups g ON g.id = r.group_id ORDER BY r.time DESC, r.number DESC
              LIMIT @limit
            """, new { limit = Math.Clamp(limit, 1, 1000) }).Select(r => new RecentCrash(
                r.CrashId, DateTimeOffset.FromUnixTimeMilliseconds(r.Time), r.Class, r.Service, r.Type, r.Message,
                    r.Title, r.Host, r.GroupId))]);

    /// <summary>Crashes of all groups in each of the last hours, oldest first; the last one is the running
    /// hour.</summary>
    public IReadOnlyList<int> Hourly(int hours)
    {
        hours = Math.Clamp(hours, 1, 24 * 90);
        long last = clock.GetUtcNow().ToUnixTimeMilliseconds() / Hour;
        int[] counts = new int[hours];
        const long perHour = Hour / GroupTable.SlotMilliseconds;
        foreach ((long hour, long count) in catalog.Read(c => c.Query<(long, long)>(
            "SELECT slot / @perHour, sum(count) FROM crash_counts WHERE slot >= @from GROUP BY 1",
            new { perHour, from = (last - hours + 1) * perHour }).AsList()))
        {
            if (hour <= last)
                counts[hours - 1 - (int)(last - hour)] = (int)count;
        }
        return counts;
    }

    /// <summary>Crashes per service since a time, most first.</summary>
    public IReadOnlyList<(string Service, long Count)> ByService(DateTimeOffset since) =>
        catalog.Read(c => (IReadOnlyList<(string, long)>)
        c.Query<(string, long)>(
            """
            SELECT g.service, sum(n.count) FROM crash_counts n JOIN crash_groups g ON g.id = n.group_id
            WHERE n.slot >= @from GROUP BY g.service ORDER BY 2 DESC LIMIT 1000
            """, new { from = since.ToUnixTimeMilliseconds() / GroupTable.SlotMilliseconds }).AsList());

    private static long Since(IDbConnection c, long from) => c.ExecuteScalar<long>(
        "SELECT coalesce(sum(count), 0) FROM crash_counts WHERE slot >= @from",
            new { from = from / GroupTable.SlotMilliseconds });

    private sealed record RecentRow
    {
        public string CrashId { get; init; } = "";
        public long Time { get; init; }
        public string Class { get; init; } = "";
        public string Service { get; init; } = "";
        public string Type { get; init; } = "";
        public string Message { get; init; } = "";
        public string Title { get; init; } = "";
        public string? Host { get; init; }
        public long GroupId { get; init; }
    }
}
