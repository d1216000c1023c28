using System.Net;
using System.Reflection;
using Tocsin.Alerting;
using Tocsin.Alerting.Delivery;
using Tocsin.Alerting.Reports;
using Tocsin.Catalog;
using Tocsin.Channels;
using Tocsin.Ingest;
using Tocsin.Model.Live;
using Tocsin.Model.Metrics;
using Tocsin.Query.Logs;
using Tocsin.Server.Configuration;
using Tocsin.Server.Telemetry;
using Tocsin.Storage;
using Tocsin.Storage.Io;

namespace Tocsin.Server;

/// <summary>The whole object graph, top to bottom in the order in which things depend on each other.</summary>
internal static class Wiring
{
    public static Parts Open(TocsinSettings settings, ServerAddresses addresses, TimeProvider clock)
    {
        var metrics = new MetricSet();
        var live = new LiveEvents();
        string version = typeof(Wiring).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        ProcessMetrics.Register(metrics, version);

        // Kernel: the event store first, since its lock decides whether we may run at all.
        string data = Path.GetFullPath(settings.DataDirectory);
        var database = Database.Open(
            new DatabaseOptions
            {
                Directory = data, LogRetention = settings.LogRetention, SpanRetention = settings.SpanRetention,
                MinFreeBytes = (long)settings.MinFreeMegabytes << 20,
            },
            new DiskFileSystem(), clock, metrics);
        CatalogDatabase catalog;
        try
        {
            catalog = CatalogDatabase.Open(Path.Combine(data, "catalog.db"), clock, metrics);
        }
        catch
        {
            database.Dispose();
            throw;
        }
        var search = new LogSearch(database);

        // Alerts and their way out.
        IReadOnlyList<ConfiguredChannel> channels = [];
        var outbox = new Outbox(channels, clock);
        var options = new AlertOptions { ReopenWindow = settings.ReopenWindow };
        var ledger = new AlertLedger(outbox, live, clock);
        var inbox = new AlertInbox(ledger, options);
        var reports = new AlertReports(catalog, clock);

        // Ingest, and who looks at what was stored.
        var tail = new LiveTail();
        var ingest = new IngestPipeline(database,
            new IngestOptions { LogRetention = settings.LogRetention, SpanRetention = settings.SpanRetention, RedactKeys = settings.RedactKeys },
            clock, metrics, [tail]);

        return new Parts
        {
            Settings = settings, Addresses = addresses, Clock = clock, Version = version, StartedAt = clock.GetUtcNow(), Metrics = metrics,
            Live = live, Database = database, Catalog = catalog, Ingest = ingest, Tail = tail, Search = search, 
            Outbox = outbox, Alerts = reports,
            AlertingApi = new AlertingApi(catalog, inbox, new AlertActions(catalog, ledger), reports, clock),
            AlertSweep = new AlertSweep(catalog, ledger, options, clock, metrics),
        };
    }
}
