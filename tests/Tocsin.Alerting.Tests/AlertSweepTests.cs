using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Tests;

public sealed class AlertSweepTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_not_seen_again_in_time_expires_and_tells()
    {
        await using var desk = new Desk();
        await desk.Raise(Some.Proposal() with { ExpiresIn = TimeSpan.FromMinutes(10) });
        desk.Clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        (await desk.Sweep.Sweep(Cancel)).ShouldBe(0);
        desk.Clock.Advance(TimeSpan.FromHours(3));
        (await desk.Sweep.Sweep(Cancel)).ShouldBe(1);
        Alert alert = desk.Find(1);
        (alert.Condition, alert.EndsAt).ShouldBe((AlertCondition.Expired, Some.Time.AddMinutes(10)));
        desk.News(1).ShouldBe("firing resolved");
        (await desk.Sweep.Sweep(Cancel)).ShouldBe(0);
    }

    [Fact]
    public async Task Being_seen_again_puts_the_expiry_off_even_when_the_repeat_names_none()
    {
        await using var desk = new Desk();
        await desk.Raise(Some.Proposal() with { ExpiresIn = TimeSpan.FromMinutes(10) });
        desk.Clock.Advance(TimeSpan.FromMinutes(9));
        await desk.Raise(Some.Proposal());
        desk.Find(1).ExpiresAt.ShouldBe(Some.Time.AddMinutes(19));
    }

    [Fact]
    public async Task When_a_suppression_runs_out_and_it_still_fires_people_are_told()
    {
        await using var desk = new Desk();
        await desk.Raise(Some.Proposal());
        await desk.Actions.Suppress(1, "ada", TimeSpan.FromHours(1), null);
        desk.Clock.Advance(TimeSpan.FromHours(1));
        (await desk.Sweep.Sweep(Cancel)).ShouldBe(1);
        desk.ActionsOf(1).ShouldBe("opened suppressed unsuppressed");
        desk.News(1).ShouldBe("firing firing");
        (await desk.Sweep.Sweep(Cancel)).ShouldBe(0);
    }

    [Fact]
    public async Task When_it_was_resolved_meanwhile_nobody_is_told_that_the_suppression_ran_out()
    {
        await using var desk = new Desk();
        await desk.Raise(Some.Proposal());
        await desk.Actions.Suppress(1, "ada", TimeSpan.FromHours(1), null);
        await desk.Resolve("high_cpu:web-1");
        desk.Clock.Advance(TimeSpan.FromHours(1));
        (await desk.Sweep.Sweep(Cancel)).ShouldBe(0);
        desk.News(1).ShouldBe("firing resolved");
    }

    [Fact]
    public async Task Alerts_that_ended_long_ago_are_forgotten_with_their_history_and_open_ones_never()
    {
        await using var desk = new Desk(new AlertOptions { Retention = TimeSpan.FromDays(90) });
        await desk.Raise(Some.Proposal("old"));
        await desk.Resolve("high_cpu:old");
        await desk.Raise(Some.Proposal("still open"));
        desk.Clock.Advance(TimeSpan.FromDays(91));
        (await desk.Sweep.Sweep(Cancel)).ShouldBe(1);
        desk.Catalog.Read(c => Records.AlertTable.Find(c, 1)).ShouldBeNull();
        desk.History(1).ShouldBeEmpty();
        desk.StatusOf(2).ShouldBe(AlertStatus.Active);
    }

    [Fact]
    public async Task It_sweeps_by_the_clock_until_cancelled()
    {
        await using var desk = new Desk();
        await desk.Raise(Some.Proposal() with { ExpiresIn = TimeSpan.FromSeconds(30) });
        using var stop = new CancellationTokenSource();
        Task running = desk.Sweep.Run(stop.Token);
        for (int i = 0; i < 3000 && desk.Find(1).Condition != AlertCondition.Expired; i++)
        {
            desk.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, Cancel);
        }
        desk.Find(1).Condition.ShouldBe(AlertCondition.Expired);
        await stop.CancelAsync();
        await running;
    }
}
