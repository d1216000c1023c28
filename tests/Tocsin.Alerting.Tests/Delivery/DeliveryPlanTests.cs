using Tocsin.Alerting.Delivery;
using Tocsin.Channels;

namespace Tocsin.Alerting.Tests.Delivery;

public sealed class DeliveryPlanTests
{
    private const long Now = 1_000_000_000, Window = 300_000;
    private static readonly ChannelRules s_rules = new() { RateLimit = 2, RateWindow = TimeSpan.FromMilliseconds(Window) };

    [Fact]
    public void Nothing_waits_nothing_happens() => Check(Decide([]), "send - wake -");

    [Fact]
    public void The_oldest_goes_first() => Check(Decide([Row(1, 10), Row(2, 11)]), "send 1 wake -");

    [Theory]
    [InlineData("firing", "escalated", "supersede 1 send 2")]
    [InlineData("firing", "resolved", "supersede 1,2 send -")]
    [InlineData("reopened", "escalated", "supersede 1 send 2")]
    [InlineData("resolved", "reopened", "supersede 1 send 2")]
    public void Only_the_latest_news_of_an_alert_counts(string first, string second, string plan) =>
        Check(Decide([Row(1, 10, first), Row(2, 10, second)]), $"{plan} wake -");

    [Fact]
    public void The_end_is_told_to_whom_the_beginning_was()
    {
        Check(Decide([Row(1, 10, "resolved")]), "supersede 1 send - wake -");
        Check(Decide([Row(1, 10, "resolved")], told: [10]), "send 1 wake -");
        Check(Decide([Row(1, 10, "resolved")], told: [11]), "supersede 1 send - wake -");
        Check(Decide([Row(1, 10) with { Uncertain = true, Attempts = 1 }, Row(2, 10, "resolved")]), "supersede 1 send 2 wake -");
        Check(Decide([Row(1, 10) with { Attempts = 1 }, Row(2, 10, "resolved")]), "supersede 1,2 send - wake -");
    }

    [Fact]
    public void What_is_not_due_does_not_keep_others_waiting()
    {
        WaitingRow later = Row(1, 10) with { Attempts = 1, DueAt = Now + 5000 };
        Check(Decide([later, Row(2, 11)]), "send 2 wake 5000");
        Check(Decide([later]), "send - wake 5000");
        Check(Decide([later with { DueAt = Now }]), "send 1 wake -");
    }

    [Fact]
    public void Beyond_the_limit_rows_are_held_until_the_window_opens()
    {
        Check(Decide([Row(1, 10), Row(2, 11)], slots: [Now - 100, Now - 50]), $"hold 1,2 send - wake {Window - 100}");
        Check(Decide([Held(1, 10), Row(2, 11)], slots: [Now - 100, Now - 50]), $"hold 2 send - wake {Window - 100}");
        Check(Decide([Row(1, 10)], slots: [Now - 300, Now - 200, Now - 100]), $"hold 1 send - wake {Window - 200}");
        Check(Decide([Row(1, 10)], slots: [Now - Window, Now - 50]), "send 1 wake -");
    }

    [Fact]
    public void What_was_held_leaves_together()
    {
        Check(Decide([Held(1, 10), Held(2, 11), Row(3, 12)]), "bundle 1,2 send - wake 0");
        Check(Decide([Held(1, 10)]), "send 1 wake -");
        Check(Decide([Held(1, 10), Held(2, 11), Row(3, 10, "resolved")]), "supersede 1,3 send 2 wake -");
    }

    [Theory]
    [InlineData("resolved")]
    [InlineData("critical")]
    [InlineData("critical and known")]
    [InlineData("again")]
    [InlineData("digest")]
    public void The_limit_does_not_hold(string kind)
    {
        WaitingRow row = kind switch
        {
            "resolved" => Row(5, 10, "resolved"),
            "critical" => Row(5, 11) with { Critical = true },
            "critical and known" => Row(5, 10, "escalated") with { Critical = true },
            "again" => Row(5, 11) with { Attempts = 1 },
            _ => Row(5, null, "digest"),
        };
        Check(Decide([Row(4, 12), row], told: [10], slots: [Now - 2, Now - 1]), $"hold 4 send 5 wake {Window - 2}");
    }

    [Fact]
    public void The_urgent_overtakes_the_rest() => Check(Decide([Row(1, 10), Row(2, 11) with { Critical = true }]), "send 2 wake -");

    [Fact]
    public void The_end_waits_for_the_digest_that_is_to_tell_the_beginning()
    {
        WaitingRow digest = Row(2, null, "digest") with { Attempts = 1, DueAt = Now + 7000 };
        Check(Decide([digest, Row(3, 10, "resolved")], digested: [10]), "send - wake 7000");
        Check(Decide([digest with { DueAt = Now }, Row(3, 10, "resolved")], digested: [10]), "send 2 wake -");
        Check(Decide([digest, Row(3, 10, "resolved"), Row(4, 10, "reopened")], digested: [10]), "supersede 3 send - wake 7000");
    }

    private static WaitingRow Row(long id, long? alert, string reason = "firing") =>
        new() { Id = id, AlertId = alert, Reason = reason, EnqueuedAt = Now - 10, DueAt = Now - 10 };

    private static WaitingRow Held(long id, long alert) => Row(id, alert) with { Held = true };

    private static DeliveryPlan Decide(WaitingRow[] rows, long[]? told = null, long[]? digested = null, long[]? slots = null) =>
        DeliveryPlan.Decide(
            new ChannelState(rows, (told ?? []).ToHashSet(), (digested ?? []).ToHashSet(), slots ?? []), s_rules, Now);

    private static void Check(DeliveryPlan plan, string expected)
    {
        string words = "";
        foreach ((string name, IReadOnlyList<long> ids) in
            new[] { ("supersede", plan.Supersede), ("hold", plan.Hold), ("bundle", plan.Bundle) })
            words += ids.Count > 0 ? $"{name} {string.Join(',', ids.Order())} " : "";
        words += $"send {(plan.Send is { } id ? $"{id}" : "-")} wake {(plan.WakeAt is { } at ? $"{at - Now}" : "-")}";
        words.ShouldBe(expected);
    }
}
