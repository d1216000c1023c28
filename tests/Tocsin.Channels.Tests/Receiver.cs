using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tocsin.Channels.Tests;

/// <summary>A real HTTP server on this machine that answers as the test says and remembers what it was sent.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Receiver(WebApplication app) => _app = app;

    public int Port { get; private set; }

    public string Url => $"http://127.0.0.1:{Port}/services/T000/B000/secret-token?key=hidden";

    public ConcurrentQueue<(string Path, string Body, Dictionary<string, string> Headers)> Requests { get; } = new();

    public static async Task<Receiver> Start(Func<HttpContext, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var receiver = new Receiver(builder.Build());
        receiver._app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            string body = await reader.ReadToEndAsync(context.RequestAborted);
            receiver.Requests.Enqueue((context.Request.Path, body, context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString())));
            await answer(context);
        });
        await receiver._app.StartAsync();
        receiver.Port = new Uri(receiver._app.Urls.First()).Port;
        return receiver;
    }

    public static ChannelContext Context(TimeSpan? timeout = null, TimeProvider? clock = null) =>
        new(clock ?? TimeProvider.System, [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")], new ChannelRules())
        {
            Timeout = timeout ?? TimeSpan.FromSeconds(15),
        };

    public static Channel Webhook(ChannelContext context, string url, params (string Key, string Value)[] more) => Make(context, "webhook", url, more);

    public static Channel Make(ChannelContext context, string kind, string url, params (string Key, string Value)[] more)
    {
        var values = new Dictionary<string, string> { ["url"] = url };
        foreach ((string key, string value) in more)
            values[key] = value;
        ChannelSetup setup = ChannelKinds.Create(new ChannelSettings("ops", kind, values), context);
        setup.Errors.ShouldBeEmpty();
        return setup.Channel!.Channel;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        now.Cancel();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
