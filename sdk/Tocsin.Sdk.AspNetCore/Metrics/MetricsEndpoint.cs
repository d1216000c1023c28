using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using TocsinSdk.Metrics;
using TocsinSdk.Runs;

namespace TocsinSdk.AspNetCore.Metrics;

/// <summary>Serves /metrics within the application.</summary>
internal static class MetricsEndpoint
{
    public static void Map(IEndpointRouteBuilder endpoints, ProcessRun run)
    {
        run.Metrics.Open();
        Map(endpoints, run.Metrics, run.Settings.Options.Metrics);
    }

    public static void Map(IEndpointRouteBuilder endpoints, MetricsPage page, MetricOptions options)
    {
        var endpoint = endpoints.MapMethods(options.Path, [HttpMethods.Get], context => Serve(context, page, options))
            .WithDisplayName("Tocsin metrics");
#if NET9_0_OR_GREATER
        endpoint.DisableHttpMetrics();
#endif
    }

    private static async Task Serve(HttpContext context, MetricsPage page, MetricOptions options)
    {
        var headers = context.Request.Headers;
        var forwarded = headers.ContainsKey("X-Forwarded-For") || headers.ContainsKey("Forwarded");
        var refusal = ScrapeRequest.Refusal(
            options, context.Connection.RemoteIpAddress, forwarded, headers.Authorization);
        if (refusal is var (status, reason))
        {
            await Refuse(context.Response, status, reason);
            return;
        }
        var wanted = ScrapeRequest.Of(headers.Accept, headers.AcceptEncoding);
        using var rendering = await page.Take(wanted.Format, context.RequestAborted);
        if (rendering is null)
            await Refuse(context.Response, StatusCodes.Status503ServiceUnavailable, "Another scrape does not end.");
        else
            await Send(context.Response, wanted, rendering.Text, context.RequestAborted);
    }

    private static async Task Send(
        HttpResponse response, ScrapeRequest wanted, ReadOnlyMemory<byte> text, CancellationToken cancel)
    {
        response.ContentType = wanted.ContentType;
        response.Headers.Append(HeaderNames.Vary, "Accept, Accept-Encoding");
        response.Headers.CacheControl = "no-store";
        if (!wanted.Gzip)
        {
            response.ContentLength = text.Length;
            await response.Body.WriteAsync(text, cancel);
            return;
        }
        response.Headers.ContentEncoding = "gzip";
        await using var gzip = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await gzip.WriteAsync(text, cancel);
    }

    private static Task Refuse(HttpResponse response, int status, string reason)
    {
        response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        response.ContentType = "text/plain; charset=utf-8";
        return response.Body.WriteAsync(Encoding.UTF8.GetBytes(reason + "\n")).AsTask();
    }
}
