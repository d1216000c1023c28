using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Resources;
using TocsinSdk.AspNetCore.Metrics;
using TocsinSdk.Metrics;

namespace TocsinSdk.AspNetCore.Tests.Metrics;

public sealed class MetricsEndpointTests : IAsyncLifetime
{
    private readonly MetricOptions _options = new();
    private WebApplication _app = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        var settings = Runs.Settings.Resolve(null, new Runs.Settings.Surroundings(
            new Dictionary<string, string>(), new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build(), null));
        var page = new MetricsPage(settings, ResourceBuilder.CreateEmpty, TimeProvider.System, _ => { });
        page.Open();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IStartupFilter, WebSocketCounts>();
        _app = builder.Build();
        _app.UseWebSockets();
        MetricsEndpoint.Map(_app, page, _options);
        _app.Map("/echo", Echo);
        await _app.StartAsync();
        _http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip })
        {
            BaseAddress = new Uri(_app.Urls.First()),
        };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task The_page_comes_in_the_format_asked_for_and_compressed()
    {
        var plain = await _http.GetAsync("/metrics");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Accept.ParseAdd("application/openmetrics-text; version=1.0.0");
        var open = await _http.SendAsync(request);

        plain.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        (await plain.Content.ReadAsStringAsync()).ShouldContain("# TYPE dotnet_gc_collections_total counter\n");
        (await open.Content.ReadAsStringAsync()).ShouldEndWith("# EOF\n");
        using var bare = new HttpClient { BaseAddress = _http.BaseAddress };
        bare.DefaultRequestHeaders.AcceptEncoding.ParseAdd("gzip");
        (await bare.GetAsync("/metrics")).Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
    }

    [Fact]
    public async Task What_came_through_a_proxy_is_refused_without_a_key()
    {
        _http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");

        var refused = await _http.GetAsync("/metrics");
        _options.Key = "s3cret";
        var unknown = await _http.GetAsync("/metrics");
        _http.DefaultRequestHeaders.Authorization = new("Bearer", "s3cret");
        var known = await _http.GetAsync("/metrics");

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("Metrics.Key");
        unknown.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        known.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task WebSockets_are_counted_while_they_are_open()
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(_http.BaseAddress!.ToString().Replace("http", "ws") + "echo"), default);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, default);
        await socket.ReceiveAsync(new byte[16], default);

        (await Line("websocket_server_active_connections{")).ShouldEndWith(" 1");
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        while (!(await Line("websocket_server_active_connections{")).EndsWith(" 0", StringComparison.Ordinal))
            await Task.Delay(50, TestContext.Current.CancellationToken);
        (await Line("websocket_server_connection_duration_seconds_count{")).ShouldContain("http_route=\"/echo\"");
    }

    [Fact]
    public async Task Caches_are_counted()
    {
        using var memory = new MemoryCache(new MemoryCacheOptions { TrackStatistics = true });
        memory.Measured("test-memory").Set("a", 1);
        memory.TryGetValue("a", out _);
        memory.TryGetValue("b", out _);
        var distributed = new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions()))
            .Measured("test-distributed");
        await distributed.SetStringAsync("a", "1");
        await distributed.GetStringAsync("a");
        await distributed.GetStringAsync("b");
        var hybrid = new OneValue().Measured("test-hybrid");
        for (var i = 0; i < 3; i++)
            (await hybrid.GetOrCreateAsync("a", _ => ValueTask.FromResult("made"))).ShouldBe("made");

        (await Line("cache_hits_total{", "test-memory")).ShouldEndWith(" 1");
        (await Line("cache_misses_total{", "test-memory")).ShouldEndWith(" 1");
        (await Line("cache_entries{", "test-memory")).ShouldEndWith(" 1");
        (await Line("cache_hits_total{", "test-distributed")).ShouldEndWith(" 1");
        (await Line("cache_misses_total{", "test-distributed")).ShouldEndWith(" 1");
        (await Line("cache_hits_total{", "test-hybrid")).ShouldEndWith(" 2");
        (await Line("cache_misses_total{", "test-hybrid")).ShouldEndWith(" 1");
    }

    private async Task<string> Line(string start, string with = "") =>
        (await _http.GetStringAsync("/metrics")).Split('\n').Single(l => l.StartsWith(start, StringComparison.Ordinal)
            && l.Contains(with));

    private static async Task Echo(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[64];
        while (await socket.ReceiveAsync(buffer, default) is { MessageType: not WebSocketMessageType.Close } message)
            await socket.SendAsync(buffer.AsMemory(0, message.Count), WebSocketMessageType.Text, true, default);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
    }

    /// <summary>The package with the real one is not among ours; this one keeps what it is given.</summary>
    private sealed class OneValue : HybridCache
    {
        private readonly Dictionary<string, object?> _values = [];

        public override async ValueTask<T> GetOrCreateAsync<TState, T>(string key, TState state,
            Func<TState, CancellationToken, ValueTask<T>> factory, HybridCacheEntryOptions? options = null,
            IEnumerable<string>? tags = null, CancellationToken cancellationToken = default)
        {
            if (!_values.TryGetValue(key, out var value))
                _values[key] = value = await factory(state, cancellationToken);
            return (T)value!;
        }

        public override ValueTask SetAsync<T>(string key, T value, HybridCacheEntryOptions? options = null,
            IEnumerable<string>? tags = null, CancellationToken cancellationToken = default) => default;

        public override ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default) => default;
        public override ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) => default;
    }
}
