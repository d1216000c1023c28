using System.Text.Json;
using Dapper;
using Tocsin.Alerting.Delivery;
using Tocsin.Catalog;
using Tocsin.Channels;
using Tocsin.Model.Alerts;
using Tocsin.Model.Metrics;
using Tocsin.Testing;

namespace Tocsin.Alerting.Tests.Delivery;

/// <summary>What a channel queue makes of broken channels, broken rows, lost answers and restarts.</summary>
public sealed class ChannelTroubleTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("delivery-").FullName;
    private readonly FakeClock _clock = new();
    private readonly MetricSet _metrics = new();
    private readonly ScriptedChannel _ops = new();
    private readonly CatalogDatabase _catalog;
    private readonly Outbox _outbox;

    public ChannelTroubleTests()
    {
        _catalog = CatalogDatabase.Open(Path.Combine(_folder, "catalog.db"), _clock, _metrics);
        _outbox = new Outbox([new ConfiguredChannel(_ops, new ChannelRules())], _clock);
    }

    [Fact]
    public async Task A_channel_that_throws_keeps_neither_itself_nor_other_alerts_from_delivery()
    {
        ChannelQueue queue = Start();
        _ops.Answer = n => n.Alerts[0].Id == 1 ? throw new InvalidOperationException("bug") : new SendResult.Sent("ok");
        await Tell(1, NotificationReason.Firing);
        await Tell(2, NotificationReason.Firing);
        await queue.Round(default);
        _ops.Arrived.ShouldBe(["firing 2"]);
        StateOf(1).ShouldBe("retrying");

        _ops.Answer = _ => new SendResult.Sent("ok");
        _clock.Advance(TimeSpan.FromMinutes(1));
        await queue.Round(default);
        _ops.Arrived.ShouldBe(["firing 2", "firing 1"]);
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_given_up_and_the_next_one_goes_out()
    {
        await Tell(1, NotificationReason.Firing);
        await _catalog.Write(tx => tx.Connection.Execute("UPDATE delivery_outbox SET alert = '{\"id\":'"));
        await Tell(2, NotificationReason.Firing);
        await Start().Round(default);
        StateOf(1).ShouldBe("failed");
        _ops.Arrived.ShouldBe(["firing 2"]);
        _metrics.Total("tocsin_delivery_failed_total").ShouldBe(1);
    }

    [Fact]
    public async Task What_was_under_way_when_the_server_died_has_its_end_told()
    {
        await Tell(1, NotificationReason.Firing);
        await Kill(arrived: true);
        await Tell(1, NotificationReason.Resolved);
        ChannelQueue queue = Start();
        await queue.Recover(default);
        await queue.Round(default);
        _ops.Arrived.ShouldBe(["firing 1", "resolved 1"]);
    }

    [Fact]
    public async Task What_the_rate_limit_held_back_and_then_was_under_way_alone_has_its_end_told_too()
    {
        ChannelQueue before = Start();
        for (int alert = 1; alert <= 6; alert++)
            await Tell(alert, NotificationReason.Firing);
        await before.Round(default);
        StateOf(6).ShouldBe("queued", "five are sent in a window");
        _clock.Advance(TimeSpan.FromMinutes(6));
        await Kill(arrived: true);
        ChannelQueue queue = Start();
        await queue.Recover(default);
        await Tell(6, NotificationReason.Resolved);
        await queue.Round(default);
        _ops.Arrived.TakeLast(2).ShouldBe(["firing 6", "resolved 6"]);
    }

    [Fact]
    public async Task Doubt_outlives_the_news_that_overtakes_it()
    {
        await Tell(1, NotificationReason.Firing);
        await Kill(arrived: true);
        ChannelQueue queue = Start();
        await queue.Recover(default);
        _ops.Answer = _ => new SendResult.RetryLater("closed");
        await Tell(1, NotificationReason.Escalated);
        await queue.Round(default);
        await Tell(1, NotificationReason.Resolved);
        _ops.Answer = _ => new SendResult.Sent("ok");
        await queue.Round(default);
        _ops.Arrived.ShouldBe(["firing 1", "resolved 1"]);
    }

    [Fact]
    public async Task An_end_whose_answer_was_lost_is_told_again_after_the_alert_came_and_went_once_more()
    {
        ChannelQueue queue = Start();
        await Tell(1, NotificationReason.Firing);
        await queue.Round(default);
        _ops.Answer = _ => new SendResult.RetryLater("no answer", MayHaveArrived: true);
        await Tell(1, NotificationReason.Resolved);
        await queue.Round(default);
        _ops.Answer = _ => new SendResult.RetryLater("connection refused");
        await Tell(1, NotificationReason.Reopened);
        await queue.Round(default);
        await Tell(1, NotificationReason.Resolved);
        _ops.Answer = _ => new SendResult.Sent("ok");
        await queue.Round(default);
        _ops.Arrived.ShouldBe(["firing 1", "resolved 1"]);
    }

    [Fact]
    public async Task A_channel_that_was_never_told_is_not_told_of_the_end()
    {
        ChannelQueue queue = Start();
        _ops.Answer = _ => new SendResult.RetryLater("connection refused");
        await Tell(1, NotificationReason.Firing);
        await queue.Round(default);
        await Tell(1, NotificationReason.Resolved);
        _ops.Answer = _ => new SendResult.Sent("ok");
        _clock.Advance(TimeSpan.FromHours(1));
        await queue.Round(default);
        _ops.Arrived.ShouldBeEmpty();
        StateOf(1).ShouldBe("superseded superseded");
    }

    [Fact]
    public async Task Retry_after_keeps_everything_away_from_the_address()
    {
        ChannelQueue queue = Start();
        _ops.Answer = _ => new SendResult.RetryLater("HTTP 429", TimeSpan.FromSeconds(90));
        await Tell(1, NotificationReason.Firing);
        await queue.Round(default);
        _ops.Answer = _ => new SendResult.Sent("ok");
        await Tell(2, NotificationReason.Firing);
        (await queue.Round(default)).ShouldBe(TimeSpan.FromSeconds(90));
        _clock.Advance(TimeSpan.FromSeconds(89));
        await queue.Round(default);
        _ops.Arrived.ShouldBeEmpty();
        _clock.Advance(TimeSpan.FromSeconds(1));
        await queue.Round(default);
        _ops.Arrived.ShouldBe(["firing 1", "firing 2"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_digest_shows_a_hundred_alerts_counts_all_and_tells_all_of_their_end()
    {
        ChannelQueue queue = Start();
        for (int i = 1; i <= 205; i++)
            await Tell(i, NotificationReason.Firing);
        await queue.Round(default);
        _ops.Arrived.Count.ShouldBe(5);
        _clock.Advance(TimeSpan.FromMinutes(5));
        await queue.Round(default);
        Notification digest = _ops.Last.ShouldNotBeNull();
        digest.Reason.ShouldBe(NotificationReason.Digest);
        digest.Alerts.Count.ShouldBe(100);
        digest.Digest.ShouldBe(new DigestSummary(200, 0, new FakeClock().GetUtcNow()));

        await Tell(205, NotificationReason.Resolved);
        await queue.Round(default);
        _ops.Arrived[^1].ShouldBe("resolved 205");
    }

    [Fact]
    public async Task Messages_for_a_channel_that_is_gone_are_given_up_after_a_day_and_do_not_count_as_waiting()
    {
        await Tell(1, NotificationReason.Firing);
        var worker = new DeliveryWorker(_catalog, new Outbox([], _clock), "", _clock, _metrics);
        worker.State().Waiting.ShouldBe(0);
        _clock.Advance(TimeSpan.FromHours(24));
        await worker.CleanOnce(default);
        StateOf(1).ShouldBe("queued");
        _clock.Advance(TimeSpan.FromMinutes(1));
        await worker.CleanOnce(default);
        StateOf(1).ShouldBe("failed");
        worker.State().Failed.ShouldBe(1);
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public async Task The_time_from_crash_to_delivery_is_measured_from_the_crash()
    {
        Alert crash = AlertOf(1) with { CrashId = "CRASH-20260314150926-00000001", StartsAt = _clock.GetUtcNow().AddSeconds(-2) };
        await _catalog.Write(tx =>
        {
            _outbox.Enqueue(tx, crash, NotificationReason.Firing);
            return 0;
        });
        await Start().Round(default);
        string text = _metrics.WritePrometheusText();
        text.ShouldContain("tocsin_crash_delivery_seconds_sum{channel=\"ops\",kind=\"scripted\"} 2\n");
        text.ShouldContain("tocsin_delivery_seconds_sum{channel=\"ops\",kind=\"scripted\"} 0\n");
    }

    public async ValueTask DisposeAsync()
    {
        await _catalog.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private ChannelQueue Start() => new DeliveryWorker(_catalog, _outbox, "", _clock, _metrics, FuzzSeed.Random(1)).Queues[0];

    /// <summary>The server dies in the middle of an attempt: nothing of its outcome is written down.</summary>
    private async Task Kill(bool arrived)
    {
        using var death = new CancellationTokenSource();
        _ops.Answer = n =>
        {
            if (arrived)
                _ops.Note(n);
            death.Cancel();
            throw new OperationCanceledException(death.Token);
        };
        await Should.ThrowAsync<OperationCanceledException>(() => Start().Round(death.Token));
        _ops.Answer = _ => new SendResult.Sent("ok");
    }

    private Task<int> Tell(long alertId, NotificationReason reason) => _catalog.Write(tx =>
    {
        _outbox.Enqueue(tx, AlertOf(alertId), reason);
        return 0;
    });

    private Alert AlertOf(long id) => new()
    {
        Id = id, Key = $"k{id}", Type = "t", Title = "title", Message = "message", Priority = AlertPriority.High,
        Category = AlertCategory.System, Resource = "r", StartsAt = _clock.GetUtcNow(), LastSeenAt = _clock.GetUtcNow(),
        Metadata = new Dictionary<string, JsonElement>(),
    };

    private string StateOf(long alertId) => string.Join(' ', _catalog.Read(c => c.Query<string>(
        "SELECT state FROM delivery_outbox WHERE alert_id = @alertId ORDER BY id", new { alertId }).AsList()));

    /// <summary>Answers as the test says and notes what arrived.</summary>
    private sealed class ScriptedChannel() : Channel("ops", "scripted")
    {
        public Func<Notification, SendResult> Answer { get; set; } = _ => new SendResult.Sent("ok");

        public List<string> Arrived { get; } = [];

        public Notification? Last { get; private set; }

        public void Note(Notification notification)
        {
            Last = notification;
            Arrived.Add($"{Outbox.NameOf(notification.Reason)} {notification.Alerts[0].Id}");
        }

        public override Task<SendResult> Send(Notification notification, CancellationToken cancel)
        {
            SendResult result = Answer(notification);
            if (result is SendResult.Sent)
                Note(notification);
            return Task.FromResult(result);
        }
    }
}
