using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tocsin.Testing.Processes;

namespace Tocsin.Acceptance.Secrets;

/// <summary>Stands where the server would and keeps what it is sent.</summary>
internal sealed class WireTap : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = new();

    private WireTap()
    {
        Url = $"http://127.0.0.1:{Loopback.FreePort()}";
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(Url);
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            _received.Enqueue((context.Request.Path, body.ToArray()));
            context.Response.StatusCode = StatusCodes.Status200OK;
        });
    }

    public string Url { get; }

    public IReadOnlyCollection<(string Path, byte[] Body)> Received => _received;

    public static async Task<WireTap> Start()
    {
        var tap = new WireTap();
        await tap._app.StartAsync();
        return tap;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
