using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tocsin.Server.Configuration;

namespace Tocsin.Server;

/// <summary>
/// The whole server as a value: <see cref="Start"/> listens at once, answers 503 until the log is replayed, then serves.
/// Dispose stops listening, lets running requests end and closes the stores.
/// </summary>
public sealed class TocsinServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private volatile RequestDelegate _pipeline;
    private Parts? _parts;
    private Task _background = Task.CompletedTask;

    private TocsinServer(WebApplication app, TocsinSettings settings)
    {
        _app = app;
        Settings = settings;
        _pipeline = StartingPipeline;
    }

    public TocsinSettings Settings { get; }

    public ServerAddresses Addresses { get; private set; } = new(0, 0, 0, "");

    /// <summary>Completes when somebody has asked the process to stop (Ctrl-C, SIGTERM).</summary>
    public Task WaitForStop() => ((IHost)_app).WaitForShutdownAsync();

    /// <exception cref="IOException">A port is taken; the message names it.</exception>
    /// <exception cref="Storage.DatabaseLockedException">Another server works on the same data directory.</exception>
    public static async Task<TocsinServer> Start(TocsinSettings settings, TimeProvider clock)
    {
        _ = QueryWarmUp.Run();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            // The default content root is the working directory, which a configuration watcher would then scan.
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // Bind failures come back as exceptions and are told in our own words; the framework would print a stack trace first.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, settings));
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, ReceiveBlocksFactory>();
        builder.Services.AddRouting();
        builder.Services.AddProblemDetails();
        builder.Services.ConfigureHttpJsonOptions(json => JsonShape.Apply(json.SerializerOptions));
        builder.Services.AddOpenApi(api => api.AddSchemaTransformer<TimeSchema>().AddDocumentTransformer<ApiDocument>());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        WebApplication app = builder.Build();

        var server = new TocsinServer(app, settings);
        app.Run(context => server._pipeline(context));
        await app.StartAsync();
        try
        {
            server.Addresses = ServerAddresses.Of(app.Services.GetRequiredService<IServer>(), settings);
            Parts parts = await Task.Run(() => Wiring.Open(settings, server.Addresses, clock));
            server._parts = parts;
            await parts.Deletions.Settle(atStart: true, CancellationToken.None);
            server._pipeline = Routes.Build(app, parts);
            server._background = parts.RunBackground(server._stopping.Token);
            // It serves already; who waits for it to be ready is about to ask.
            await WarmUp.Visit(server.Addresses.Http, server._stopping.Token);
            return server;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _stopping.CancelAsync();
        await _background;
        await _app.DisposeAsync();
        if (_parts is not null)
            await _parts.DisposeAsync();
        _stopping.Dispose();
    }

    /// <summary>Lets each channel check its own settings; what is wrong goes to the source's errors.</summary>
    public static void CheckChannels(TocsinSettings settings)
    {
        using Channels.ChannelContext context = Wiring.ContextOf(settings, TimeProvider.System);
        foreach (ChannelEntry entry in settings.Channels)
        {
            Channels.ChannelSetup setup = Wiring.Setup(entry, context);
            foreach (Channels.SettingError error in setup.Errors)
                entry.Section.Fail(error.Key, error.Expected);
            setup.Channel?.Channel.Dispose();
        }
    }

    private static void Listen(KestrelServerOptions kestrel, TocsinSettings settings)
    {
        kestrel.AddServerHeader = false;
        // Bodies are limited by the protocols themselves, after decompression and with their own errors.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(10));
        kestrel.Listen(settings.Address, settings.HttpPort, listen => listen.Protocols = HttpProtocols.Http1);
        kestrel.Listen(settings.Address, settings.OtlpHttpPort, listen => listen.Protocols = HttpProtocols.Http1);
        kestrel.Listen(settings.Address, settings.OtlpGrpcPort, listen => listen.Protocols = HttpProtocols.Http2);
    }

    /// <summary>What clients hear while the log is replayed: alive, not ready, come back in a second.</summary>
    private static Task StartingPipeline(HttpContext context)
    {
        string path = context.Request.Path.Value ?? "";
        if (path == "/-/healthy")
            return context.Response.WriteAsync("Tocsin is alive.\n");
        context.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
        context.Response.Headers.RetryAfter = "1";
        return context.Response.WriteAsync("Tocsin is starting: it replays its log.\n");
    }
}

/// <summary>The ports really listened on (a configured 0 means any free one) and the address of the web page.</summary>
public sealed record ServerAddresses(int Http, int OtlpHttp, int OtlpGrpc, string Url)
{
    internal static ServerAddresses Of(IServer server, TocsinSettings settings)
    {
        // Kestrel reports the addresses in the order in which they were configured.
        int[] ports = [.. server.Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a).Port)];
        string host = settings.Address.Equals(IPAddress.Any) || settings.Address.Equals(IPAddress.IPv6Any)
            ? Dns.GetHostName()
            : settings.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{settings.Address}]" : $"{settings.Address}";
        return new(ports[0], ports[1], ports[2], settings.ExternalUrl ?? $"http://{host}:{ports[0]}{settings.PathPrefix}");
    }
}
