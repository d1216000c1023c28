using System.Data;
using Dapper;

namespace Tocsin.Crashes.Store;

/// <summary>The SQL of groups: their row, their counts per five minutes, and what they have touched.</summary>
internal static class GroupTable
{
    public const int SlotMilliseconds = 300_000;
    private const int User = 1, Host = 2, Release = 3;

    public static GroupRow? Find(IDbConnection c, long id) =>
        c.QueryFirstOrDefault<GroupRow>($"SELECT {GroupRow.Columns} FROM crash_groups WHERE id = @id", new { id });

    public static GroupRow? FindByPrint(IDbConnection c, string fingerprint) =>
        c.QueryFirstOrDefault<GroupRow>($"SELECT {GroupRow.Columns} FROM crash_groups WHERE fingerprint = @fingerprint",
            new { fingerprint });

    public static long Insert(IDbConnection c, GroupRow row) => c.ExecuteScalar<long>(
        """
        INSERT INTO crash_groups (fingerprint, reason, parts, title, type, message, culprit, class, family, severity,
          state, state_at,
          service, first_seen, last_seen, count, kept, users, hosts, releases, diagnosis)
        VALUES (@Fingerprint, @Reason, @Parts, @Title, @Type, @Message, @Culprit, @Class, @Family, @Severity, @State,
          @StateAt,
          @Service, @FirstSeen, @LastSeen, 0, 0, 0, 0, 0, @Diagnosis)
        RETURNING id
        """, row);

    /// <summary>What a newer crash says about the group, what was told of it, and that it is shown.</summary>
    public static void Save(IDbConnection c, GroupRow row) => c.Execute(
        """
        UPDATE crash_groups SET title = @Title, type = @Type, message = @Message, culprit = @Culprit, class = @Class,
          family = @Family, severity = @Severity, diagnosis = @Diagnosis, state = @State, state_at = @StateAt,
            told_users = @ToldUsers,
          told_hosts = @ToldHosts, told_releases = @ToldReleases, told_spike_at = @ToldSpikeAt, merged_into = NULL
        WHERE id = @Id
        """, row);

    /// <param name="c">Inside the transaction.</param>
    /// <param name="id">The group.</param>
    /// <param name="time">When it crashed.</param>
    /// <param name="change">+1, or -1 when the crash turned out to belong elsewhere.</param>
    /// <returns>The group as it is counted now.</returns>
    public static GroupRow Count(IDbConnection c, long id, long time, int change)
    {
        c.Execute(
            """
            INSERT INTO crash_counts (group_id, slot, count) VALUES (@id, @slot, @change)
            ON CONFLICT (group_id, slot) DO UPDATE SET count = count + @change
            """, new { id, slot = time / SlotMilliseconds, change });
        if (change < 0)
            c.Execute("DELETE FROM crash_counts WHERE group_id = @id AND count <= 0", new { id });
        return c.QuerySingle<GroupRow>(
            $"""
            UPDATE crash_groups SET count = count + @change, kept = kept + @change,
              first_seen = CASE WHEN @change > 0 THEN min(first_seen, @time) ELSE first_seen END,
              last_seen = CASE WHEN @change > 0 THEN max(last_seen, @time) ELSE last_seen END
            WHERE id = @id RETURNING {GroupRow.Columns}
            """, new { id, time, change });
    }

    /// <summary>Remembers who and what this crash touched, up to the limits.</summary>
    public static GroupRow Spread(IDbConnection c, GroupRow row, string? user, string? host, string? release,
        long time) => row with
    {
        Users = Touch(c, row.Id, User, "users", user, row.Users, Records.CrashLimits.UsersPerGroup, time),
        Hosts = Touch(c, row.Id, Host, "hosts", host, row.Hosts, Records.CrashLimits.HostsPerGroup, time),
        Releases = Touch(c, row.Id, Release, "releases", release, row.Releases, Records.CrashLimits.ReleasesPerGroup,
            time),
    };

    /// <summary>Makes the spread right again after a crash has left the group.</summary>
    public static void Recount(IDbConnection c, long id,
        IEnumerable<(string? User, string? Host, string? Release, long Time)> remaining)
    {
        c.Execute(
            """
            DELETE FROM crash_spread WHERE group_id = @id;
            UPDATE crash_groups SET users = 0, hosts = 0, releases = 0 WHERE id = @id
            """, new { id });
        GroupRow row = Find(c, id)!;
        foreach ((string? user, string? host, string? release, long time) in remaining)
            row = Spread(c, row, user, host, release, time);
    }

    public static void SetAlert(IDbConnection c, long id, string key, long alertId) =>
        c.Execute("UPDATE crash_groups SET alert_key = @key, alert_id = @alertId WHERE id = @id",
            new { id, key, alertId });

    public static void SetState(IDbConnection c, long id, string state, long at, string? by, string? notes) =>
        c.Execute(
        "UPDATE crash_groups SET state = @state, state_at = @at, state_by = @by, state_notes = @notes WHERE id = @id",
        new { id, state, at, by, notes });

    public static void SetMerged(IDbConnection c, long id, long into) =>
        c.Execute("UPDATE crash_groups SET merged_into = @into WHERE id = @id", new { id, into });

    /// <summary>Crashes of the group in the present five minutes, in the last hour and in the last day, to five
    /// minutes.</summary>
    public static (long Minutes, long Hour, long Day) Recent(IDbConnection c, long id, long now) =>
        c.QuerySingle<(long, long, long)>(
        """
        SELECT coalesce(sum(CASE WHEN slot >= @now THEN count END), 0),
          coalesce(sum(CASE WHEN slot >= @now - 12 THEN count END), 0),
          coalesce(sum(count), 0)
        FROM crash_counts WHERE group_id = @id AND slot BETWEEN @now - 288 AND @now
        """, new { id, now = now / SlotMilliseconds });

    private static long Touch(IDbConnection c, long id, int kind, string column, string? value, long known, int limit,
        long time)
    {
        if (string.IsNullOrEmpty(value) || known >= limit)
            return known;
        if (c.Execute("INSERT OR IGNORE INTO crash_spread (group_id, kind, value, first_seen) "
            + "VALUES (@id, @kind, @value, @time)", new { id, kind, value, time }) == 0)
            return known;
        c.Execute($"UPDATE crash_groups SET {column} = {column} + 1 WHERE id = @id", new { id });
        return known + 1;
    }
}
