using System.Text.Json;
using System.Text.Json.Nodes;
using Tocsin.Testing;

namespace Tocsin.Channels.Tests;

public sealed class SlackPayloadTests
{
    [Fact]
    public void A_crash() => Golden.Check("slack-firing", SlackChannel.Payload(Some.News(Some.Crash())));

    [Fact]
    public void The_end_says_how_long_it_took() =>
        Golden.Check("slack-resolved", SlackChannel.Payload(Some.News(Some.Over(Some.Crash()), NotificationReason.Resolved)));

    [Fact]
    public void A_digest() => Golden.Check("slack-digest",
        SlackChannel.Payload(Some.Digest(Some.Crash(), Some.Slow(), Some.Over(Some.Slow(9))) with { Digest = new DigestSummary(40, 2, Some.Time) }));

    [Fact]
    public void Hostile_text_mentions_nobody_and_links_nowhere() =>
        Golden.Check("slack-hostile", SlackChannel.Payload(Some.News(Some.Saying(Some.Hostile))));

    [Fact]
    public void A_test_message_links_to_the_front_page() =>
        SlackChannel.Payload(Some.News(Some.Slow(0), NotificationReason.Test)).ToJsonString().ShouldNotContain("/alerts/0");

    [Fact]
    public void A_long_alert_stays_within_the_limits()
    {
        JsonObject payload = SlackChannel.Payload(Some.News(Some.Saying(string.Concat(Enumerable.Repeat("<🚨&", 20_000)))));
        WithinLimits(payload);
        // Cut, not emptied.
        payload["blocks"]!.AsArray().Select(b => b!["text"]?["text"]?.GetValue<string>() ?? "").Max(t => t.Length).ShouldBeGreaterThan(2000);
    }

    [Fact]
    public void A_long_digest_stays_within_the_limits()
    {
        JsonObject payload = SlackChannel.Payload(Some.Digest([.. Enumerable.Range(1, 100).Select(i => Some.Slow(i))]));
        WithinLimits(payload);
        payload["blocks"]!.AsArray()[^1]!["text"]!["text"]!.GetValue<string>().ShouldContain("and 70 more");
    }

    [Theory]
    [Trait("Kind", "Fuzz")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_text_stays_text(int seed)
    {
        var random = FuzzSeed.Random(seed);
        for (int i = 0; i < 400; i++)
        {
            Notification news = Some.News(Some.Saying(Noise.Text(random, 200)), (NotificationReason)random.Next(4));
            WithinLimits(SlackChannel.Payload(random.Next(3) == 0 ? Some.Digest(news.Alerts[0], Some.Slow()) : news));
        }
    }

    private static void WithinLimits(JsonObject payload)
    {
        JsonNode read = JsonNode.Parse(JsonSerializer.SerializeToUtf8Bytes(payload))!;
        JsonArray blocks = read["blocks"]!.AsArray();
        blocks.Count.ShouldBeInRange(1, 50);
        foreach (JsonNode? block in blocks)
        {
            switch (block!["type"]!.GetValue<string>())
            {
                case "header":
                    block["text"]!["text"]!.GetValue<string>().Length.ShouldBeInRange(1, 150);
                    break;
                case "context":
                    block["elements"]!.AsArray().Count.ShouldBeInRange(1, 10);
                    Check(block["elements"]![0]!, 3000);
                    break;
                default:
                    if (block["fields"] is JsonArray fields)
                    {
                        fields.Count.ShouldBeInRange(1, 10);
                        foreach (JsonNode? field in fields)
                            Check(field!, 2000);
                    }
                    else
                    {
                        Check(block["text"]!, 3000);
                    }
                    break;
            }
        }
    }

    /// <summary>Every remaining "&lt;" opens a link of ours.</summary>
    private static void Check(JsonNode markdown, int max)
    {
        string text = markdown["text"]!.GetValue<string>();
        text.Length.ShouldBeInRange(1, max);
        markdown["verbatim"]!.GetValue<bool>().ShouldBeTrue();
        for (int at = text.IndexOf('<'); at >= 0; at = text.IndexOf('<', at + 1))
            text[at..].ShouldStartWith("<https://");
        text.ShouldNotContain("evil.example|");
    }
}
