using System.Text;
using Tocsin.Alerting.Api;
using Tocsin.Testing;

namespace Tocsin.Alerting.Tests.Api;

public sealed class RequestFuzzTests
{
    private const string Seed =
        """
        {"type":"slow_query","title":"Slow","message":"5.23 s","priority":"HIGH","category":"DATABASE","resource":"bookings","service":"b",
        "key":"k","metric":"cpu_percent","currentValue":92.5,"thresholdValue":80,"errorType":"E","errorCount":3,"affectedUsers":15,
        "at":"2026-01-02T03:04:05Z","expiresIn":"1h30m","runbookUrl":"https://r/x","recommendations":["a","b"],"metadata":{"q":[1,{"x":null}]},
        "labels":{"a":"b"},"annotations":{"c":"d"},"relatedLogs":[{"time":"2026-01-02T03:04:00Z","level":"warn","service":"s","message":"m"}]}
        """;

    private static readonly string[] s_tokens =
        ["null", "\"\"", "-1", "1e999", "9999999999", "[]", "{}", "true", "\"\\u0000\"", "\"\\ud800\"", ",", "}", "[[[[", "\"HIGH\"", "NaN", "0001-01-01T00:00:00Z"];

    /// <summary>Every body ends in a proposal that can be kept, or in faults; never in an exception.</summary>
    [Fact]
    [Trait("Kind", "Fuzz")]
    public async Task Mutated_requests_are_kept_or_refused_and_nothing_else()
    {
        await using var desk = new Desk();
        var random = FuzzSeed.Random(7);
        int kept = 0, refused = 0;
        for (int round = 0; round < 5000; round++)
        {
            byte[] body = Mutate(random, Encoding.UTF8.GetBytes(Seed));
            if (JsonRequest.Parse(body, RequestJson.Default.AlertRequest).Value is not { } request || ProposalReader.Read(request) is not { Proposal: { } proposal })
            {
                refused++;
                continue;
            }
            kept++;
            if (kept % 10 == 0)
                (await desk.Raise(proposal)).Alert.Id.ShouldBeGreaterThan(0);
        }
        (kept > 100 && refused > 100).ShouldBeTrue($"{kept} kept, {refused} refused");
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Any_text_is_a_duration_or_none()
    {
        var random = FuzzSeed.Random(11);
        for (int round = 0; round < 20_000; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => "0123456789dhms. -+e"[random.Next(19)]));
            if (Duration.Parse(text) is { } span)
                span.ShouldBeGreaterThan(TimeSpan.Zero);
        }
        Duration.Parse("1d2h3m4s").ShouldBe(new TimeSpan(1, 2, 3, 4));
        Duration.Parse("90m").ShouldBe(TimeSpan.FromMinutes(90));
        foreach (string none in new[] { "", "0s", "2", "h", "1h2d", "-1h", "1.5h", "999999999999s" })
            Duration.Parse(none).ShouldBeNull(none);
    }

    private static byte[] Mutate(Random random, byte[] body)
    {
        var bytes = new List<byte>(body);
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(s_tokens[random.Next(s_tokens.Length)]));
                    break;
                default:
                    bytes[at] = (byte)"0123456789abcXYZ\"{}[]:,"[random.Next(23)];
                    break;
            }
            if (bytes.Count == 0)
                bytes.Add((byte)'{');
        }
        return [.. bytes];
    }
}
