using System.Globalization;
using System.IO.Compression;
using System.Net;
using TocsinSdk.Runs;

namespace TocsinSdk.Metrics;

/// <summary>Serves the page, and nothing else, in a program without a web server.</summary>
internal sealed class MetricsListener
{
    private const int MaxAtOnce = 8;

    private readonly MetricsPage _page;
    private readonly MetricOptions _options;
    private readonly HttpListener _listener = new();
    private readonly SemaphoreSlim _places = new(MaxAtOnce);

    private MetricsListener(MetricsPage page, MetricOptions options) => (_page, _options) = (page, options);

    /// <summary>Says on standard error, and does without, when the address cannot be had.</summary>
    public static void Start(MetricsPage page, MetricOptions options, Action<string> say)
    {
        if (options.Listen is not { } listen || Prefix(listen) is not { } prefix)
            return;
        page.Open();
        var listener = new MetricsListener(page, options);
        listener._listener.Prefixes.Add(prefix);
        try
        {
            listener._listener.Start();
        }
        catch (HttpListenerException e)
        {
            say($"tocsin: no metrics at {listen}: {e.Message}");
            return;
        }
        // A program that starts within a request must not keep that request's context alive.
        using (ExecutionContext.SuppressFlow())
            _ = Task.Run(listener.Serve);
    }

    /// <summary>HttpListener's spelling of an address; null when it is none.</summary>
    public static string? Prefix(string listen)
    {
        var colon = listen.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(listen.AsSpan(colon + 1), CultureInfo.InvariantCulture, out var port)
            || port == 0)
            return null;
        var host = listen[..colon];
        if (host is "*" or "0.0.0.0" or "[::]")
            host = "+";
        else if (host != "localhost" && !IPAddress.TryParse(host, out _))
            return null;
        return string.Create(CultureInfo.InvariantCulture, $"http://{host}:{port}/");
    }

    private async Task Serve()
    {
        while (_listener.IsListening)
        {
            await _places.WaitAsync().ConfigureAwait(false);
            try
            {
                var context = await _listener.GetContextAsync().ConfigureAwait(false);
                _ = Answer(context);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                _places.Release();
            }
        }
    }

    private async Task Answer(HttpListenerContext context)
    {
        try
        {
            var request = context.Request;
            var refusal = request.HttpMethod is not "GET" || request.Url?.AbsolutePath != _options.Path
                ? (404, "Metrics are at " + _options.Path)
                // Who names the address to listen at has decided who may come; the key is asked all the same.
                : ScrapeRequest.Refusal(_options, from: null, forwarded: false, request.Headers["Authorization"]);
            var wanted = ScrapeRequest.Of(request.Headers["Accept"], request.Headers["Accept-Encoding"]);
            using var page = refusal is null
                ? await _page.Take(wanted.Format, CancellationToken.None).ConfigureAwait(false) : null;
            if (page is null)
                await Refuse(context.Response, refusal ?? (503, "Another scrape does not end.")).ConfigureAwait(false);
            else
                await Send(context.Response, wanted, page.Text).ConfigureAwait(false);
            context.Response.Close();
        }
        catch (Exception)
        {
            // The scraper went away, or an instrument of the application failed; it asks again.
            context.Response.Abort();
        }
        finally
        {
            _places.Release();
        }
    }

    private static async Task Send(HttpListenerResponse response, ScrapeRequest wanted, ReadOnlyMemory<byte> text)
    {
        response.ContentType = wanted.ContentType;
        if (!wanted.Gzip)
        {
            response.ContentLength64 = text.Length;
            await response.OutputStream.WriteAsync(text).ConfigureAwait(false);
            return;
        }
        response.AddHeader("Content-Encoding", "gzip");
        var gzip = new GZipStream(response.OutputStream, CompressionLevel.Fastest, leaveOpen: true);
        await using (gzip.ConfigureAwait(false))
            await gzip.WriteAsync(text).ConfigureAwait(false);
    }

    private static async Task Refuse(HttpListenerResponse response, (int Status, string Reason) refusal)
    {
        response.StatusCode = refusal.Status;
        response.ContentType = "text/plain; charset=utf-8";
        await response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(refusal.Reason + "\n"))
            .ConfigureAwait(false);
    }
}
