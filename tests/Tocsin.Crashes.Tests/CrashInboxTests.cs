using System.Text.Json;
using Tocsin.Crashes.Store;
using Tocsin.Model.Alerts;
using Tocsin.Model.Crashes;
using Tocsin.Model.Live;
using static Tocsin.Crashes.Tests.SomeCrash;

namespace Tocsin.Crashes.Tests;

public sealed class CrashInboxTests
{
    private const string Fees = "System.InvalidOperationException: no fee for booking 4711\n   at Bookings.Fees.Compute(Int32 id)\n   at Bookings.Desk.Book()\n";

    [Fact]
    public async Task A_crash_becomes_a_record_a_group_and_an_alert_that_says_it_all()
    {
        await using var desk = new CrashDesk();
        CrashAccepted accepted = await desk.Accept(Thrown(Fees) with
        {
            UserId = "ann", Release = "1.4.0", Process = new CrashProcess { Pid = 4711, ExitCode = 134 },
        });
        accepted.Duplicate.ShouldBeFalse();
        CrashGroupDetail detail = desk.Detail(accepted.GroupId);
        detail.Group.Title.ShouldBe("InvalidOperationException in Bookings.Fees.Compute (bookings)");
        (detail.Group.State, detail.Group.Count, detail.Group.Users, detail.Group.Hosts).ShouldBe(("new", 1, 1, 1));
        detail.Group.Releases.ShouldBe(["1.4.0"]);
        detail.Group.Trend.Count.ShouldBe(24);
        detail.Group.Trend[^1].ShouldBe(1);
        detail.Fingerprint.Key.ShouldStartWith("tocsin:1:");
        detail.Fingerprint.Parts.ShouldContain("frame Bookings.Fees.Compute");
        detail.Diagnosis!.Rule.ShouldBe("code.invalid_operation");
        detail.Latest!.CrashId.ShouldBe(accepted.CrashId);

        Alert alert = desk.Alert(accepted.AlertId);
        (alert.Type, alert.Title, alert.Resource).ShouldBe(("crash", detail.Group.Title, "bookings"));
        (alert.CrashGroupId, alert.CrashId, alert.AffectedUsers).ShouldBe((accepted.GroupId, accepted.CrashId, 1));
        alert.Priority.ShouldBe(AlertPriority.High);
        alert.Recommendations.ShouldBe(detail.Diagnosis.NextSteps);
        alert.Message.ShouldContain("What: ");
        alert.Message.ShouldContain("no fee for booking 4711");
        alert.Message.ShouldContain("Where: Bookings.Fees.Compute on web-01, pid 4711, release 1.4.0");
        alert.Message.ShouldContain("When: 2026-03-14 15:09:26 UTC");
        alert.Message.ShouldContain("Why (rule code.invalid_operation): ");
        alert.Message.ShouldContain("Who: 1 user");
        alert.Message.ShouldContain("Recurrence: seen for the first time");
        alert.Metadata["top_frames"][0].GetString().ShouldBe("Bookings.Fees.Compute(Int32 id)");
        alert.Metadata["exit_code"].GetInt32().ShouldBe(134);
        desk.Metrics.Total("tocsin_crashes_total").ShouldBe(1);
    }

    [Fact]
    public async Task A_repeat_counts_on_the_open_alert()
    {
        await using var desk = new CrashDesk();
        CrashAccepted first = await desk.Accept(Thrown(Fees));
        desk.Manual.Advance(TimeSpan.FromMinutes(10));
        CrashAccepted second = await desk.Accept(Thrown(Fees.Replace("4711", "4712")));
        second.GroupId.ShouldBe(first.GroupId);
        second.AlertId.ShouldBe(first.AlertId);
        desk.Alert(first.AlertId).Count.ShouldBe(2);
        desk.Groups.ShouldHaveSingleItem().Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_same_id_counts_once_however_many_send_it_at_once()
    {
        await using var desk = new CrashDesk();
        CrashRecord crash = Thrown(Fees);
        CrashAccepted[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            Task.Run(() => desk.Accept(crash))));
        answers.Count(a => !a.Duplicate).ShouldBe(1);
        answers.Select(a =>
            (a.CrashId, a.GroupId, a.AlertId)).Distinct().ShouldHaveSingleItem().AlertId.ShouldNotBeNull();
        desk.Groups.ShouldHaveSingleItem().Count.ShouldBe(1);
        desk.Alert(answers[0].AlertId).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Two_reports_of_one_death_become_one_record_in_the_better_group()
    {
        await using var desk = new CrashDesk();
        CrashAccepted hung = await desk.Accept(Of(CrashClass.Hung, "heartbeat").In("run1", 7));
        hung.AlertId.ShouldNotBeNull();
        desk.Manual.Advance(TimeSpan.FromSeconds(30));
        CrashRecord death = Thrown(Fees, "supervisor").In("run1", 7) with { Time = desk.Clock.GetUtcNow(),
            StderrTail = "Unhandled exception." };
        CrashAccepted dead = await desk.Accept(death);
        (dead.CrashId, dead.Duplicate).ShouldBe((hung.CrashId, false));
        dead.GroupId.ShouldNotBe(hung.GroupId);
        CrashGroup group = desk.Groups.ShouldHaveSingleItem();
        (group.Id, group.Count, group.Class).ShouldBe((dead.GroupId, 1, CrashClass.Unhandled));
        desk.Alert(hung.AlertId).Condition.ShouldBe(AlertCondition.Resolved);
        desk.Alert(dead.AlertId).Condition.ShouldBe(AlertCondition.Firing);
        desk.Detail(hung.GroupId).Group.Id.ShouldBe(dead.GroupId, "the empty group leads to the one that took over");
        desk.Reports.Crash(dead.GroupId, death.CrashId)!.CrashId.ShouldBe(hung.CrashId);
        (await desk.Accept(death)).Duplicate.ShouldBeTrue();
        desk.Statistics.Counts().Total.ShouldBe(1);
    }

    [Fact]
    public async Task Better_evidence_in_the_same_group_raises_the_priority_and_counts_no_second_crash()
    {
        await using var desk = new CrashDesk();
        CrashAccepted seen = await desk.Accept(Thrown(Fees, "otlp").In("run1"));
        desk.Alert(seen.AlertId).Priority.ShouldBe(AlertPriority.High);
        CrashAccepted dead = await desk.Accept(Thrown(Fees,
            "supervisor").In("run1") with { Process = new CrashProcess { RunId = "run1", ExitCode = 134 } });
        (dead.CrashId, dead.GroupId).ShouldBe((seen.CrashId, seen.GroupId));
        desk.Groups.ShouldHaveSingleItem().Count.ShouldBe(1);
        desk.Alert(seen.AlertId).Count.ShouldBe(1);
        desk.Reports.Crash(seen.GroupId, seen.CrashId)!.Source.ShouldBe("supervisor");
    }

    [Fact]
    public async Task An_unobserved_task_never_becomes_a_death()
    {
        await using var desk = new CrashDesk();
        CrashAccepted task = await desk.Accept(Thrown(Fees).In("run1") with { Class = CrashClass.Unobserved });
        CrashAccepted death = await desk.Accept(Thrown(Fees, "supervisor").In("run1"));
        death.CrashId.ShouldNotBe(task.CrashId);
        death.GroupId.ShouldNotBe(task.GroupId);
        desk.Alert(task.AlertId).Priority.ShouldBe(AlertPriority.Medium);
    }

    [Fact]
    public async Task A_captured_exception_that_then_ends_the_process_is_one_record_under_its_first_id()
    {
        await using var desk = new CrashDesk();
        CrashRecord captured = Thrown(Fees).In("run1") with { Class = CrashClass.Captured };
        CrashAccepted seen = await desk.Accept(captured);
        desk.Alert(seen.AlertId).Priority.ShouldBe(AlertPriority.High, "the rules know it");
        (await desk.Accept(captured)).Duplicate.ShouldBeTrue();
        CrashAccepted dead = await desk.Accept(captured with { Class = CrashClass.Unhandled });
        (dead.CrashId, dead.GroupId, dead.Duplicate).ShouldBe((seen.CrashId, seen.GroupId, false));
        (await desk.Accept(captured)).Duplicate.ShouldBeTrue("the earlier report came late");
        desk.Groups.ShouldHaveSingleItem().Count.ShouldBe(1);
        desk.Reports.Crash(seen.GroupId, seen.CrashId)!.Class.ShouldBe(CrashClass.Unhandled);
    }

    [Fact]
    public async Task Captured_exceptions_are_no_crash_loop()
    {
        await using var desk = new CrashDesk();
        for (int i = 0; i < 5; i++)
            await desk.Accept(Thrown(Fees).In("run1") with { Class = CrashClass.Captured });
        desk.Groups.ShouldHaveSingleItem().Count.ShouldBe(5);
        desk.AllAlerts.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_resolved_group_that_comes_back_has_regressed_and_tells_what_helped_last_time()
    {
        await using var desk = new CrashDesk();
        CrashAccepted first = await desk.Accept(Thrown(Fees));
        desk.Manual.Advance(TimeSpan.FromMinutes(1));
        (await desk.Actions.Resolve(first.GroupId, "ann", "raised the fee table to 1.5",
            CancellationToken.None)).ShouldBeTrue();
        desk.Alert(first.AlertId).Condition.ShouldBe(AlertCondition.Resolved);
        desk.Groups[0].State.ShouldBe("resolved");

        await desk.Accept(Thrown(Fees) with { Time = Time });
        desk.Groups[0].State.ShouldBe("resolved", "a crash from before, delivered late");

        desk.Manual.Advance(TimeSpan.FromHours(2));
        CrashAccepted again = await desk.Accept(Thrown(Fees) with { Time = desk.Clock.GetUtcNow() });
        desk.Groups[0].State.ShouldBe("regressed");
        Alert alert = desk.Alert(again.AlertId);
        alert.Condition.ShouldBe(AlertCondition.Firing);
        alert.Message.ShouldContain("came back after it was resolved");
        alert.Message.ShouldContain("Last time ann resolved it with: raised the fee table to 1.5");
        alert.Metadata["turning_point"].GetString().ShouldBe("regressed");
    }

    [Fact]
    public async Task An_ignored_group_is_counted_and_silent()
    {
        await using var desk = new CrashDesk();
        CrashAccepted first = await desk.Accept(Thrown(Fees));
        await desk.Actions.Ignore(first.GroupId, "ann", null, CancellationToken.None);
        CrashAccepted second = await desk.Accept(Thrown(Fees));
        second.AlertId.ShouldBeNull();
        desk.Alert(first.AlertId).Condition.ShouldBe(AlertCondition.Resolved);
        (desk.Groups[0].State, desk.Groups[0].Count).ShouldBe(("ignored", 2));
    }

    [Fact]
    public async Task Spreading_to_many_users_makes_it_critical()
    {
        await using var desk = new CrashDesk();
        CrashAccepted last = await desk.Accept(Thrown(Fees) with { UserId = "user0" });
        desk.Alert(last.AlertId).Priority.ShouldBe(AlertPriority.High);
        for (int i = 1; i <= 10; i++)
            last = await desk.Accept(Thrown(Fees, "otlp") with { UserId = $"user{i}" });
        (desk.Groups[0].Users, desk.Alert(last.AlertId).Priority,
            desk.Alert(last.AlertId).AffectedUsers).ShouldBe((11, AlertPriority.Critical, 11));
    }

    [Fact]
    public async Task Three_deaths_within_minutes_are_a_loop_with_an_alert_of_its_own()
    {
        await using var desk = new CrashDesk();
        for (int i = 0; i < 3; i++)
        {
            await desk.Accept(Thrown(Fees, "supervisor").In($"run{i}", 100 + i) with { Time = desk.Clock.GetUtcNow() });
            desk.Manual.Advance(TimeSpan.FromSeconds(10));
        }
        Alert loop = desk.AllAlerts.Single(a => a.Type == "crash_loop");
        (loop.Title, loop.Priority,
            loop.Category).ShouldBe(("bookings keeps crashing on web-01", AlertPriority.Critical,
            AlertCategory.Availability));
        loop.ExpiresAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task Secrets_are_taken_out_before_anything_is_kept()
    {
        await using var desk = new CrashDesk();
        const string secret = "hunter2hunter2";
        CrashAccepted accepted = await desk.Accept(Of(CrashClass.ExitNonzero) with
        {
            Exception = Exception("Acme.LoginException", $"password={secret}", "Bookings.Login.Run()"),
            StderrTail = $"fatal: password={secret}",
            Process = new CrashProcess { Command = $"app --password={secret}" },
            Logs = [new CrashLog(Time, "info", "login", $"password={secret}")],
            Breadcrumbs = [new Breadcrumb(Time, "login", $"password={secret}")],
            Attributes = new Dictionary<string, string> { ["password"] = secret, ["note"] = $"password={secret}" },
        });
        string everything = CrashJson.Write(desk.Reports.Crash(accepted.GroupId, accepted.CrashId)!)
            + JsonSerializer.Serialize(desk.Alert(accepted.AlertId)) + JsonSerializer.Serialize(desk.Detail(accepted.GroupId));
        everything.ShouldNotContain(secret);
        everything.ShouldContain("[REDACTED]");
    }

    [Fact]
    public async Task A_long_group_keeps_its_first_and_last_crashes_and_counts_them_all()
    {
        await using var desk = new CrashDesk();
        List<string> ids = [];
        for (int i = 0; i < 260; i++)
            ids.Add((await desk.Accept(Thrown(Fees, "otlp"))).CrashId);
        CrashGroup group = desk.Groups.ShouldHaveSingleItem();
        group.Count.ShouldBe(260);
        desk.Reports.Crash(group.Id, ids[0]).ShouldNotBeNull();
        desk.Reports.Crash(group.Id, ids[^1]).ShouldNotBeNull();
        desk.Reports.Crash(group.Id, ids[130]).ShouldBeNull();
        (await desk.Accept(Thrown(Fees, "otlp") with { CrashId = ids[130] })).Duplicate.ShouldBeTrue();
    }

    [Fact]
    public async Task Old_crashes_are_let_go()
    {
        await using var desk = new CrashDesk();
        CrashAccepted accepted = await desk.Accept(Thrown(Fees));
        var retention = new CrashRetention(desk.Catalog, desk.Clock, TimeSpan.FromDays(90));
        (await retention.Clean(CancellationToken.None)).ShouldBe(0);
        desk.Manual.Advance(TimeSpan.FromDays(91));
        (await retention.Clean(CancellationToken.None)).ShouldBe(1);
        desk.Groups.ShouldBeEmpty();
        desk.Reports.Detail(accepted.GroupId).ShouldBeNull();
        desk.Statistics.Counts().Total.ShouldBe(0);
    }

    [Fact]
    public async Task Related_logs_come_with_the_news_and_late_ones_are_attached()
    {
        RelatedLog log = new(Time, "error", "bookings", "last line before the end");
        await using (var quick = new CrashDesk(findLogs: (_, _) => [log]))
        {
            CrashAccepted accepted = await quick.Accept(Thrown(Fees).In("run1"));
            quick.Alert(accepted.AlertId).RelatedLogs.ShouldHaveSingleItem().Message.ShouldBe(log.Message);
            quick.Reports.Crash(accepted.GroupId,
                accepted.CrashId)!.Logs.ShouldHaveSingleItem().Message.ShouldBe(log.Message);
        }
        using var gate = new ManualResetEventSlim();
        await using var slow = new CrashDesk(TimeProvider.System, (_, _) =>
        {
            gate.Wait(TimeSpan.FromSeconds(10), CancellationToken.None);
            return [log];
        });
        CrashAccepted late = await slow.Accept(Thrown(Fees).In("run1"));
        slow.Alert(late.AlertId).RelatedLogs.ShouldBeEmpty();
        gate.Set();
        for (int i = 0; i < 500 && slow.Alert(late.AlertId).RelatedLogs.Count == 0; i++)
            await Task.Delay(10);
        slow.Alert(late.AlertId).RelatedLogs.ShouldHaveSingleItem();
        slow.Alert(late.AlertId).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Watchers_hear_of_it_after_the_commit()
    {
        await using var desk = new CrashDesk();
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await using IAsyncEnumerator<LiveEvent> events = desk.Live.Watch(cancel.Token).GetAsyncEnumerator();
        ValueTask<bool> next = events.MoveNextAsync();
        CrashAccepted accepted = await desk.Accept(Thrown(Fees));
        do
        {
            (await next).ShouldBeTrue();
            if (events.Current.Topic == "crashes")
                break;
            next = events.MoveNextAsync();
        }
        while (true);
        JsonElement said = JsonDocument.Parse(events.Current.Json).RootElement;
        (said.GetProperty("kind").GetString(), said.GetProperty("id").GetInt64()).ShouldBe(("new", accepted.GroupId));
    }

    [Fact]
    public async Task Statistics_count_by_the_time_of_the_crash()
    {
        await using var desk = new CrashDesk();
        desk.Statistics.Counts().Status.ShouldBe("healthy");
        await desk.Accept(Thrown(Fees) with { Time = Time.AddHours(-3) });
        await desk.Accept(Thrown(Fees));
        await desk.Accept(Thrown(Fees) with { Time = Time.AddDays(5) });
        CrashCounts counts = desk.Statistics.Counts();
        (counts.LastHour, counts.Last24Hours, counts.Total, counts.NewGroups,
            counts.Status).ShouldBe((2, 3, 3, 1, "degraded"));
        desk.Statistics.Hourly(24).Sum().ShouldBe(3);
        desk.Statistics.Hourly(24)[^4].ShouldBe(1);
        desk.Statistics.Recent(10).Count.ShouldBe(3);
        desk.Statistics.ByService(Time.AddHours(-1)).ShouldBe([("bookings", 2L)]);
    }
}
