using System.Text.Json;
using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Tests;

public sealed class AlertInboxTests
{
    [Fact]
    public async Task The_first_occurrence_opens_an_alert_and_tells()
    {
        await using var desk = new Desk();
        Raised raised = await desk.Raise(Some.Proposal());
        raised.Transition.ShouldBe("opened");
        raised.Alert.Key.ShouldBe("high_cpu:web-1");
        raised.Alert.StartsAt.ShouldBe(Some.Time);
        Json(desk.Find(raised.Alert.Id)).ShouldBe(Json(raised.Alert));
        desk.ActionsOf(raised.Alert.Id).ShouldBe("opened");
        desk.News(raised.Alert.Id).ShouldBe("firing");
    }

    [Fact]
    public async Task A_cpu_alert_every_minute_is_one_alert_that_counts_to_sixty()
    {
        await using var desk = new Desk();
        for (int minute = 0; minute < 60; minute++)
        {
            await desk.Raise(Some.Proposal());
            desk.Clock.Advance(TimeSpan.FromMinutes(1));
        }
        Alert alert = desk.Find(1);
        alert.Count.ShouldBe(60);
        alert.LastSeenAt.ShouldBe(Some.Time.AddMinutes(59));
        desk.ActionsOf(1).ShouldBe("opened occurred");
        desk.History(1)[1].Notes.ShouldBe("59 times, last at this time.");
        desk.News(1).ShouldBe("firing");
    }

    [Fact]
    public async Task A_repeat_hours_later_still_belongs_to_the_alert_that_is_open()
    {
        await using var desk = new Desk();
        await desk.Raise(Some.Proposal());
        desk.Clock.Advance(TimeSpan.FromHours(30));
        (await desk.Raise(Some.Proposal())).Alert.Id.ShouldBe(1);
    }

    [Fact]
    public async Task Another_resource_is_another_alert()
    {
        await using var desk = new Desk();
        (await desk.Raise(Some.Proposal("web-1"))).Alert.Id.ShouldBe(1);
        (await desk.Raise(Some.Proposal("web-2"))).Alert.Id.ShouldBe(2);
    }

    [Fact]
    public async Task A_repeat_brings_newer_evidence_and_the_largest_number_of_users()
    {
        await using var desk = new Desk();
        await desk.Raise(Some.Proposal() with { AffectedUsers = 7, RunbookUrl = "https://runbooks/cpu", CrashId = "CRASH-1" });
        desk.Clock.Advance(TimeSpan.FromMinutes(1));
        await desk.Raise(Some.Proposal() with { Message = "CPU is at 97%", AffectedUsers = 3, CrashId = "CRASH-2" });
        Alert alert = desk.Find(1);
        (alert.Message, alert.AffectedUsers, alert.RunbookUrl, alert.CrashId)
            .ShouldBe(("CPU is at 97%", 7, "https://runbooks/cpu", "CRASH-2"));
        alert.StartsAt.ShouldBe(Some.Time);
    }

    [Fact]
    public async Task An_occurrence_that_arrives_late_counts_but_replaces_nothing()
    {
        await using var desk = new Desk();
        await desk.Raise(Some.Proposal() with { Message = "newer" });
        await desk.Raise(Some.Proposal() with { Message = "older", At = Some.Time.AddMinutes(-5) });
        Alert alert = desk.Find(1);
        (alert.Message, alert.Count, alert.StartsAt, alert.LastSeenAt)
            .ShouldBe(("newer", 2, Some.Time.AddMinutes(-5), Some.Time));
    }

    [Fact]
    public async Task A_clock_that_is_ahead_does_not_see_into_the_future()
    {
        await using var desk = new Desk();
        (await desk.Raise(Some.Proposal() with { At = Some.Time.AddDays(1) })).Alert.LastSeenAt.ShouldBe(Some.Time);
    }

    [Fact]
    public async Task Higher_priority_escalates_and_voids_the_acknowledgement()
    {
        await using var desk = new Desk();
        await desk.Raise(Some.Proposal(priority: AlertPriority.Medium));
        await desk.Actions.Acknowledge(1, "ada", null);
        Raised raised = await desk.Raise(Some.Proposal(priority: AlertPriority.Critical));
        raised.Transition.ShouldBe("escalated");
        (raised.Alert.Priority, desk.StatusOf(1)).ShouldBe((AlertPriority.Critical, AlertStatus.Active));
        desk.ActionsOf(1).ShouldBe("opened acknowledged occurred escalated");
        desk.History(1)[^1].Notes.ShouldBe("From MEDIUM to CRITICAL.");
        desk.News(1).ShouldBe("firing escalated");
    }

    [Fact]
    public async Task Lower_or_equal_priority_changes_neither_priority_nor_acknowledgement()
    {
        await using var desk = new Desk();
        await desk.Raise(Some.Proposal(priority: AlertPriority.High));
        await desk.Actions.Acknowledge(1, "ada", null);
        await desk.Raise(Some.Proposal(priority: AlertPriority.Low));
        await desk.Raise(Some.Proposal(priority: AlertPriority.High));
        Alert alert = desk.Find(1);
        (alert.Priority, alert.AcknowledgedBy, alert.Count).ShouldBe((AlertPriority.High, "ada", 3));
    }

    [Fact]
    public async Task The_same_error_for_the_sixth_time_is_urgent()
    {
        await using var desk = new Desk();
        AlertProposal error = Some.Proposal(priority: null) with { Type = "application_error", ErrorType = "StripeAPIError" };
        for (int i = 0; i < 5; i++)
            (await desk.Raise(error)).Alert.Priority.ShouldBe(AlertPriority.Medium);
        Raised sixth = await desk.Raise(error);
        (sixth.Transition, sixth.Alert.Priority).ShouldBe(("escalated", AlertPriority.High));
    }

    [Fact]
    public async Task Within_the_window_the_same_alert_opens_again()
    {
        await using var desk = new Desk();
        await desk.Raise(Some.Proposal());
        await desk.Actions.Acknowledge(1, "ada", null);
        await desk.Resolve("high_cpu:web-1");
        desk.Clock.Advance(TimeSpan.FromMinutes(59));
        Raised raised = await desk.Raise(Some.Proposal());
        (raised.Transition, raised.Alert.Id, raised.Alert.Reopened, raised.Alert.Count).ShouldBe(("reopened", 1, 1, 2));
        raised.Alert.EndsAt.ShouldBeNull();
        desk.StatusOf(1).ShouldBe(AlertStatus.Active);
        desk.News(1).ShouldBe("firing resolved reopened");
    }

    [Fact]
    public async Task After_the_window_a_new_alert_opens()
    {
        await using var desk = new Desk();
        await desk.Raise(Some.Proposal());
        await desk.Resolve("high_cpu:web-1");
        desk.Clock.Advance(TimeSpan.FromHours(1));
        Raised raised = await desk.Raise(Some.Proposal());
        (raised.Transition, raised.Alert.Id, raised.Alert.Count).ShouldBe(("opened", 2, 1));
        desk.StatusOf(1).ShouldBe(AlertStatus.Resolved);
    }

    [Fact]
    public async Task A_suppression_outlives_the_alert_it_was_set_on()
    {
        await using var desk = new Desk();
        await desk.Raise(Some.Proposal());
        await desk.Actions.Suppress(1, "ada", TimeSpan.FromHours(4), "planned maintenance");
        await desk.Resolve("high_cpu:web-1");
        desk.Clock.Advance(TimeSpan.FromHours(2));
        Raised raised = await desk.Raise(Some.Proposal());
        raised.Alert.Id.ShouldBe(2);
        desk.StatusOf(2).ShouldBe(AlertStatus.Suppressed);
        desk.News(2).ShouldBe("");
        desk.Clock.Advance(TimeSpan.FromHours(2));
        await desk.Sweep.Sweep(TestContext.Current.CancellationToken);
        desk.News(2).ShouldBe("firing");
    }

    [Fact]
    public async Task Resolving_a_key_that_is_not_open_does_nothing()
    {
        await using var desk = new Desk();
        (await desk.Resolve("nobody:knows")).ShouldBeNull();
        await desk.Raise(Some.Proposal());
        (await desk.Resolve("high_cpu:web-1")).ShouldNotBeNull().EndsAt.ShouldBe(Some.Time);
        (await desk.Resolve("high_cpu:web-1")).ShouldBeNull();
        desk.ActionsOf(1).ShouldBe("opened resolved");
    }

    [Fact]
    public async Task A_finding_that_is_rolled_back_takes_its_alert_and_its_news_with_it()
    {
        await using var desk = new Desk();
        await Should.ThrowAsync<InvalidOperationException>(desk.Catalog.Write<int>(tx =>
        {
            desk.Inbox.Raise(tx, Some.Proposal());
            throw new InvalidOperationException();
        }));
        (await desk.Raise(Some.Proposal())).Transition.ShouldBe("opened");
        desk.News(1).ShouldBe("firing");
    }

    [Fact]
    public async Task Everything_a_proposal_says_is_kept()
    {
        await using var desk = new Desk();
        AlertProposal proposal = Some.Proposal() with
        {
            Metadata = new Dictionary<string, JsonElement> { ["top_processes"] = JsonDocument.Parse("""[{"pid":12345}]""").RootElement },
            Labels = new Dictionary<string, string> { ["service"] = "web" },
            Annotations = new Dictionary<string, string> { ["summary"] = "busy" },
            RelatedLogs = [new RelatedLog(Some.Time, "error", "web", "boom") { TraceId = "abc" }],
            Recommendations = ["htop -p 12345"],
            Diagnosis = new Diagnosis
            {
                Family = "resource_exhaustion", Category = AlertCategory.System, Severity = AlertPriority.High,
                LikelyCause = "a loop", Rule = "cpu", Because = "gunicorn at 45%",
            },
            RunbookUrl = "https://runbooks/cpu", CrashGroupId = 5, CrashId = "CRASH-1", ExpiresIn = TimeSpan.FromHours(2),
        };
        Alert raised = (await desk.Raise(proposal)).Alert;
        Json(desk.Find(raised.Id)).ShouldBe(Json(raised));
        Json(raised).ShouldContain("""{"top_processes":[{"pid":12345}]}""");
    }

    [Fact]
    public async Task What_is_too_large_is_cut_instead_of_lost()
    {
        await using var desk = new Desk();
        AlertProposal huge = Some.Proposal() with
        {
            Title = "Line one\r\nBcc: everybody " + new string('x', 10_000),
            Message = new string('m', 1_000_000),
            Metadata = new Dictionary<string, JsonElement> { ["dump"] = JsonSerializer.SerializeToElement(new string('d', 100_000)) },
            Recommendations = [.. Enumerable.Range(0, 1000).Select(i => $"step {i}")],
        };
        Alert alert = (await desk.Raise(huge)).Alert;
        alert.Title.Length.ShouldBe(AlertLimits.TitleCharacters);
        alert.Title.ShouldStartWith("Line one  Bcc:");
        alert.Message.Length.ShouldBe(AlertLimits.MessageCharacters);
        alert.Metadata["dump"].GetString().ShouldBe("(left out: 100002 characters)");
        alert.Recommendations.Count.ShouldBe(AlertLimits.Recommendations);
    }

    [Fact]
    public async Task Watchers_hear_of_it_after_the_commit()
    {
        await using var desk = new Desk();
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await using var watch = desk.Live.Watch(cancel.Token).GetAsyncEnumerator(cancel.Token);
        ValueTask<bool> next = watch.MoveNextAsync();
        await desk.Raise(Some.Proposal());
        (await next).ShouldBeTrue();
        (watch.Current.Topic, watch.Current.Json).ShouldBe(
            ("alerts", """{"kind":"opened","id":1,"status":"ACTIVE","priority":"MEDIUM","title":"High CPU Usage - web-1"}"""));
    }

    private static string Json(Alert alert) => JsonSerializer.Serialize(alert);
}
