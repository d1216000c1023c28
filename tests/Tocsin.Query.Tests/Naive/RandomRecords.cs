using Tocsin.Model;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Naive;

/// <summary>Records of every kind: out of order, twice, long ago and in the future, empty and huge.</summary>
/// <param name="random">Of the seed.</param>
/// <param name="dataset">Of the records.</param>
/// <param name="many">There will be so many that ids and fractions are too different to be numbered.</param>
internal sealed class RandomRecords(Random random, Dataset dataset = Dataset.Logs, bool many = false)
{
    private static readonly string[] s_messages =
    [
        "GET /api/v1 500 in 12ms", "GET /api/v2 200 in 7ms", "connection reset by peer", "Timeout after 30s", "Ünïcode ÜBER alles", "",
        "user=ann ms=12 msg=\"a b\" ok", "{\"user\":{\"id\":7},\"ok\":true,\"l\":[1,\"x\"],\"n\":null,\"d\":1.5}", "a_b a-b a.b", "{not json",
        "order 17 of 8f3a9c2e41 took 250ms", new string('z', 900) + " 7",
        "checkout took 12ms", "retry 2 of 5", "café au lait", "tab\there", "a\nb\r\nc", "50% done", "order 18 of 8f3a9c2e42 took 7ms",
    ];

    private readonly List<SomeLog> _known = [];
    private readonly bool _exact = random.Next(2) == 0;

    /// <summary>One of four hundred ids.</summary>
    public static byte[] ManyId(int n, int bytes) => [.. Enumerable.Range(0, bytes).Select(i => (byte)((n + 1) * (i + 7) >> (i % 3)))];

    public SomeLog[] Next(int most)
    {
        SomeLog[] logs = new SomeLog[random.Next(most + 1)];
        for (int i = 0; i < logs.Length; i++)
        {
            // Some come twice, as senders repeat themselves.
            logs[i] = _known.Count > 0 && random.Next(15) == 0 ? _known[random.Next(_known.Count)] : One();
            _known.Add(logs[i]);
        }
        return logs;
    }

    /// <summary>Mostly one hour out of order, with repeats; sometimes far away.</summary>
    private Instant Time() => random.Next(40) switch
    {
        0 => new Instant(long.MinValue + TimeSpan.TicksPerMinute * 100 + random.Next(3)),
        1 => new Instant(long.MaxValue - random.Next(3)),
        2 => new Instant(0),
        3 => Some.Noon.Add(TimeSpan.FromDays(random.Next(-4000, 4000))),
        4 => new Instant(Some.Noon.UnixNanos + random.Next(3)),
        _ => Some.Noon.Add(TimeSpan.FromSeconds(random.Next(-60, 3660) / 20 * 20)),
    };

    private SomeLog One()
    {
        var attributes = new List<(string, object?)>();
        Maybe(attributes, 3, "status", () => Pick<object?>(200, 404, 500, "500", "500.0", 500.0, "abc", null));
        Maybe(attributes, 3, "path", () => Pick("/api/v1", "/api/v2", "/health", "", "GET"));
        Maybe(attributes, 3, "ms", () => Pick<object?>(random.Next(100), random.Next(100) / 4.0, "12", -5, random.Next(9) == 0 ? double.NaN : 0.5));
        Maybe(attributes, 3, "user", () => Pick<object?>("Ann", "ann", "", null, "Bob Lee", new string('x', random.Next(3) == 0 ? 700 : 2)));
        Maybe(attributes, 3, "tags", () => new object?[] { "a", Pick<object?>("x", 7, null), true });
        Maybe(attributes, 3, "obj", () => new Dictionary<string, object?> { ["a"] = Pick<object?>(1, "x", null) });
        Maybe(attributes, 3, "flag", () => Pick<object?>(true, false, "true", new byte[] { 0xAB }));
        Maybe(attributes, 2, "@duration", () => (long)random.Next(8) * 250_000_000);
        Maybe(attributes, 1, "@event_name", () => Pick("checkout", "login", ""));
        Maybe(attributes, 1, "exception.type", () => Pick("System.IO.IOException", "TimeoutException"));
        Maybe(attributes, 1, "exception.message", () => Pick("reset by peer", "x", "order 17 is gone"));
        Maybe(attributes, 2, "big", () => Pick<object?>(
            long.MaxValue, long.MinValue, 9007199254740993, 9007199254740992.0, "9007199254740993", 1e18, "1e400", "99999999999999999999"));
        Maybe(attributes, 2, "at", () => Pick<object?>("2026-03-14T15:10:00Z", "2026-03-14T17:10:00+02:00", "2026-03-14", 0, "not a time", 1773500000000000000));
        Maybe(attributes, 3, "took", () => _exact ? random.Next(4000) / 8.0 : random.NextDouble() * 100);
        Maybe(attributes, 2, "id8", () => $"{random.Next(4):x8}9c2e{random.Next(100):x4}");
        if (random.Next(60) == 0)
            attributes.Add(("huge", new string((char)random.Next('a', 'e'), 20_000)));
        return new SomeLog(random.Next(12) == 0 ? null : random.Next(3) == 0 ? Numbered() : Pick(s_messages), Time())
        {
            Dataset = dataset,
            Severity = (byte)Pick(0, 1, 5, 9, 9, 13, 17, 18, 21, 24),
            Service = Pick("api", "web", "api-gateway"),
            Host = Pick("box", "other"),
            TraceId = random.Next(2) == 0 ? [] : many ? ManyId(random.Next(400), 16) : Some.TraceId(0xAA + random.Next(3)),
            SpanId = random.Next(2) == 0 ? [] : Some.SpanId(random.Next(3)),
            Attributes = [.. attributes],
        };
    }

    /// <summary>Messages that differ in numbers, ids and single words, as most do.</summary>
    private string Numbered() => random.Next(5) switch
    {
        0 => $"order {random.Next(40)} took {random.Next(20)}ms",
        1 => $"user {Pick("Ann", "Bob", "Ünal", "eve")} came from 10.0.0.{random.Next(12)}",
        2 => $"request {random.Next(60):x8}-0000-4000-8000-{random.Next(3):x12} is done",
        3 => $"{Pick("GET", "PUT")} /api/{Pick("cart", "pay")}/{random.Next(8):D3} {Pick(200, 404, 500)}",
        _ => $"key {random.Next(300) * 0x9E3779B97F4A7C1L:x16} {Pick("hit", "miss")}",
    };

    private T Pick<T>(params T[] items) => items[random.Next(items.Length)];

    /// <param name="attributes">Of a record.</param>
    /// <param name="quarters">How many of four records have it.</param>
    /// <param name="name">Of the attribute.</param>
    /// <param name="value">Made when it is wanted.</param>
    private void Maybe(List<(string, object?)> attributes, int quarters, string name, Func<object?> value)
    {
        if (random.Next(4) < quarters)
            attributes.Add((name, value()));
    }
}
