using System.Text.Json;
using System.Text.Json.Nodes;
using Tocsin.Model.Alerts;
using Tocsin.Testing;

namespace Tocsin.Channels.Tests;

public sealed class WebhookPayloadTests
{
    [Fact]
    public void A_crash_has_Alertmanagers_shape() => Golden.Check("webhook-firing", WebhookChannel.Payload(Some.News(Some.Crash())));

    [Fact]
    public void The_end_names_its_time() =>
        Golden.Check("webhook-resolved", WebhookChannel.Payload(Some.News(Some.Over(Some.Crash()), NotificationReason.Resolved)));

    [Fact]
    public void A_digest_has_common_labels_and_counts_what_it_does_not_show() => Golden.Check("webhook-digest",
        WebhookChannel.Payload(Some.Digest(Some.Slow(1), Some.Slow(2)) with { Digest = new DigestSummary(5, 1, Some.Time) }));

    [Fact]
    public void Hostile_text_is_data() => Golden.Check("webhook-hostile", WebhookChannel.Payload(Some.News(Some.Saying(Some.Hostile))));

    [Theory]
    [InlineData(NotificationReason.Firing, "first notification")]
    [InlineData(NotificationReason.Reopened, "new alerts added")]
    [InlineData(NotificationReason.Escalated, "new alerts added")]
    [InlineData(NotificationReason.Resolved, "all alerts resolved")]
    [InlineData(NotificationReason.Test, "first notification")]
    public void Reasons_are_those_that_receivers_know(NotificationReason reason, string words) =>
        WebhookChannel.Payload(Some.News(Some.Slow(), reason))["notification_reason"]!.GetValue<string>().ShouldBe(words);

    [Fact]
    public void A_digest_fires_while_one_of_its_alerts_does()
    {
        JsonObject mixed = WebhookChannel.Payload(Some.Digest(Some.Slow(1), Some.Over(Some.Slow(2))));
        (mixed["status"]!.GetValue<string>(), mixed["notification_reason"]!.GetValue<string>()).ShouldBe(("firing", "some alerts resolved"));
        JsonObject over = WebhookChannel.Payload(Some.Digest(Some.Over(Some.Slow(1)), Some.Over(Some.Slow(2))));
        (over["status"]!.GetValue<string>(), over["notification_reason"]!.GetValue<string>()).ShouldBe(("resolved", "all alerts resolved"));
    }

    [Fact]
    public void The_receiver_is_a_quoted_pattern_and_empty_labels_are_left_out()
    {
        JsonObject body = WebhookChannel.Payload(
            Some.News(Some.Slow() with { Labels = new Dictionary<string, string> { ["team"] = "", ["severity"] = "page" } }));
        body["receiver"]!.GetValue<string>().ShouldBe("ops\\.hook");
        JsonObject labels = body["commonLabels"]!.AsObject();
        labels.ContainsKey("team").ShouldBeFalse();
        labels["severity"]!.GetValue<string>().ShouldBe("page");
    }

    [Fact]
    public void The_fingerprint_is_that_of_Prometheus()
    {
        // No labels: the offset basis of FNV-1a. One label: the definition, byte by byte.
        WebhookLabels.Fingerprint([]).ShouldBe("cbf29ce484222325");
        ulong hash = 0xcbf29ce484222325;
        foreach (byte b in "alertname"u8.ToArray().Append((byte)0xFF).Concat("down"u8.ToArray()).Append((byte)0xFF))
            hash = (hash ^ b) * 0x100000001b3;
        WebhookLabels.Fingerprint(new() { ["alertname"] = "down" }).ShouldBe(hash.ToString("x16"));
    }

    [Fact]
    public void A_link_that_is_no_web_address_is_left_out() =>
        WebhookChannel.Payload(Some.News(Some.Saying("x"))).ToJsonString().ShouldNotContain("javascript:");

    [Theory]
    [Trait("Kind", "Fuzz")]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_text_becomes_JSON_that_says_the_same(int seed)
    {
        var random = FuzzSeed.Random(seed);
        for (int i = 0; i < 500; i++)
        {
            string text = Noise.Text(random, 60);
            JsonNode read = JsonNode.Parse(JsonSerializer.SerializeToUtf8Bytes(WebhookChannel.Payload(Some.News(Some.Saying(text)))))!;
            read["alerts"]![0]!["annotations"]!["summary"]!.GetValue<string>().ShouldBe(text);
        }
    }
}
