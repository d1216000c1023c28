using System.Net;
using System.Reflection;
using Tocsin.Alerting;
using Tocsin.Alerting.Delivery;
using Tocsin.Alerting.Reports;
using Tocsin.Catalog;
using Tocsin.Channels;
using Tocsin.Crashes;
using Tocsin.Crashes.Heartbeats;
using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Model.Live;
using Tocsin.Model.Metrics;
using Tocsin.Protocols.Syslog;
using Tocsin.Query.Logs;
using Tocsin.Server.Care;
using Tocsin.Server.Configuration;
using Tocsin.Server.Levels;
using Tocsin.Server.Telemetry;
using Tocsin.Server.Views;
using Tocsin.Storage;
using Tocsin.Storage.Io;
using Tocsin.Storage.Scan;

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
        RetentionSettings kept = settings.Retention;
        var database = Database.Open(
            new DatabaseOptions
            {
                Directory = data, LogRetention = kept.Logs, SpanRetention = kept.Spans, Classes = kept.Classes,
                MaxBytes = kept.MaxBytes, MaxLogBytes = kept.MaxLogBytes, MaxSpanBytes = kept.MaxSpanBytes,
                MinFreeBytes = (long)kept.MinFreeMegabytes << 20,
                ReadCondition = Condition, ScrubPass = settings.ScrubPass,
            },
            new DiskFileSystem(), clock, metrics);
        CatalogDatabase? catalog = null;
        SyslogListener syslog;
        try
        {
            catalog = CatalogDatabase.Open(Path.Combine(data, "catalog.db"), clock, metrics);
            syslog = SyslogListener.Open(settings.Syslog);
        }
        catch
        {
            catalog?.DisposeAsync().AsTask().GetAwaiter().GetResult();
            database.Dispose();
            throw;
        }
        var search = new LogSearch(database);

        // Alerts and their way out.
        ChannelContext context = ContextOf(settings, clock);
        IReadOnlyList<ConfiguredChannel> channels = [.. settings.Channels.Select(c => Setup(c, context).Channel!)];
        var outbox = new Outbox(channels, clock);
        var options = new AlertOptions { ReopenWindow = settings.ReopenWindow };
        var ledger = new AlertLedger(outbox, live, clock);
        var inbox = new AlertInbox(ledger, options);
        var reports = new AlertReports(catalog, clock);

        // Crashes: reported, seen in telemetry, or told by a heartbeat that stopped.
        var ingestOptions = new IngestOptions
        {
            LogRetention = kept.Longest(Dataset.Logs), SpanRetention = kept.Longest(Dataset.Spans), RedactKeys = settings.RedactKeys,
        };
        var redactor = new Redactor(ingestOptions.RedactKeys, ingestOptions.KeepKeys);
        var crashes = new CrashInbox(catalog, inbox, redactor, live, clock, metrics, CrashInbox.Searching(search));
        var crashReports = new CrashReports(catalog, clock);
        var crashTap = new CrashTap(crashes, metrics);
        var heartbeats = new HeartbeatMonitor(crashes, clock, metrics);

        // Ingest, and who looks at what was stored.
        var tail = new LiveTail();
        var ingest = new IngestPipeline(database, ingestOptions, clock, metrics, [tail, crashTap]);

        return new Parts
        {
            Settings = settings, Addresses = addresses, Clock = clock, Version = version, StartedAt = clock.GetUtcNow(), Metrics = metrics,
            Live = live, Database = database, Catalog = catalog, Ingest = ingest, Syslog = syslog, Tail = tail, Search = search, ChannelContext = context,
            Alerts = reports, Crashes = crashReports, CrashStatistics = new CrashStatistics(catalog, clock),
            AlertingApi = new AlertingApi(catalog, inbox, new AlertActions(catalog, ledger), reports, clock),
            AlertSweep = new AlertSweep(catalog, ledger, options, clock, metrics),
            CrashesApi = new CrashesApi(crashes, crashReports, new CrashActions(catalog, inbox, live, clock), heartbeats),
            CrashTap = crashTap, Heartbeats = heartbeats, CrashRetention = new CrashRetention(catalog, clock, kept.Crashes),
            StorageWatch = new StorageWatch(
                catalog, inbox, () => new StorageState(new DiskFileSystem().FreeBytes(data), database.Damage, database.ScrubPasses > 0), data,
                (long)kept.MinFreeMegabytes << 20, clock),
            Deletions = new DeletionBook(catalog, database, clock),
            Backups = new BackupJob(database, Path.Combine(data, "catalog.db"), clock, metrics),
            Verifications = new VerifyJob(clock),
            LevelsApi = new LevelsApi(new LevelBook(catalog, clock), new LevelListeners(clock), clock),
            ViewsApi = new ViewsApi(new ViewBook(catalog, clock), clock),
            DeliveryApi = new DeliveryApi(catalog, outbox, addresses.Url, clock),
            Delivery = new DeliveryWorker(catalog, outbox, addresses.Url, clock, metrics),
        };
    }

    private static Predicate Condition(string text)
    {
        LogQueryResult read = LogQuery.Parse(text);
        return read.Predicate ?? throw new InvalidDataException(read.Error!.Message);
    }

    /// <summary>Builds one channel, or says what is wrong with its settings.</summary>
    internal static ChannelSetup Setup(ChannelEntry entry, ChannelContext context) =>
        ChannelKinds.Create(new ChannelSettings(entry.Name, entry.Kind, entry.Values), context);

    internal static ChannelContext ContextOf(TocsinSettings settings, TimeProvider clock) => new(
        clock, [.. settings.AllowedNetworks.Select(n => IPNetwork.Parse(n))],
        new ChannelRules { RateLimit = settings.RateLimitAlerts, RateWindow = settings.RateLimitWindow });
}
