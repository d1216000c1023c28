using Microsoft.AspNetCore.Routing;
using Tocsin.Alerting;
using Tocsin.Alerting.Delivery;
using Tocsin.Alerting.Reports;
using Tocsin.Catalog;
using Tocsin.Channels;
using Tocsin.Crashes;
using Tocsin.Crashes.Heartbeats;
using Tocsin.Ingest;
using Tocsin.Model.Live;
using Tocsin.Model.Metrics;
using Tocsin.Protocols.Syslog;
using Tocsin.Query.Logs;
using Tocsin.Server.Care;
using Tocsin.Server.Configuration;
using Tocsin.Server.Health;
using Tocsin.Server.Levels;
using Tocsin.Server.Views;
using Tocsin.Storage;

namespace Tocsin.Server;

/// <summary>The running server's objects; <see cref="Wiring"/> makes them, Dispose closes them in order.</summary>
internal sealed class Parts : IAsyncDisposable
{
    public required TocsinSettings Settings { get; init; }
    public required ServerAddresses Addresses { get; init; }
    public required TimeProvider Clock { get; init; }
    public required string Version { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required MetricSet Metrics { get; init; }
    public required LiveEvents Live { get; init; }
    public required Database Database { get; init; }
    public required CatalogDatabase Catalog { get; init; }
    public required IngestPipeline Ingest { get; init; }
    public required SyslogListener Syslog { get; init; }
    public required LiveTail Tail { get; init; }
    public required LogSearch Search { get; init; }
    public required ChannelContext ChannelContext { get; init; }
    public required AlertReports Alerts { get; init; }
    public required AlertingApi AlertingApi { get; init; }
    public required AlertSweep AlertSweep { get; init; }
    public required CrashReports Crashes { get; init; }
    public required CrashStatistics CrashStatistics { get; init; }
    public required CrashesApi CrashesApi { get; init; }
    public required CrashTap CrashTap { get; init; }
    public required CrashRetention CrashRetention { get; init; }
    public required HeartbeatMonitor Heartbeats { get; init; }
    public required DeletionBook Deletions { get; init; }
    public required BackupJob Backups { get; init; }
    public required VerifyJob Verifications { get; init; }
    public required StorageWatch StorageWatch { get; init; }
    public required LevelsApi LevelsApi { get; init; }
    public required ViewsApi ViewsApi { get; init; }
    public required DeliveryApi DeliveryApi { get; init; }
    public required DeliveryWorker Delivery { get; init; }
    public HealthChecks Health => field ??= new HealthChecks(Settings, this);

    /// <summary>Our own API of the features, below /api/tocsin/v1.</summary>
    public void MapFeatures(RouteGroupBuilder api)
    {
        CrashesApi.Map(api);
        AlertingApi.Map(api);
        DeliveryApi.Map(api);
        LevelsApi.Map(api);
        ViewsApi.Map(api);
        new DeletionsApi(Deletions, Database, Clock).Map(api);
        new BackupApi(Backups).Map(api);
        new VerifyApi(Verifications, Path.GetFullPath(Settings.DataDirectory)).Map(api);
        new StorageApi(Database, Settings, Backups, Verifications).Map(api);
    }

    /// <summary>Everything that runs without being asked, until cancelled.</summary>
    public Task RunBackground(CancellationToken cancel) => Task.WhenAll(
        Maintenance.Run(Database, cancel),
        Syslog.Run(Ingest, Clock, Metrics, cancel),
        Deletions.Run(cancel),
        StorageWatch.Run(cancel),
        AlertSweep.Run(cancel),
        CrashTap.RunAsync(cancel),
        Heartbeats.RunAsync(cancel),
        Delivery.Run(cancel),
        Maintenance.Forget(CrashRetention, Clock, cancel),
        WarmUp.Run(this, cancel));

    public async ValueTask DisposeAsync()
    {
        await Backups.DisposeAsync();
        await Verifications.DisposeAsync();
        await Catalog.DisposeAsync();
        // Sealed now, the next start has no log to replay. A kill instead of a stop costs that time and nothing else.
        Database.Seal(CancellationToken.None);
        Database.Dispose();
        ChannelContext.Dispose();
        Syslog.Dispose();
    }
}
