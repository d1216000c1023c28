using System.Diagnostics;
using Tocsin.Alerting.Delivery;
using Tocsin.Catalog;
using Tocsin.Channels;
using Tocsin.Model.Alerts;
using Tocsin.Model.Live;
using Tocsin.Model.Metrics;

namespace Tocsin.Alerting.Tests.Delivery;

/// <summary>The outbox and its worker, from the alert's change to the channel.</summary>
public sealed class DeliveryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Beginning_and_end_arrive_in_order()
    {
        var channel = new FakeChannel();
        await using var post = new Post(channel);
        await post.Raise(Some.Proposal());
        await post.Drain();
        await post.Raise(Some.Proposal());
        await post.Resolve("web-1");
        await post.Drain();
        channel.Heard().ShouldBe("firing web-1, resolved web-1");
        channel.Given[0].ExternalUrl.ShouldBe("https://tocsin.example.com");
        post.States().ShouldBe("firing sent, resolved sent");
    }

    [Fact]
    public async Task A_retry_keeps_its_id_and_waits_longer_each_time()
    {
        var channel = new FakeChannel(_ => new SendResult.RetryLater("busy"));
        await using var post = new Post(channel);
        await post.Raise(Some.Proposal());
        var pauses = new List<double>();
        for (int i = 0; i < 4; i++)
        {
            TimeSpan pause = (await post.Queue.Round(Cancel))!.Value;
            pauses.Add(pause.TotalSeconds);
            post.Clock.Advance(pause);
        }
        for (int i = 0; i < 4; i++)
            pauses[i].ShouldBeInRange(4.4 * Math.Pow(2, i), 5.6 * Math.Pow(2, i));
        channel.Answer = _ => new SendResult.Sent("ok");
        await post.Drain();
        channel.Given.Select(n => n.Id).Distinct().ShouldHaveSingleItem();
        post.Query<int>("SELECT attempts FROM delivery_outbox").ShouldBe([5]);
    }

    [Fact]
    public async Task A_day_after_the_first_attempt_it_is_given_up()
    {
        var channel = new FakeChannel(_ => new SendResult.RetryLater("busy"));
        await using var post = new Post(channel);
        await post.Raise(Some.Proposal());
        post.Clock.Advance(TimeSpan.FromHours(30));
        await post.Queue.Round(Cancel);
        post.States().ShouldBe("firing retrying");
        post.Clock.Advance(TimeSpan.FromHours(25));
        await post.Queue.Round(Cancel);
        post.States().ShouldBe("firing failed");
        post.Query<string>("SELECT last_answer FROM delivery_outbox").ShouldBe(["given up after 24 hours: busy"]);
        post.Worker.State().Failed.ShouldBe(1);
    }

    [Fact]
    public async Task The_surplus_arrives_as_one_digest_and_its_ends_after_it()
    {
        var channel = new FakeChannel();
        await using var post = new Post(channel, new ChannelRules { RateLimit = 2 });
        for (int i = 1; i <= 6; i++)
            await post.Raise(Some.Proposal($"web-{i}"));
        await post.Queue.Round(Cancel);
        await post.Resolve("web-1");
        await post.Resolve("web-6");
        await post.Raise(Some.Proposal("web-9", AlertPriority.Critical));
        await post.Queue.Round(Cancel);
        channel.Heard().ShouldBe("firing web-1, firing web-2, resolved web-1, firing web-9");
        await post.Drain();
        channel.Heard().ShouldBe("firing web-1, firing web-2, resolved web-1, firing web-9, digest of 3");
        channel.Given[^1].Digest!.Total.ShouldBe(3);
        await post.Resolve("web-4");
        await post.Drain();
        channel.Heard().ShouldEndWith("digest of 3, resolved web-4");
    }

    [Fact]
    public async Task Filters_decide_who_hears_the_beginning_but_not_the_end()
    {
        var channel = new FakeChannel();
        await using var post = new Post(channel, new ChannelRules { MinPriority = AlertPriority.High });
        await post.Raise(Some.Proposal("small", AlertPriority.Low));
        await post.Raise(Some.Proposal("grows", AlertPriority.Low));
        await post.Raise(Some.Proposal("grows", AlertPriority.Critical));
        await post.Resolve("small");
        await post.Resolve("grows");
        await post.Raise(Some.Proposal("large", AlertPriority.High));
        await post.Drain();
        await post.Resolve("large");
        await post.Drain();
        channel.Heard().ShouldBe("firing large, resolved large");
    }

    [Fact]
    public async Task An_idle_channel_is_reached_at_once()
    {
        string folder = Directory.CreateTempSubdirectory("latency-").FullName;
        var arrivals = System.Threading.Channels.Channel.CreateUnbounded<long>();
        var channel = new FakeChannel(_ =>
        {
            arrivals.Writer.TryWrite(Stopwatch.GetTimestamp());
            return new SendResult.Sent("ok");
        });
        var metrics = new MetricSet();
        await using (var catalog = CatalogDatabase.Open(Path.Combine(folder, "catalog.db"), TimeProvider.System, metrics))
        {
            var outbox = new Outbox([new ConfiguredChannel(channel, new ChannelRules { RateLimit = 1000 })], TimeProvider.System);
            var inbox = new AlertInbox(new AlertLedger(outbox, new LiveEvents(), TimeProvider.System), new AlertOptions());
            using var stop = new CancellationTokenSource();
            Task run = new DeliveryWorker(catalog, outbox, "", TimeProvider.System, metrics).Run(stop.Token);
            double total = 0;
            for (int i = 0; i < 25; i++)
            {
                long committed = 0;
                await catalog.Write(
                    tx =>
                    {
                        tx.AfterCommit(() => committed = Stopwatch.GetTimestamp());
                        return inbox.Raise(tx, Some.Proposal($"web-{i}"));
                    },
                    Cancel);
                long arrived = await arrivals.Reader.ReadAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancel);
                total += i < 5 ? 0 : Stopwatch.GetElapsedTime(committed, arrived).TotalMilliseconds;
            }
            TestContext.Current.TestOutputHelper?.WriteLine($"commit to send: {total / 20:0.0} ms on average");
            (total / 20).ShouldBeLessThan(500);
            await stop.CancelAsync();
            await run;
        }
        Directory.Delete(folder, recursive: true);
    }
}
