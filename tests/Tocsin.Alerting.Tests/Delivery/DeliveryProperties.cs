using Tocsin.Alerting.Records;
using Tocsin.Alerting.State;
using Tocsin.Channels;
using Tocsin.Model.Alerts;
using Tocsin.Testing;

namespace Tocsin.Alerting.Tests.Delivery;

/// <summary>Whatever the channel does and whenever the server dies, receivers end up knowing what is true.</summary>
public sealed class DeliveryProperties
{
    private const int Steps = 250, Limit = 2;
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(5);

    [Theory]
    [Trait("Kind", "Fuzz")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Random_histories_keep_every_promise(int seed)
    {
        var random = FuzzSeed.Random(seed);
        var channel = new FakeChannel();
        await using var post = new Post(channel, new ChannelRules { RateLimit = Limit, RateWindow = s_window }, random);
        var receiver = new World(post, random, rejects: seed % 2 == 0);
        channel.Answer = receiver.Answer;
        for (int step = 0; step < Steps; step++)
        {
            await Happen(post, random);
            if (random.Next(3) == 0)
                post.Clock.Advance(TimeSpan.FromSeconds(random.Next(1, 90)));
            if (random.Next(2) == 0)
                await receiver.Work();
        }
        receiver.Calm = true;
        await post.Restart();
        receiver.Doubt();
        await post.Drain();
        receiver.CheckEnd();
    }

    private static async Task Happen(Post post, Random random)
    {
        string resource = $"web-{random.Next(20)}";
        if (random.Next(3) == 0)
            await post.Resolve(resource);
        else
            await post.Raise(Some.Proposal(resource, (AlertPriority)random.Next(1, 5)));
    }

    /// <summary>The remote side, the network before it, and the bookkeeping of what may be expected.</summary>
    private sealed class World(Post post, Random random, bool rejects)
    {
        private readonly HashSet<string> _seen = [];
        private readonly HashSet<long> _doubted = [], _rejected = [];
        private readonly Dictionary<long, bool> _firing = [];
        private readonly Dictionary<long, long> _latest = [];
        private readonly Dictionary<string, string> _content = [];
        private CancellationTokenSource _power = new();

        /// <summary>From now on everything works.</summary>
        public bool Calm { get; set; }

        public async Task Work()
        {
            try
            {
                await post.Queue.Round(_power.Token);
            }
            catch (OperationCanceledException) when (_power.IsCancellationRequested)
            {
                _power = new CancellationTokenSource();
                await post.Restart();
                Doubt();
            }
        }

        /// <summary>After a restart nobody knows what of the waiting messages had arrived.</summary>
        public void Doubt() => _doubted.UnionWith(post.Query<long>(
            """
            SELECT o.alert_id FROM delivery_outbox o LEFT JOIN delivery_outbox d ON d.id = o.digest_id
            WHERE o.alert_id IS NOT NULL AND (o.state IN ('queued', 'retrying') OR d.state IN ('queued', 'retrying'))
            """));

        public SendResult Answer(Notification news)
        {
            long[] alerts = [.. Rows(news).Select(r => r.Alert)];
            CheckSameContent(news);
            CheckLimit(news);
            switch (Calm ? 0 : random.Next(10))
            {
                case 0 or 1 or 2 or 3:
                    Arrive(news);
                    return new SendResult.Sent("ok");
                case 4 or 5:
                    return new SendResult.RetryLater("busy", random.Next(4) == 0 ? TimeSpan.FromSeconds(random.Next(300)) : null);
                case 6 or 7:
                    _doubted.UnionWith(alerts);
                    if (random.Next(2) == 0)
                        Arrive(news);
                    return new SendResult.RetryLater("lost", MayHaveArrived: true);
                case 8 when rejects:
                    _rejected.UnionWith(alerts);
                    return new SendResult.Rejected("no");
                default:
                    _doubted.UnionWith(alerts);
                    if (random.Next(2) == 0)
                        Arrive(news);
                    if (random.Next(2) == 0)
                        throw new InvalidOperationException("a bug of the channel");
                    _power.Cancel();
                    throw new OperationCanceledException(_power.Token);
            }
        }

        public void CheckEnd()
        {
            foreach (long id in post.Query<long>("SELECT id FROM alerts"))
            {
                if (_rejected.Contains(id))
                    continue;
                Alert alert = post.Catalog.Read(c => AlertTable.Find(c, id))!;
                if (AlertState.IsOpen(alert))
                    _firing.GetValueOrDefault(id).ShouldBeTrue($"alert {id} fires and the receiver does not know");
                else
                    _firing.GetValueOrDefault(id).ShouldBeFalse($"alert {id} is over and the receiver does not know");
            }
            post.Query<string>(
                "SELECT state FROM delivery_outbox WHERE state NOT IN ('sent', 'superseded', 'failed', 'bundled')").ShouldBeEmpty();
            post.Query<long>(
                """
                SELECT o.id FROM delivery_outbox o JOIN delivery_outbox d ON d.id = o.digest_id
                WHERE o.state = 'bundled' AND d.state <> 'sent'
                """).ShouldBeEmpty();
            if (!rejects)
                post.Query<long>("SELECT id FROM delivery_outbox WHERE state = 'failed'").ShouldBeEmpty();
            post.Query<string>("SELECT notification_id FROM delivery_outbox WHERE state = 'sent'")
                .ShouldAllBe(id => _seen.Contains(id));
            if (FuzzSeed.Of(0) == 0)
                post.Query<long>("SELECT id FROM delivery_outbox WHERE reason = 'digest'").ShouldNotBeEmpty("the seeds are chosen so");
        }

        private void Arrive(Notification news)
        {
            // As a receiver does that remembers ids.
            if (!_seen.Add(news.Id))
                return;
            foreach ((long row, long alert) in Rows(news))
            {
                row.ShouldBeGreaterThan(_latest.GetValueOrDefault(alert), "old news after newer");
                _latest[alert] = row;
                bool fires = news.Reason == NotificationReason.Digest || news.Reason != NotificationReason.Resolved;
                if (!fires && !_firing.GetValueOrDefault(alert))
                    _doubted.ShouldContain(alert, "the end was told to somebody who cannot have heard the beginning");
                _firing[alert] = fires;
            }
        }

        private void CheckSameContent(Notification news)
        {
            string content = $"{news.Reason}: {string.Join(',', news.Alerts.Select(a => $"{a.Id} {a.Count} {a.Condition}"))}";
            _content.TryAdd(news.Id, content);
            _content[news.Id].ShouldBe(content);
        }

        private void CheckLimit(Notification news)
        {
            if (news.Reason is NotificationReason.Digest or NotificationReason.Resolved
                || news.Alerts[0].Priority == AlertPriority.Critical
                || post.Query<int>("SELECT attempts FROM delivery_outbox WHERE notification_id = @Id", new { news.Id })[0] > 0)
                return;
            long since = (post.Clock.GetUtcNow() - s_window).ToUnixTimeMilliseconds();
            post.Query<int>("SELECT count(*) FROM delivery_outbox WHERE slot_at > @since", new { since })[0].ShouldBeLessThan(Limit);
        }

        private List<(long Row, long Alert)> Rows(Notification news) => post.Query<(long, long)>(
            """
            SELECT id, alert_id FROM delivery_outbox WHERE alert_id IS NOT NULL
              AND (notification_id = @Id OR digest_id = (SELECT id FROM delivery_outbox WHERE notification_id = @Id))
            """, new { news.Id });
    }
}
