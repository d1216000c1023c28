using System.Data;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dapper;
using Tocsin.Catalog;
using Tocsin.Crashes.Store;
using Tocsin.Model.Crashes;

namespace Tocsin.Crashes;

/// <summary>What people read about crashes: lists of groups, one group with its evidence, one crash. Any
/// thread.</summary>
public sealed class CrashReports(CatalogDatabase catalog, TimeProvider clock)
{
    private const long Hour = 3_600_000;
    private const int ShownReleases = 20, ShownOccurrences = 100, ShownSimilar = 5;

    public CrashPage List(CrashFilter filter)
    {
        DateTimeOffset now = clock.GetUtcNow();
        var values = new DynamicParameters();
        string where = Where(filter, values, now);
        string column = Column(filter.Order);
        return catalog.Read(c =>
        {
            long total = c.ExecuteScalar<long>($"SELECT count(*) FROM crash_groups WHERE {where}", values);
            string after = "";
            if (filter.After is { } place)
            {
                after = $" AND ({column}, id) < (@afterValue, @afterId)";
                values.Add("afterValue", place.Value);
                values.Add("afterId", place.Id);
            }
            values.Add("limit", filter.Limit + 1);
            List<GroupRow> rows = c.Query<GroupRow>(
                $"""
                SELECT {GroupRow.Columns} FROM crash_groups
                WHERE {where}{after} ORDER BY {column} DESC, id DESC LIMIT @limit
                """, values).AsList();
            string? next = null;
            if (rows.Count > filter.Limit)
            {
                rows.RemoveAt(rows.Count - 1);
                next = string.Create(CultureInfo.InvariantCulture, $"{Value(rows[^1], filter.Order)}.{rows[^1].Id}");
            }
            return new CrashPage(Shown(c, rows, now), next, total);
        });
    }

    /// <summary>Null when there is no such group. A group whose crashes were found to belong elsewhere leads
    /// there.</summary>
    public CrashGroupDetail? Detail(long groupId)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return catalog.Read(c =>
        {
            if (Resolve(c, groupId) is not { } row)
                return null;
            List<GroupRow> similar = c.Query<GroupRow>(
                $"""
                SELECT {GroupRow.Columns} FROM crash_groups
                WHERE id <> @Id AND merged_into IS NULL AND count > 0 AND (culprit = @Culprit OR (type = @Type
                  AND service = @Service))
                ORDER BY culprit IS @Culprit DESC, last_seen DESC LIMIT @ShownSimilar
                """, new { row.Id, row.Culprit, row.Type, row.Service, ShownSimilar }).AsList();
            IReadOnlyList<CrashGroup> shown = Shown(c, [row, .. similar], now);
            return new CrashGroupDetail(
                shown[0],
                new CrashFingerprint(row.Fingerprint, row.Reason,
                    JsonSerializer.Deserialize(row.Parts, CrashesJson.Default.IReadOnlyListString) ?? []),
                row.Diagnosis is null ? null : JsonSerializer.Deserialize(row.Diagnosis, CrashesJson.Default.Diagnosis),
                RecordTable.LatestOf(c, row.Id),
                Occurrences(c, row.Id),
                [.. shown.Skip(1)]);
        });
    }

    public CrashGroup? Group(long groupId) => catalog.Read(c =>
        Resolve(c, groupId) is { } row ? Shown(c, [row], clock.GetUtcNow())[0] : null);

    /// <summary>One crash as it was recorded; ids of reports that were merged into it work too.</summary>
    public CrashRecord? Crash(long groupId, string crashId) => catalog.Read(c =>
        Resolve(c, groupId) is { } row && RecordTable.Find(c, crashId) is { } known && known.GroupId == row.Id
            ? RecordTable.Read(c, known.KeptAs) : null);

    private static GroupRow? Resolve(IDbConnection c, long id)
    {
        GroupRow? row = GroupTable.Find(c, id);
        for (int step = 0; step < 5 && row?.MergedInto is { } into; step++)
            row = GroupTable.Find(c, into);
        return row;
    }

    private static List<CrashOccurrence> Occurrences(IDbConnection c, long groupId) =>
        [.. c.Query<OccurrenceRow>(
            """
            SELECT crash_id AS CrashId, time AS Time, class AS Class, host AS Host, release AS Release, pid AS Pid,
              source AS Source
            FROM crash_records WHERE group_id = @groupId ORDER BY number DESC LIMIT @ShownOccurrences
            """, new { groupId, ShownOccurrences }).Select(o => new CrashOccurrence(
                o.CrashId, DateTimeOffset.FromUnixTimeMilliseconds(o.Time), CrashWords.Parse(o.Class)
                    ?? CrashClass.Abnormal,
                o.Host, o.Release, (int?)o.Pid, o.Source))];

    private static CrashGroup[] Shown(IDbConnection c, List<GroupRow> rows, DateTimeOffset now)
    {
        long[] ids = [.. rows.Select(r => r.Id)];
        const long perHour = Hour / GroupTable.SlotMilliseconds;
        long last = now.ToUnixTimeMilliseconds() / Hour;
        ILookup<long, (long Hour, long Count)> trends = c.Query<(long Id, long Hour, long Count)>(
            "SELECT group_id, slot / @perHour, sum(count) FROM crash_counts WHERE group_id IN @ids "
                + "AND slot >= @from GROUP BY 1, 2",
            new { ids, perHour, from = (last - 23) * perHour }).ToLookup(t => t.Id, t => (t.Hour, t.Count));
        ILookup<long, string> releases = c.Query<(long Id, string Value)>(
            "SELECT group_id, value FROM crash_spread WHERE group_id IN @ids AND kind = 3 ORDER BY first_seen DESC",
                new { ids })
            .ToLookup(r => r.Id, r => r.Value);
        return [.. rows.Select(r =>
            r.ToGroup([.. releases[r.Id].Take(ShownReleases)], Trend(trends[r.Id], last), now))];
    }

    private static int[] Trend(IEnumerable<(long Hour, long Count)> counts, long last)
    {
        int[] trend = new int[24];
        foreach ((long hour, long count) in counts)
        {
            if (hour <= last)
                trend[23 - (int)(last - hour)] = (int)count;
        }
        return trend;
    }

    private static string Where(CrashFilter filter, DynamicParameters values, DateTimeOffset now)
    {
        var where = new StringBuilder("merged_into IS NULL AND count > 0");
        values.Add("fresh", (now - GroupState.NewFor).ToUnixTimeMilliseconds());
        if (filter.Service is { } service)
        {
            where.Append(" AND service = @service");
            values.Add("service", service);
        }
        if (filter.Class is { } kind)
        {
            where.Append(" AND class = @class");
            values.Add("class", kind);
        }
        where.Append(filter.State switch
        {
            null => "",
            GroupState.New => " AND state = 'new' AND first_seen >= @fresh",
            GroupState.Ongoing => " AND (state = 'ongoing' OR (state = 'new' AND first_seen < @fresh))",
            _ => " AND state = @state",
        });
        values.Add("state", filter.State);
        for (int i = 0; i < filter.Words.Count; i++)
        {
            where.Append(" AND instr(lower(title || ' ' || type || ' ' || message || ' ' || coalesce(culprit, '') || ' ' || service)");
            where.Append(CultureInfo.InvariantCulture, $", @word{i}) > 0");
            values.Add($"word{i}", filter.Words[i].ToLowerInvariant());
        }
        return where.ToString();
    }

    private static string Column(CrashOrder order) => order switch
    {
        CrashOrder.FirstSeen => "first_seen",
        CrashOrder.Count => "count",
        CrashOrder.Users => "users",
        _ => "last_seen",
    };

    private static long Value(GroupRow row, CrashOrder order) => order switch
    {
        CrashOrder.FirstSeen => row.FirstSeen,
        CrashOrder.Count => row.Count,
        CrashOrder.Users => row.Users,
        _ => row.LastSeen,
    };

    private sealed record OccurrenceRow
    {
        public string CrashId { get; init; } = "";
        public long Time { get; init; }
        public string Class { get; init; } = "";
        public string? Host { get; init; }
        public string? Release { get; init; }
        public long? Pid { get; init; }
        public string Source { get; init; } = "";
    }
}
