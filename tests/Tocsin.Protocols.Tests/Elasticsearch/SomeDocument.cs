using Tocsin.Model;
using Tocsin.Testing;

namespace Tocsin.Protocols.Tests.Elasticsearch;

/// <summary>A record to be searched, plain enough for a naive evaluation.</summary>
internal sealed record SomeDocument(int N)
{
    private static readonly string[] s_words = ["payment", "failed", "order", "timeout", "Served", "page", "retry"];

    public required Instant Time { get; init; }

    public required byte Severity { get; init; }

    public required string Service { get; init; }

    public required string Message { get; init; }

    public required int Trace { get; init; }

    public required long Status { get; init; }

    public required double Took { get; init; }

    /// <summary>Null when the field is not there.</summary>
    public string? User { get; init; }

    public required bool Cached { get; init; }

    public required string[] Tags { get; init; }

    public required string Region { get; init; }

    public string Level => Model.Severity.Name(Severity).ToUpperInvariant();

    public long Millis => Time.UnixMilliseconds;

    public SomeLog Log => new SomeLog(Message, Time)
    {
        Severity = Severity, Service = Service, TraceId = Trace == 0 ? [] : Some.TraceId(Trace),
        Attributes =
        [
            ("n", N), ("status", Status), ("took", Took), ("cached", Cached), ("tags", Tags.ToArray<object?>()),
            ("geo", new Dictionary<string, object?> { ["region"] = Region }),
            .. User is null ? [] : ((string, object?)[])[("user", User)],
        ],
    };

    /// <summary>From <see cref="Some.Noon"/> on, over some hours, in no order.</summary>
    public static SomeDocument[] Random(Random random, int count, double hours = 30) =>
    [
        .. Enumerable.Range(0, count).Select(n => new SomeDocument(n)
        {
            // Nanoseconds below the millisecond, and several documents in one.
            Time = new Instant(Some.Noon.UnixNanos + (long)(random.NextDouble() * hours * 3600 * 20) * 50_000_000 + random.Next(3) * 300_007),
            Severity = (byte)(random.Next(7) * 4 - 3 is var s && s < 0 ? 0 : s),
            Service = $"svc-{random.Next(4)}",
            Message = string.Join(' ', Enumerable.Range(0, random.Next(1, 5)).Select(_ => s_words[random.Next(s_words.Length)])),
            Trace = random.Next(4),
            Status = new long[] { 200, 204, 404, 500 }[random.Next(4)],
            Took = Math.Round(random.NextDouble() * 100, 2),
            User = random.Next(3) == 0 ? null : $"User {(char)('A' + random.Next(5))}",
            Cached = random.Next(2) == 0,
            Tags = [.. Enumerable.Range(0, random.Next(3)).Select(_ => $"t{random.Next(3)}").Distinct()],
            Region = random.Next(2) == 0 ? "eu" : "us",
        }),
    ];
}
