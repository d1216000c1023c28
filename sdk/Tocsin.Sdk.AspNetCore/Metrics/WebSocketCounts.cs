using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace TocsinSdk.AspNetCore.Metrics;

/// <summary>
/// Counts WebSocket connections, which ASP.NET Core does not (SignalR's own meter counts SignalR's only): from the moment
/// the application takes one until its request ends.
/// </summary>
internal sealed class WebSocketCounts : IStartupFilter
{
    private static readonly Meter s_meter = new("Tocsin.WebSockets");
    private static readonly UpDownCounter<long> s_active = s_meter.CreateUpDownCounter<long>(
        "websocket.server.active_connections", "{connection}", "Open WebSocket connections");

    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram("websocket.server.connection.duration",
        "s", "How long WebSocket connections lasted", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 24 * 3600] });

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(Count);
        next(app);
    };

    private static Task Count(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: "websocket" } connect)
            return Count(context, next, new Connection(context, null, connect));
        return context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade
            && context.Request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase)
            ? Count(context, next, new Connection(context, upgrade, null)) : next(context);
    }

    private static async Task Count(HttpContext context, RequestDelegate next, Connection connection)
    {
        if (connection.IsUpgradableRequest)
            context.Features.Set<IHttpUpgradeFeature>(connection);
        else
            context.Features.Set<IHttpExtendedConnectFeature>(connection);
        try
        {
            await next(context);
        }
        finally
        {
            connection.End();
        }
    }

    private sealed class Connection(
        HttpContext context, IHttpUpgradeFeature? upgrade, IHttpExtendedConnectFeature? connect)
        : IHttpUpgradeFeature, IHttpExtendedConnectFeature
    {
        private KeyValuePair<string, object?> _route;
        private long _taken;

        public bool IsUpgradableRequest => upgrade is not null;
        public bool IsExtendedConnect => connect is not null;
        public string? Protocol => connect?.Protocol;

        public async Task<Stream> UpgradeAsync() => Taken(await upgrade!.UpgradeAsync());

        public async ValueTask<Stream> AcceptAsync() => Taken(await connect!.AcceptAsync());

        public void End()
        {
            if (_taken == 0)
                return;
            s_active.Add(-1, _route);
            s_duration.Record(Stopwatch.GetElapsedTime(_taken).TotalSeconds, _route);
        }

        private Stream Taken(Stream stream)
        {
            _route = new("http.route", (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "");
            _taken = Stopwatch.GetTimestamp();
            s_active.Add(1, _route);
            return stream;
        }
    }
}
