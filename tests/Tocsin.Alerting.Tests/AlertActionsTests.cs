using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Tests;

public sealed class AlertActionsTests
{
    [Fact]
    public async Task Acknowledging_says_who_when_and_why_and_makes_no_news()
    {
        await using var desk = new Desk();
        await desk.Raise(Some.Proposal());
        desk.Clock.Advance(TimeSpan.FromMinutes(3));
        Alert alert = Done(await desk.Actions.Acknowledge(1, "ada", "checking the execution plan"));
        (alert.AcknowledgedBy, alert.AcknowledgedAt).ShouldBe(("ada", Some.Time.AddMinutes(3)));
        desk.History(1)[^1].ShouldBe(new AlertTransition(Some.Time.AddMinutes(3), "acknowledged", "ada", "checking the execution plan"));
        desk.News(1).ShouldBe("firing");
    }

    [Fact]
    public async Task The_second_of_two_who_acknowledge_is_told_the_state_it_met()
    {
        await using var desk = new Desk();
        await desk.Raise(Some.Proposal());
        AlertActionResult[] results = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => desk.Actions.Acknowledge(1, $"person {i}", null)));
        results.OfType<AlertActionResult.Done>().Count().ShouldBe(1);
        results.OfType<AlertActionResult.Refused>().ShouldAllBe(r => r.Status == AlertStatus.Acknowledged);
        desk.ActionsOf(1).ShouldBe("opened acknowledged");
    }

    [Fact]
    public async Task Occurrences_never_overwrite_what_people_decided()
    {
        await using var desk = new Desk();
        await desk.Raise(Some.Proposal());
        Task<Raised>[] repeats = [.. Enumerable.Range(0, 50).Select(_ => desk.Raise(Some.Proposal()))];
        Task<AlertActionResult> acknowledge = desk.Actions.Acknowledge(1, "ada", null);
        Task<Raised>[] more = [.. Enumerable.Range(0, 50).Select(_ => desk.Raise(Some.Proposal()))];
        await Task.WhenAll([.. repeats, acknowledge, .. more]);
        Alert alert = desk.Find(1);
        (alert.AcknowledgedBy, alert.Count).ShouldBe(("ada", 101));
    }

    [Fact]
    public async Task Taking_back_an_acknowledgement_makes_it_active_again()
    {
        await using var desk = new Desk();
        await desk.Raise(Some.Proposal());
        await desk.Actions.Acknowledge(1, "ada", null);
        Done(await desk.Actions.Unacknowledge(1, "ada", null)).AcknowledgedBy.ShouldBeNull();
        desk.StatusOf(1).ShouldBe(AlertStatus.Active);
    }

    [Fact]
    public async Task Resolving_ends_it_and_tells()
    {
        await using var desk = new Desk();
        await desk.Raise(Some.Proposal());
        Done(await desk.Actions.Resolve(1, "ada", "added an index")).EndsAt.ShouldBe(Some.Time);
        desk.News(1).ShouldBe("firing resolved");
        (await desk.Actions.Resolve(1, "ada", null)).ShouldBeOfType<AlertActionResult.Refused>().Status.ShouldBe(AlertStatus.Resolved);
    }

    [Fact]
    public async Task Suppressing_mutes_for_a_time_while_it_keeps_counting()
    {
        await using var desk = new Desk();
        await desk.Raise(Some.Proposal());
        Done(await desk.Actions.Suppress(1, "ada", TimeSpan.FromHours(2), "planned maintenance"))
            .SuppressedUntil.ShouldBe(Some.Time.AddHours(2));
        await desk.Raise(Some.Proposal(priority: AlertPriority.Critical));
        (desk.StatusOf(1), desk.Find(1).Count, desk.Find(1).Priority).ShouldBe((AlertStatus.Suppressed, 2, AlertPriority.Critical));
        desk.News(1).ShouldBe("firing");
        desk.Clock.Advance(TimeSpan.FromHours(2));
        desk.StatusOf(1).ShouldBe(AlertStatus.Active);
    }

    [Fact]
    public async Task Resolving_a_suppressed_alert_tells_those_who_had_heard_that_it_fires()
    {
        await using var desk = new Desk();
        await desk.Raise(Some.Proposal());
        await desk.Actions.Suppress(1, "ada", TimeSpan.FromHours(2), null);
        await desk.Actions.Resolve(1, "ada", null);
        desk.News(1).ShouldBe("firing resolved");
    }

    [Fact]
    public async Task Lifting_a_suppression_early_tells_that_it_still_fires()
    {
        await using var desk = new Desk();
        await desk.Raise(Some.Proposal());
        await desk.Actions.Suppress(1, "ada", TimeSpan.FromHours(2), null);
        Done(await desk.Actions.Unsuppress(1, "ada", "maintenance done")).SuppressedUntil.ShouldBeNull();
        desk.News(1).ShouldBe("firing firing");
    }

    [Fact]
    public async Task An_alert_nobody_knows_is_named()
    {
        await using var desk = new Desk();
        (await desk.Actions.Resolve(42, "ada", null)).ShouldBe(new AlertActionResult.Unknown(42));
    }

    [Fact]
    public async Task An_action_meets_the_state_that_the_clock_has_made()
    {
        await using var desk = new Desk();
        await desk.Raise(Some.Proposal() with { ExpiresIn = TimeSpan.FromMinutes(10) });
        desk.Clock.Advance(TimeSpan.FromMinutes(10));
        (await desk.Actions.Acknowledge(1, "ada", null)).ShouldBeOfType<AlertActionResult.Refused>().Status.ShouldBe(AlertStatus.Expired);
        desk.ActionsOf(1).ShouldBe("opened expired");
    }

    private static Alert Done(AlertActionResult result) => result.ShouldBeOfType<AlertActionResult.Done>().Alert;
}
