using System.Data;
using System.Text;
using Dapper;
using Tocsin.Crashes.Records;
using Tocsin.Model.Crashes;

namespace Tocsin.Crashes.Store;

/// <summary>The SQL of single crashes.</summary>
internal static class RecordTable
{
    /// <summary>How many reports of one process are looked at when searching for the same death.</summary>
    private const int Candidates = 20;

    public sealed record Known(string KeptAs, long GroupId);

    /// <summary>Under which record this id is known; null when it never arrived.</summary>
    public static Known? Find(IDbConnection c, string crashId) => c.QueryFirstOrDefault<Known>(
        "SELECT kept_as AS KeptAs, group_id AS GroupId FROM crash_ids WHERE crash_id = @crashId", new { crashId });

    public static CrashRecord? Read(IDbConnection c, string crashId) =>
        c.ExecuteScalar<string?>("SELECT record FROM crash_records WHERE crash_id = @crashId",
            new { crashId }) is { } json ? Parse(json) : null;

    /// <summary>Reports that may be of the same process, newest first.</summary>
    public static IReadOnlyList<(long GroupId, CrashRecord Record)> OfProcess(IDbConnection c, CrashRecord r)
    {
        var rows = new List<(long GroupId, string Json)>();
        if (r.Process.RunId is { Length: > 0 } run)
            rows.AddRange(c.Query<(long, string)>(
                "SELECT group_id, record FROM crash_records WHERE run_id = @run "
                    + "ORDER BY number DESC LIMIT @Candidates", new { run, Candidates }));
        if (r.Host is not null && r.Process.Pid is not null)
            rows.AddRange(c.Query<(long, string)>(
                """
                SELECT group_id, record FROM crash_records
                WHERE host = @Host AND pid = @Pid AND time BETWEEN @from AND @to ORDER BY number DESC LIMIT @Candidates
                """,
                new { r.Host, r.Process.Pid, from = Milliseconds(r.Time) - 60_000, to = Milliseconds(r.Time) + 60_000,
                    Candidates }));
        return [.. rows.Select(row => (row.GroupId, Parse(row.Json)))];
    }

    /// <summary>Missed heartbeats of a run.</summary>
    public static IReadOnlyList<(long GroupId, CrashRecord Record)> Hangs(IDbConnection c, string run) =>
        [.. c.Query<(long GroupId, string Json)>(
            "SELECT group_id, record FROM crash_records WHERE run_id = @run AND source = 'heartbeat' "
                + "ORDER BY number DESC LIMIT @Candidates",
            new { run, Candidates }).Select(row => (row.GroupId, Parse(row.Json)))];

    public static bool HasDied(IDbConnection c, string run) => c.ExecuteScalar<long>(
        """
        SELECT count(*) FROM (SELECT 1 FROM crash_records
          WHERE run_id = @run AND source NOT IN ('heartbeat', 'otlp') AND class NOT IN ('unobserved', 'captured')
          LIMIT 1)
        """, new { run }) > 0;

    /// <summary>How many other deaths of the same service on the same host lie between two times; stops counting at
    /// the limit.</summary>
    public static long Deaths(IDbConnection c, CrashRecord r, long from, long to, int limit) => c.ExecuteScalar<long>(
        """
        SELECT count(*) FROM (SELECT 1 FROM crash_records
          WHERE service = @Service AND host IS @Host AND time BETWEEN @from AND @to AND crash_id <> @CrashId
            AND source <> 'otlp' AND class NOT IN ('unobserved', 'captured', 'hung', 'terminated') LIMIT @limit)
        """, new { r.Service, r.Host, r.CrashId, from, to, limit });

    public static void Insert(IDbConnection c, CrashRecord r, long groupId, long now)
    {
        c.Execute(
            """
            INSERT INTO crash_records (crash_id, group_id, time, received_at, class, source, service, host, pid,
              run_id, release, record)
            VALUES (@CrashId, @groupId, @time, @now, @Class, @Source, @Service, @Host, @Pid, @RunId, @Release, @json)
            """, Values(r, groupId, now));
        Name(c, r.CrashId, r.CrashId, groupId, now);
    }

    public static void Update(IDbConnection c, CrashRecord r, long groupId, long now) => c.Execute(
        """
        UPDATE crash_records SET group_id = @groupId, time = @time, class = @Class, source = @Source, host = @Host,
          pid = @Pid,
          run_id = @RunId, release = @Release, record = @json WHERE crash_id = @CrashId
        """, Values(r, groupId, now));

    /// <summary>From now on the id stands for that record.</summary>
    public static void Name(IDbConnection c, string crashId, string keptAs, long groupId, long now) => c.Execute(
        """
        INSERT INTO crash_ids (crash_id, kept_as, group_id, received_at) VALUES (@crashId, @keptAs, @groupId, @now)
        ON CONFLICT (crash_id) DO UPDATE SET group_id = @groupId
        """, new { crashId, keptAs, groupId, now });

    public static void Move(IDbConnection c, string keptAs, long groupId) =>
        c.Execute("UPDATE crash_ids SET group_id = @groupId WHERE kept_as = @keptAs", new { keptAs, groupId });

    public static IReadOnlyList<CrashRecord> OfGroup(IDbConnection c, long groupId, int limit) =>
        [.. c.Query<string>("SELECT record FROM crash_records WHERE group_id = @groupId "
            + "ORDER BY number DESC LIMIT @limit",
            new { groupId, limit }).Select(Parse)];

    public static CrashRecord? LatestOf(IDbConnection c, long groupId) =>
        c.ExecuteScalar<string?>("SELECT record FROM crash_records WHERE group_id = @groupId "
            + "ORDER BY number DESC LIMIT 1", new { groupId }) is { } json
            ? Parse(json) : null;

    /// <summary>Lets the middle of a long group go: the first crashes show how it began, the last how it is.</summary>
    public static void Thin(IDbConnection c, long groupId)
    {
        int removed = c.Execute(
            """
            DELETE FROM crash_records WHERE group_id = @groupId
              AND number > (SELECT number FROM crash_records WHERE group_id = @groupId ORDER BY number
                LIMIT 1 OFFSET @first)
              AND number < (SELECT number FROM crash_records WHERE group_id = @groupId ORDER BY number DESC
                LIMIT 1 OFFSET @last)
            """, new { groupId, first = CrashLimits.RecordsAtStart - 1, last = CrashLimits.RecordsAtEnd - 1 });
        c.Execute("UPDATE crash_groups SET kept = kept - @removed WHERE id = @groupId", new { groupId, removed });
    }

    public static CrashRecord Parse(string json) => CrashJson.Read(Encoding.UTF8.GetBytes(json));

    public static long Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    private static object Values(CrashRecord r, long groupId, long now) => new
    {
        r.CrashId, groupId, time = Milliseconds(r.Time), now, Class = CrashWords.Name(r.Class), r.Source, r.Service,
            r.Host,
        r.Process.Pid, r.Process.RunId, r.Release, json = CrashJson.Write(r),
    };
}
