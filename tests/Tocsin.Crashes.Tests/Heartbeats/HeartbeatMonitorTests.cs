using Tocsin.Crashes.Heartbeats;
using Tocsin.Model.Alerts;
using Tocsin.Model.Crashes;

namespace Tocsin.Crashes.Tests.Heartbeats;

public sealed class HeartbeatMonitorTests
{
    private static Heartbeat Beat(string state = "running", string run = "run1") =>
        new() { Service = "bookings", RunId = run, Host = "web-01", Pid = 7, State = state };

    private static async Task Pass(CrashDesk desk, int seconds)
    {
        for (int i = 0; i < seconds; i++)
        {
            desk.Manual.Advance(TimeSpan.FromSeconds(1));
            await desk.Heartbeats.Look(CancellationToken.None);
        }
    }

    [Fact]
    public async Task Fifteen_seconds_of_silence_are_a_hang_and_the_next_beat_ends_it()
    {
        await using var desk = new CrashDesk();
        await desk.Heartbeats.Beat(Beat(), CancellationToken.None);
        await Pass(desk, 14);
        desk.Groups.ShouldBeEmpty();
        await Pass(desk, 2);
        CrashGroup group = desk.Groups.ShouldHaveSingleItem();
        (group.Class, group.Title, group.Count).ShouldBe((CrashClass.Hung, "Hang (bookings)", 1));
        Alert alert = desk.AllAlerts.ShouldHaveSingleItem();
        (alert.Type, alert.Condition).ShouldBe(("hang", AlertCondition.Firing));
        await Pass(desk, 30);
        desk.Groups[0].Count.ShouldBe(1);

        await desk.Heartbeats.Beat(Beat(), CancellationToken.None);
        desk.AllAlerts[0].Condition.ShouldBe(AlertCondition.Resolved);
        CrashAccepted death = await desk.Accept(SomeCrash.Of(CrashClass.Killed).In("run1", 7));
        desk.Groups.Count.ShouldBe(2, "the hang had passed");
        death.GroupId.ShouldNotBe(group.Id);
    }

    [Fact]
    public async Task Who_said_goodbye_or_is_known_to_be_dead_does_not_hang()
    {
        await using var desk = new CrashDesk();
        await desk.Heartbeats.Beat(Beat(run: "gone"), CancellationToken.None);
        await desk.Heartbeats.Beat(Beat("stopping", "gone"), CancellationToken.None);
        await desk.Heartbeats.Beat(Beat("stopped", "gone"), CancellationToken.None);
        await desk.Heartbeats.Beat(Beat(run: "dead"), CancellationToken.None);
        await desk.Accept(SomeCrash.Of(CrashClass.Killed).In("dead", 7));
        await Pass(desk, 40);
        desk.Groups.ShouldHaveSingleItem().Class.ShouldBe(CrashClass.Killed);
        desk.Heartbeats.Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_pause_of_the_server_itself_is_nobodys_hang()
    {
        await using var desk = new CrashDesk();
        await desk.Heartbeats.Beat(Beat(), CancellationToken.None);
        await Pass(desk, 3);
        desk.Manual.Advance(TimeSpan.FromMinutes(10));
        await desk.Heartbeats.Look(CancellationToken.None);
        desk.Groups.ShouldBeEmpty();
        await Pass(desk, 16);
        desk.Groups.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_hang_found_before_the_servers_restart_ends_with_the_next_beat()
    {
        await using var desk = new CrashDesk();
        await desk.Accept(SomeCrash.Of(CrashClass.Hung, "heartbeat").In("run1", 7));
        desk.AllAlerts[0].Condition.ShouldBe(AlertCondition.Firing);
        await desk.Heartbeats.Beat(Beat(), CancellationToken.None);
        desk.AllAlerts[0].Condition.ShouldBe(AlertCondition.Resolved);
    }

    [Fact]
    public async Task The_number_of_watched_processes_is_bounded()
    {
        await using var desk = new CrashDesk();
        for (int i = 0; i < HeartbeatMonitor.MaxRuns + 5; i++)
            await desk.Heartbeats.Beat(Beat(run: $"r{i}"), CancellationToken.None);
        desk.Heartbeats.Count.ShouldBe(HeartbeatMonitor.MaxRuns);
        desk.Metrics.Total("tocsin_heartbeats_refused_total").ShouldBe(5);
    }
}
