using Tocsin.Alerting;
using Tocsin.Alerting.Delivery;
using Tocsin.Alerting.Reports;
using Tocsin.Catalog;
using Tocsin.Crashes.Heartbeats;
using Tocsin.Crashes.Store;
using Tocsin.Ingest;
using Tocsin.Model.Alerts;
using Tocsin.Model.Crashes;
using Tocsin.Model.Live;
using Tocsin.Model.Metrics;
using Tocsin.Testing;

namespace Tocsin.Crashes.Tests;

/// <summary>All of crash handling over a real catalog in a folder that is deleted afterwards.</summary>
internal sealed class CrashDesk : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("crashes-").FullName;

    public CrashDesk(TimeProvider? clock = null, FindLogs? findLogs = null)
    {
        Clock = clock ?? Manual;
        Catalog = CatalogDatabase.Open(Path.Combine(_folder, "catalog.db"), Clock, Metrics);
        Alerts = new AlertInbox(new AlertLedger(new Outbox([], Clock), Live, Clock), new AlertOptions());
        Inbox = new CrashInbox(Catalog, Alerts, new Redactor(), Live, Clock, Metrics, findLogs);
        Reports = new CrashReports(Catalog, Clock);
        Actions = new CrashActions(Catalog, Alerts, Live, Clock);
        Statistics = new CrashStatistics(Catalog, Clock);
        Heartbeats = new HeartbeatMonitor(Inbox, Clock, Metrics);
        Tap = new CrashTap(Inbox, Metrics);
    }

    public FakeClock Manual { get; } = new(SomeCrash.Time);
    public TimeProvider Clock { get; }
    public MetricSet Metrics { get; } = new();
    public LiveEvents Live { get; } = new();
    public CatalogDatabase Catalog { get; }
    public AlertInbox Alerts { get; }
    public CrashInbox Inbox { get; }
    public CrashReports Reports { get; }
    public CrashActions Actions { get; }
    public CrashStatistics Statistics { get; }
    public HeartbeatMonitor Heartbeats { get; }
    public CrashTap Tap { get; }

    public Task<CrashAccepted> Accept(CrashRecord record) => Inbox.Accept(record, CancellationToken.None);

    public IReadOnlyList<CrashGroup> Groups => Reports.List(new CrashFilter()).Items;

    public CrashGroupDetail Detail(long id) => Reports.Detail(id).ShouldNotBeNull();

    public IReadOnlyList<Alert> AllAlerts =>
        new AlertReports(Catalog, Clock).List(new AlertFilter { Limit = 500 }).Items;

    public Alert Alert(long? id) => AllAlerts.Single(a => a.Id == id);

    public async ValueTask DisposeAsync()
    {
        await Catalog.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
