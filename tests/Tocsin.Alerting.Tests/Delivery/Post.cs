using Dapper;
using Tocsin.Alerting.Delivery;
using Tocsin.Catalog;
using Tocsin.Channels;
using Tocsin.Model.Live;
using Tocsin.Model.Metrics;
using Tocsin.Testing;

namespace Tocsin.Alerting.Tests.Delivery;

/// <summary>Alerts, outbox and one channel over a real catalog, on a clock moved by hand; rounds are run by the test.</summary>
internal sealed class Post : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("post-").FullName;

    public Post(Channel channel, ChannelRules? rules = null, Random? random = null)
    {
        Configured = new ConfiguredChannel(channel, rules ?? new ChannelRules());
        Random = random ?? new Random(1);
        Open();
    }

    public ConfiguredChannel Configured { get; }

    public Random Random { get; }

    public FakeClock Clock { get; } = new(Some.Time);

    public CatalogDatabase Catalog { get; private set; } = null!;

    public AlertInbox Inbox { get; private set; } = null!;

    public AlertActions Actions { get; private set; } = null!;

    public DeliveryWorker Worker { get; private set; } = null!;

    public ChannelQueue Queue => Worker.Queues[0];

    private void Open()
    {
        var metrics = new MetricSet();
        Catalog = CatalogDatabase.Open(Path.Combine(_folder, "catalog.db"), Clock, metrics);
        var outbox = new Outbox([Configured], Clock);
        var ledger = new AlertLedger(outbox, new LiveEvents(), Clock);
        Inbox = new AlertInbox(ledger, new AlertOptions());
        Actions = new AlertActions(Catalog, ledger);
        Worker = new DeliveryWorker(Catalog, outbox, "https://tocsin.example.com", Clock, metrics, Random);
    }

    public async Task Restart()
    {
        await Catalog.DisposeAsync();
        Open();
        await Queue.Recover(CancellationToken.None);
    }

    public Task<Raised> Raise(AlertProposal proposal) => Catalog.Write(tx => Inbox.Raise(tx, proposal));

    public Task Resolve(string resource) => Catalog.Write(tx => Inbox.Resolve(tx, $"high_cpu:{resource}", "tocsin", null));

    /// <summary>Works and moves the clock until nothing waits any more.</summary>
    public async Task Drain()
    {
        for (int i = 0; i < 1000; i++)
        {
            if (await Queue.Round(CancellationToken.None) is not { } pause)
                return;
            Clock.Advance(pause);
        }
        throw new InvalidOperationException("the outbox does not come to rest");
    }

    public List<T> Query<T>(string sql, object? values = null) => Catalog.Read(c => c.Query<T>(sql, values).AsList());

    /// <summary>"reason state" of every message, in order.</summary>
    public string States() => string.Join(", ", Query<string>("SELECT reason || ' ' || state FROM delivery_outbox ORDER BY id"));

    public async ValueTask DisposeAsync()
    {
        await Catalog.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A channel that answers as the test says and remembers what it was given.</summary>
internal sealed class FakeChannel(Func<Notification, SendResult>? answer = null, string name = "ops") : Channel(name, "webhook")
{
    public Func<Notification, SendResult> Answer { get; set; } = answer ?? (_ => new SendResult.Sent("ok"));

    public List<Notification> Given { get; } = [];

    public override Task<SendResult> Send(Notification notification, CancellationToken cancel)
    {
        lock (Given)
            Given.Add(notification);
        return Task.FromResult(Answer(notification));
    }

    public string Heard() => string.Join(", ", Given.Select(n => n.Reason == NotificationReason.Digest
        ? $"digest of {n.Alerts.Count}"
        : $"{n.Reason.ToString().ToLowerInvariant()} {n.Alerts[0].Resource}"));
}
