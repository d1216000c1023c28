using Microsoft.AspNetCore.Routing;
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
using Tocsin.Server.Health;
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
    public required LiveTail Tail { get; init; }
    public required LogSearch Search { get; init; }
    public required Outbox Outbox { get; init; }
    public required AlertReports Alerts { get; init; }
    public required AlertingApi AlertingApi { get; init; }
    public required AlertSweep AlertSweep { get; init; }
    public HealthChecks Health => field ??= new HealthChecks(Settings, this);

    /// <summary>Our own API of the features, below /api/tocsin/v1.</summary>
    public void MapFeatures(RouteGroupBuilder api)
    {
        AlertingApi.Map(api);
    }

    /// <summary>Everything that runs without being asked, until cancelled.</summary>
    public Task RunBackground(CancellationToken cancel) => Task.WhenAll(
        Maintenance.Run(Database, cancel),
        AlertSweep.Run(cancel));

    public async ValueTask DisposeAsync()
    {
        await Catalog.DisposeAsync();
        Database.Dispose();
    }
}
