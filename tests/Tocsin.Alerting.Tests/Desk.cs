using Dapper;
using Tocsin.Alerting.Delivery;
using Tocsin.Alerting.Records;
using Tocsin.Catalog;
using Tocsin.Channels;
using Tocsin.Model.Alerts;
using Tocsin.Model.Live;
using Tocsin.Model.Metrics;
using Tocsin.Testing;

namespace Tocsin.Alerting.Tests;

/// <summary>All of alerting over a real catalog in a folder that is deleted afterwards, on a clock moved by hand.</summary>
internal sealed class Desk : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("desk-").FullName;

    public Desk(AlertOptions? options = null)
    {
        Options = options ?? new AlertOptions();
        Catalog = CatalogDatabase.Open(Path.Combine(_folder, "catalog.db"), Clock, Metrics);
        Ledger = new AlertLedger(new Outbox([new ConfiguredChannel(new SilentChannel(), new ChannelRules())], Clock), Live, Clock);
        Inbox = new AlertInbox(Ledger, Options);
        Actions = new AlertActions(Catalog, Ledger);
        Sweep = new AlertSweep(Catalog, Ledger, Options, Clock, Metrics);
    }

    public FakeClock Clock { get; } = new(Some.Time);

    public MetricSet Metrics { get; } = new();

    public LiveEvents Live { get; } = new();

    public AlertOptions Options { get; }

    public CatalogDatabase Catalog { get; }

    public AlertLedger Ledger { get; }

    public AlertInbox Inbox { get; }

    public AlertActions Actions { get; }

    public AlertSweep Sweep { get; }

    public Task<Raised> Raise(AlertProposal proposal) => Catalog.Write(tx => Inbox.Raise(tx, proposal));

    public Task<Alert?> Resolve(string key) => Catalog.Write(tx => Inbox.Resolve(tx, key, "tocsin", "recovered"));

    public Alert Find(long id) => Catalog.Read(c => AlertTable.Find(c, id)).ShouldNotBeNull();

    public AlertStatus StatusOf(long id) => Find(id).StatusAt(Clock.GetUtcNow());

    public IReadOnlyList<AlertTransition> History(long id) => Catalog.Read(c => AlertHistory.Of(c, id));

    public string ActionsOf(long id) => string.Join(' ', History(id).Select(t => t.Action));

    /// <summary>Reasons of the notifications that were queued for the alert, in order.</summary>
    public string News(long id) => string.Join(' ', Catalog.Read(c =>
        c.Query<string>("SELECT reason FROM delivery_outbox WHERE alert_id = @id ORDER BY id", new { id }).AsList()));

    public async ValueTask DisposeAsync()
    {
        await Catalog.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Never asked to send: nothing drains the outbox here.</summary>
    private sealed class SilentChannel() : Channel("ops", "webhook")
    {
        public override Task<SendResult> Send(Notification notification, CancellationToken cancel) =>
            throw new InvalidOperationException("Nothing is delivered in these tests.");
    }
}
