using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Model.Metrics;
using Tocsin.Storage;
using Tocsin.Storage.Io;
using Tocsin.Storage.Scan;
using Tocsin.Testing;

namespace Tocsin.Protocols.Tests;

/// <summary>All protocols behind a real Kestrel, over a real database in a folder of its own.</summary>
internal sealed class Host : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder;
    private readonly Database _database;

    private Host(WebApplication app, string folder, Database database, IngestPipeline pipeline)
    {
        _app = app;
        _folder = folder;
        _database = database;
        Pipeline = pipeline;
        string[] addresses = [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        Http = new Uri(addresses[0]);
        Grpc = new Uri(addresses[1]);
    }

    /// <summary>HTTP/1.1.</summary>
    public Uri Http { get; }

    /// <summary>HTTP/2 without TLS.</summary>
    public Uri Grpc { get; }

    public IngestPipeline Pipeline { get; }

    /// <param name="options">Limits.</param>
    /// <param name="append">Stands in for the database's answer when given.</param>
    /// <param name="onAppend">Sees each append.</param>
    public static async Task<Host> Start(
        IngestOptions? options = null, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<AppendResult>>? append = null,
        Action? onAppend = null)
    {
        string folder = Directory.CreateTempSubdirectory("tocsin-protocols-").FullName;
        var database = Database.Open(
            new DatabaseOptions { Directory = folder, MinFreeBytes = 0 }, new DiskFileSystem(), TimeProvider.System, new MetricSet());
        var pipeline = new IngestPipeline(
            (batch, cancel) =>
            {
                onAppend?.Invoke();
                return (append ?? database.Append)(batch, cancel);
            },
            options ?? IngestOptions.Default, TimeProvider.System, new MetricSet(), []);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        WebApplication app = builder.Build();
        Protocols.MapAll(app, pipeline, database, TimeProvider.System);
        await app.StartAsync();
        return new Host(app, folder, database, pipeline);
    }

    /// <summary>Everything stored, oldest first, as text.</summary>
    public IReadOnlyList<string> Rows(Dataset dataset)
    {
        List<string> rows = [];
        _database.Scan(
            new ScanRequest { Dataset = dataset, OldestFirst = true },
            (in EventRow row, RowId _) =>
            {
                rows.Add(BatchText.Line(row));
                return true;
            },
            CancellationToken.None);
        return rows;
    }

    public IngestTotals Totals(string protocol, string dataset) =>
        Pipeline.Totals().Single(t => t.Protocol == protocol && t.Dataset == dataset);

    /// <summary>received = stored + rejected for every protocol, and nothing is held in memory any more.</summary>
    public void ShouldBalance()
    {
        foreach (IngestTotals totals in Pipeline.Totals())
            totals.Received.ShouldBe(totals.Stored + totals.Rejected.Values.Sum(), totals.ToString());
        Pipeline.Budget.Used.ShouldBe(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _database.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
