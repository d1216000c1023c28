using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Tocsin.Testing.Processes;

/// <summary>A real HTTP server that accepts notifications and lets a test wait for the one that names a text.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly Task _loop;
    private readonly ConcurrentQueue<(DateTimeOffset At, string Body)> _received = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _awaited = new();

    private WebhookReceiver(HttpListener listener, string url)
    {
        _listener = listener;
        Url = url;
        _loop = Task.Run(Serve);
    }

    public string Url { get; }

    public IReadOnlyCollection<(DateTimeOffset At, string Body)> Received => _received;

    public static Task<WebhookReceiver> Start()
    {
        for (int attempt = 0; ; attempt++)
        {
            string url = $"http://127.0.0.1:{Random.Shared.Next(20_000, 60_000)}/hook/";
            var listener = new HttpListener();
            listener.Prefixes.Add(url);
            try
            {
                listener.Start();
                return Task.FromResult(new WebhookReceiver(listener, url));
            }
            catch (HttpListenerException) when (attempt < 20)
            {
                listener.Close();
            }
        }
    }

    /// <summary>Completes with the first body, past or future, that contains <paramref name="text"/>.</summary>
    public Task<string> Next(string text)
    {
        Task<string> awaited = _awaited.GetOrAdd(text, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        foreach ((_, string body) in _received)
            Announce(body);
        return awaited;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _loop;
        _listener.Close();
    }

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
                string body = await reader.ReadToEndAsync();
                _received.Enqueue((DateTimeOffset.UtcNow, body));
                Announce(body);
                context.Response.StatusCode = 200;
                context.Response.Close();
            }
        }
        catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // Stop() ends the wait this way.
        }
    }

    private void Announce(string body)
    {
        foreach ((string text, TaskCompletionSource<string> waiter) in _awaited)
        {
            if (body.Contains(text, StringComparison.Ordinal))
                waiter.TrySetResult(body);
        }
    }
}
