using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tocsin.Server.Api;

/// <summary>Writes server-sent events to one client. A comment line every 15 s keeps proxies from closing the stream.</summary>
internal sealed class EventStream : IAsyncDisposable
{
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(15);
    private readonly HttpContext _context;
    private readonly SemaphoreSlim _turn = new(1);
    private bool _begun;

    public EventStream(HttpContext context)
    {
        _context = context;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    public async Task Send(string name, string json, long? id = null)
    {
        string text = id is null ? $"event: {name}\ndata: {json}\n\n" : $"id: {id}\nevent: {name}\ndata: {json}\n\n";
        await Write(text);
    }

    /// <summary>
    /// Passes the items through; ends quietly when the client has gone. Who is told that it is connected misses nothing from then on: the
    /// items are asked for before.
    /// </summary>
    public async IAsyncEnumerable<T> WithHeartbeat<T>(IAsyncEnumerable<T> items)
    {
        await using IAsyncEnumerator<T> walk = items.GetAsyncEnumerator(_context.RequestAborted);
        Task<bool> next = Next(walk);
        await Write(": connected\n\n");
        using var timer = new PeriodicTimer(s_heartbeat);
        Task beat = Beat(timer);
        for (; await next; next = Next(walk))
            yield return walk.Current;
        timer.Dispose();
        await beat;
    }

    public ValueTask DisposeAsync()
    {
        _turn.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task Beat(PeriodicTimer timer)
    {
        while (await timer.WaitForNextTickAsync())
        {
            if (!_context.RequestAborted.IsCancellationRequested)
                await Write(": still here\n\n");
        }
    }

    private static async Task<bool> Next<T>(IAsyncEnumerator<T> walk)
    {
        try
        {
            return await walk.MoveNextAsync();
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task Write(string text)
    {
        await _turn.WaitAsync();
        try
        {
            if (!_begun)
            {
                _begun = true;
                await _context.Response.StartAsync(_context.RequestAborted);
            }
            await _context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), _context.RequestAborted);
            await _context.Response.Body.FlushAsync(_context.RequestAborted);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            _context.Abort();
        }
        finally
        {
            _turn.Release();
        }
    }
}
