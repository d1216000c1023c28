using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using TocsinSdk.Debugging;

namespace TocsinSdk.AspNetCore.Debugging;

/// <summary>
/// Log records as server-sent events: first the newest that are kept, then each as it comes. The event's id is the
/// record's number, so a browser that lost the connection goes on where it was.
/// </summary>
internal sealed class LogTail(LogRing ring, CancellationToken stopping)
{
    private const int MaxFirst = 1000, MaxBatch = 200;
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(15);

    public async Task Serve(HttpContext context)
    {
        var filter = DebugApi.FilterOf(context);
        using var follower = ring.Follow(filter);
        if (follower is null)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        // An open tail must not hold up the end of the application.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await Follow(context.Response.Body, follower, filter, After(context), Limit(context), end.Token)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The browser, or the application, went away.
        }
    }

    private async Task Follow(
        Stream body, LogRing.Follower follower, LogFilter filter, long after, int limit, CancellationToken end)
    {
        using var batch = new MemoryStream();
        foreach (var line in ring.Find(filter, limit, after))
        {
            Append(batch, line);
            after = line.Number;
        }
        Append(batch, "event: ready\ndata: {}\n\n");
        await Send(batch, body, end).ConfigureAwait(false);
        while (true)
        {
            if (!await Waits(follower, end).ConfigureAwait(false))
                Append(batch, ": still here\n\n");
            // What came while the first ones were looked up is there twice.
            for (var count = 0; count < MaxBatch && follower.Lines.TryRead(out var line); count++)
                if (line.Number > after)
                    Append(batch, line);
            if (follower.TakeMissed() is > 0 and var missed)
                Append(batch, string.Create(CultureInfo.InvariantCulture, $"event: missed\ndata: {missed}\n\n"));
            await Send(batch, body, end).ConfigureAwait(false);
        }
    }

    private static async Task<bool> Waits(LogRing.Follower follower, CancellationToken end)
    {
        try
        {
            return await follower.Lines.WaitToReadAsync(end).AsTask().WaitAsync(s_silence, end).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static async Task Send(MemoryStream batch, Stream body, CancellationToken end)
    {
        await body.WriteAsync(batch.GetBuffer().AsMemory(0, (int)batch.Length), end).ConfigureAwait(false);
        await body.FlushAsync(end).ConfigureAwait(false);
        batch.SetLength(0);
    }

    private static void Append(MemoryStream batch, LogLine line)
    {
        Append(batch, string.Create(CultureInfo.InvariantCulture, $"id: {line.Number}\ndata: "));
        batch.Write(line.Json.Span);
        batch.Write("\n\n"u8);
    }

    private static void Append(MemoryStream batch, string text) => batch.Write(System.Text.Encoding.UTF8.GetBytes(text));

    private static long After(HttpContext context) =>
        long.TryParse(context.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var after)
            ? after : 0;

    private static int Limit(HttpContext context) => Math.Min(MaxFirst, DebugApi.LimitOf(context, 200));
}
