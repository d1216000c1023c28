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
        c.QueryFirstOrDefault<GroupRow>($"SELECT {GroupRow.Columns} FROM crash_groups WHERE fingerprint = @fingerprint", new { fingerprint });

    public static long Insert(IDbConnection c, GroupRow row) => c.ExecuteScalar<long>(
        """
        INSERT INTO crash_groups (fingerprint, reason, parts, title, type, message, culprit, class, family, severity, state, state_at,
          service, first_seen, last_seen, count, kept, users, hosts, releases, diagnosis)
        VALUES (@Fingerprint, @Reason, @Parts, @Title, @Type, @Message, @Culprit, @Class, @Family, @Severity, @State, @StateAt,
          @Service, @FirstSeen, @LastSeen, 0, 0, 0, 0, 0, @Diagnosis)
        RETURNING id
        """, row);

    /// <summary>What a newer crash of the group says about it.</summary>
    public static void Describe(IDbConnection c, long id, GroupRow row) => c.Execute(
        """
        UPDATE crash_groups SET title = @Title, type = @Type, message = @Message, culprit = @Culprit, class = @Class,
          family = @Family, severity = @Severity, diagnosis = @Diagnosis, merged_into = NULL
        WHERE id = @id
        """, new { id, row.Title, row.Type, row.Message, row.Culprit, row.Class, row.Family, row.Severity, row.Diagnosis });

    /// <param name="c">Inside the transaction.</param>
    /// <param name="id">The group.</param>
    /// <param name="time">When it crashed.</param>
    /// <param name="change">+1, or -1 when the crash turned out to belong elsewhere.</param>
    public static void Count(IDbConnection c, long id, long time, int change)
    {
        c.Execute(
            """
            UPDATE crash_groups SET count = count + @change, kept = kept + @change,
              first_seen = CASE WHEN @change > 0 THEN min(first_seen, @time) ELSE first_seen END,
              last_seen = CASE WHEN @change > 0 THEN max(last_seen, @time) ELSE last_seen END
            WHERE id = @id
            """, new { id, time, change });
        c.Execute(
            """
            INSERT INTO crash_counts (group_id, slot, count) VALUES (@id, @slot, @change)
            ON CONFLICT (group_id, slot) DO UPDATE SET count = count + @change
            """, new { id, slot = time / SlotMilliseconds, change });
        if (change < 0)
            c.Execute("DELETE FROM crash_counts WHERE group_id = @id AND count <= 0", new { id });
    }

    /// <summary>Remembers who and what this crash touched, up to the limits.</summary>
    public static void Spread(IDbConnection c, long id, string? user, string? host, string? release, long time)
    {
        Touch(c, id, User, "users", user, Records.CrashLimits.UsersPerGroup, time);
        Touch(c, id, Host, "hosts", host, Records.CrashLimits.HostsPerGroup, time);
        Touch(c, id, Release, "releases", release, Records.CrashLimits.ReleasesPerGroup, time);
    }

    /// <summary>Makes the spread right again after a crash has left the group.</summary>
    public static void Recount(IDbConnection c, long id, IEnumerable<(string? User, string? Host, string? Release, long Time)> remaining)
    {
        c.Execute("DELETE FROM crash_spread WHERE group_id = @id; UPDATE crash_groups SET users = 0, hosts = 0, releases = 0 WHERE id = @id", new { id });
        foreach ((string? user, string? host, string? release, long time) in remaining)
            Spread(c, id, user, host, release, time);
    }

    public static void SetAlert(IDbConnection c, long id, string key, long alertId) =>
        c.Execute("UPDATE crash_groups SET alert_key = @key, alert_id = @alertId WHERE id = @id", new { id, key, alertId });

    public static void SetTold(IDbConnection c, GroupRow row) => c.Execute(
        """
        UPDATE crash_groups SET told_users = @ToldUsers, told_hosts = @ToldHosts, told_releases = @ToldReleases,
          told_spike_at = @ToldSpikeAt WHERE id = @Id
        """, row);

    public static void SetState(IDbConnection c, long id, string state, long at, string? by, string? notes) => c.Execute(
        "UPDATE crash_groups SET state = @state, state_at = @at, state_by = @by, state_notes = @notes WHERE id = @id",
        new { id, state, at, by, notes });

    /// <summary>Keeps who resolved it and how: it may help again.</summary>
    public static void SetRegressed(IDbConnection c, long id, long at) =>
        c.Execute("UPDATE crash_groups SET state = 'regressed', state_at = @at WHERE id = @id", new { id, at });

    public static void SetMerged(IDbConnection c, long id, long into) =>
        c.Execute("UPDATE crash_groups SET merged_into = @into WHERE id = @id", new { id, into });

    /// <summary>Crashes of the group between two times, to five minutes.</summary>
    public static long CountBetween(IDbConnection c, long id, long from, long to) => c.ExecuteScalar<long>(
        "SELECT coalesce(sum(count), 0) FROM crash_counts WHERE group_id = @id AND slot >= @from AND slot < @to",
        new { id, from = from / SlotMilliseconds, to = to / SlotMilliseconds + 1 });

    private static void Touch(IDbConnection c, long id, int kind, string column, string? value, int limit, long time)
    {
        if (string.IsNullOrEmpty(value))
            return;
        c.Execute(
            $"""
            INSERT INTO crash_spread (group_id, kind, value, first_seen)
            SELECT @id, @kind, @value, @time FROM crash_groups WHERE id = @id AND {column} < @limit
            ON CONFLICT DO NOTHING;
            UPDATE crash_groups SET {column} = {column} + changes() WHERE id = @id
            """, new { id, kind, value, time, limit });
    }
}
