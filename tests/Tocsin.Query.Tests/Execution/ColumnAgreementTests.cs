using Tocsin.Model;
using Tocsin.Query.Answers;
using Tocsin.Query.Execution;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Execution;

/// <summary>What columns and several threads give is what rows give one after the other.</summary>
public sealed class ColumnAgreementTests
{
    private static readonly string[] s_pipes =
    [
        "patterns 1000", "patterns 1000 by service", "patterns 3 by level, host", "top 7 user", "top 3 path, status", "top 4 user by service",
        "stats count(), sum(ms), avg(ms), min(ms), max(ms), p50(ms), p95(ms), distinct(user), values(path), rate() by service, level",
        "stats first(message), last(ms), min(time), max(level), count(user), median(status) by path", "stats p99(ms), min(message)",
        "stats count() by user", "stats count(), max(user) by user, service, host, level", "stats avg(ms) by bin(time, 7m), host",
        "stats count() by pattern(message)", "timechart 5m avg(ms), count(status) by service", "timechart 1h p95(ms), last(user) by level, host",
        "sort -ms | limit 20", "sort user, -time | limit 7", "sort -level, status, ms | limit 100", "sort time | limit 3", "sort path | limit 0",
        "dedup service", "dedup user | limit 30", "dedup path, level, status", "dedup bin(time, 10m), host | fields time, host",
    ];

    private static readonly string[] s_filters = ["*", "level:error", "-service:api", "GET", "ms:>40", "user:*"];

    [Theory]
    [Trait("Kind", "Fuzz")]
    [InlineData(1)]
    [InlineData(2)]
    public void Columns_give_what_rows_give(int seed)
    {
        var random = FuzzSeed.Random(seed);
        for (int store = FuzzSeed.Cases(2); store > 0; store--)
        {
            using QueryDesk desk = Filled(random);
            foreach (string pipe in s_pipes)
                Check(desk, s_filters[random.Next(s_filters.Length)], pipe, random);
        }
    }

    private static void Check(QueryDesk desk, string filter, string pipe, Random random)
    {
        desk.Request = (random.Next(3) switch
        {
            0 => new QueryRequest(),
            1 => new QueryRequest { From = Some.Noon, To = Some.Noon.Add(TimeSpan.FromHours(1)) },
            _ => new QueryRequest { From = Some.Noon.Add(TimeSpan.FromMinutes(11)), To = Some.Noon.Add(TimeSpan.FromMinutes(43)) },
        }) with { RowsAtFirst = random.Next(2) * 50 };
        if (pipe.StartsWith("timechart", StringComparison.Ordinal) && desk.Request.To.UnixNanos == long.MaxValue)
            desk.Request = desk.Request with { From = Some.Noon, To = Some.Noon.Add(TimeSpan.FromHours(2)) };
        // No column is left in front of a pipe that sets one.
        string expected = Show(desk.Run($"{filter} | extend unused = 1 | {pipe}")), found = Show(desk.Run($"{filter} | {pipe}"));
        if (found != expected)
        {
            string[] want = expected.Split('\n'), got = found.Split('\n');
            int at = got.Zip(want).TakeWhile(p => p.First == p.Second).Count();
            throw new Xunit.Sdk.XunitException(
                $"{filter} | {pipe}\nfrom {desk.Request.From} to {desk.Request.To}\n{got.Length} lines, expected {want.Length}; line {at}:\n"
                + $"got      {got.ElementAtOrDefault(at)}\nexpected {want.ElementAtOrDefault(at)}");
        }
    }

    private static string Show(TableSink table)
    {
        int[] shown = [.. Enumerable.Range(0, table.Names.Count).Where(i => table.Names[i] != "unused")];
        return string.Join('\n', table.Rows.Select(r => string.Join(" | ", shown.Select(i => $"{r[i].Kind} {r[i]}"))));
    }

    private static QueryDesk Filled(Random random)
    {
        var desk = new QueryDesk();
        for (int batch = random.Next(2, 5); batch > 0; batch--)
        {
            SomeLog[] logs = [.. Enumerable.Range(0, random.Next(1, 700)).Select(_ => Log(random))];
            desk.Append(logs);
            if (random.Next(3) > 0)
                desk.Database.Seal(CancellationToken.None);
        }
        return desk;
    }

    private static SomeLog Log(Random random)
    {
        Instant time = random.Next(60) == 0 ? new Instant(random.Next(2) == 0 ? long.MinValue + 1000 : long.MaxValue - random.Next(3))
            : Some.Noon.Add(TimeSpan.FromSeconds(random.Next(3600)));
        (string, object?)[] attributes =
        [
            ("ms", random.Next(9) switch { 0 => null, 1 => $"{random.Next(90)}", 2 => (long)random.Next(90), _ => random.Next(400) / 4.0 }),
            ("user", random.Next(7) switch { 0 => $"u{random.Next(9)}", 1 => null, 2 => $"{random.Next(50)}", 3 => (long)random.Next(50), _ => $"user-{random.Next(300):000}" }),
            ("path", $"/api/{"abcdef"[random.Next(6)]}"),
            ("status", random.Next(4) == 0 ? "500" : (long)(200 + random.Next(3))),
        ];
        return new SomeLog(random.Next(20) == 0 ? null : Message(random), time)
        {
            Severity = (byte)(random.Next(7) * 4 is 0 and var none ? none : random.Next(1, 25)),
            Service = random.Next(2) == 0 ? "api" : "web",
            Host = random.Next(3) == 0 ? "a" : "b",
            Attributes = [.. attributes.Where(_ => random.Next(8) > 0)],
        };
    }

    /// <summary>Everything that makes shapes differ: lengths of numbers, hexadecimal numbers, ids, addresses, times, words.</summary>
    private static string Message(Random random) => random.Next(25) switch
    {
        0 => $"GET /api/{random.Next(3)} {200 + random.Next(400)} in {random.Next(2000)}ms",
        1 => $"order {random.NextInt64(1L << (4 * random.Next(1, 15))):x} of {random.Next(99)}",
        2 => $"trace {random.NextInt64():x16}{random.NextInt64():x16} done",
        3 => $"id={new Guid(random.Next(), 2, 3, 4, 5, 6, 7, 8, 9, 10, (byte)random.Next(256))}, gone",
        4 => $"id:{new Guid(random.Next(), 2, 3, 4, 5, 6, 7, 8, 9, 10, (byte)random.Next(256))}: gone",
        5 => $"peer 10.{random.Next(256)}.0.{random.Next(256)}:{random.Next(65536)} left",
        6 => $"at 2026-{random.Next(10, 13)}-{random.Next(1, 32)}T{random.Next(10, 24)}:00:00Z",
        7 => $"at {random.Next(24)}:{random.Next(10, 60)}:{random.Next(10, 60)} late",
        8 => $"pointer 0x{random.Next(1 << 20):x} and {random.Next(3)}x{random.Next(1 << 30):X}",
        9 => $"{Word(random)} failed for {Word(random)} after {random.Next(30)}s",
        10 => $"{Word(random)}_{random.Next(1 << 28):x8}_{random.Next(9)}",
        11 => $"{random.NextInt64():X16} {random.Next(1 << 16):X4}-{random.Next(1 << 16):x4}",
        12 => $"v{random.Next(3)}.{random.Next(12)}.{random.Next(200)}-{Word(random)}",
        13 => new string((char)('0' + random.Next(10)), random.Next(1, 40)),
        14 => $"big {new string('x', random.Next(1000, 1030))} {random.Next(1 << 30):x8}{random.Next(100)}",
        15 => $"  {Word(random)}\t{random.Next(5)}  {Word(random)} ",
        16 => "",
        17 => $"é{random.Next(99)}ü{random.Next(1 << 30):x8}ß 1e{random.Next(9)}",
        18 => $"fe80::{random.Next(1 << 16):x}:{random.Next(1 << 16):x4}:1 up",
        19 => $"<n> <hex> {random.Next(4)}",
        21 => $"at {Numbers(random)} of {Numbers(random)}",
        22 => $"wide {new string('y', random.Next(1000, 1024))} {Number(random)} {Number(random)}z",
        23 => $"{Numbers(random)}",
        20 => $"{random.Next(2)}x1f {random.NextInt64(1L << 56):x15}",
        _ => "connection reset by peer",
    };

    /// <summary>Numbers of all lengths, held together by what may make an address or a time of them.</summary>
    private static string Numbers(Random random)
    {
        string joints = random.Next(3) switch { 0 => "...", 1 => "...:-", _ => ".: ,-_" };
        return string.Concat(Enumerable.Range(0, random.Next(1, 7)).Select(_ => $"{joints[random.Next(joints.Length)]}{Number(random)}"))[random.Next(2)..]
            + (random.Next(4) == 0 ? "." : "");
    }

    private static string Number(Random random) => $"{random.NextInt64(1L << random.Next(1, 62))}";

    private static string Word(Random random) =>
        ((string[])["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta2", "theta", "iota", "kappa"])[random.Next(10)];
}
