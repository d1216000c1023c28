using System.Collections.Frozen;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Tocsin.Server.Web;

/// <summary>
/// Serves the embedded web page: hashed files under /assets for ever, everything else that is not an API as the page
/// itself, whose own router takes over. Works below any <see cref="HttpRequest.PathBase"/>.
/// </summary>
public static class WebUi
{
    private const string AssetFolder = "assets/";
    private const string Forever = "public, max-age=31536000, immutable";

    // Mantine and uPlot set styles from script; nothing else may run or load from elsewhere.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'self'; "
        + "frame-ancestors 'none'";

    private const string BaseElement = "<base href=\"/\" />";

    /// <summary>First segments of paths that belong to an API; a typo below them must stay a 404.</summary>
    private static readonly FrozenSet<string> s_reserved = FrozenSet.ToFrozenSet(
    [
        "-", "alertmanager", "api", "assets", "elasticsearch", "health", "ingest", "jaeger", "loki", "metrics",
        "openapi", "prometheus", "v1",
    ], StringComparer.OrdinalIgnoreCase);

    /// <summary>Answers what no endpoint has answered, so it stands last; paths of APIs stay 404.</summary>
    public static void Use(IApplicationBuilder pipeline)
    {
        WebAssets assets = WebAssets.Of(typeof(WebUi).Assembly);
        string? page = assets.Find("index.html") is { } index ? Encoding.UTF8.GetString(index.Plain.Span) : null;
        pipeline.Run(context => Answer(assets, page, context));
    }

    private static Task Answer(WebAssets assets, string? page, HttpContext context)
    {
        string path = context.Request.Path.Value!.TrimStart('/');
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            return NotFound(context);
        if (path.StartsWith(AssetFolder, StringComparison.Ordinal))
            return assets.Find(path) is { } asset ? asset.Serve(context, Forever) : NotFound(context);
        int end = path.IndexOf('/');
        if (s_reserved.Contains(end < 0 ? path : path[..end]))
            return NotFound(context);
        return ServePage(assets, page, path, context);
    }

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static async Task ServePage(WebAssets assets, string? page, string path, HttpContext context)
    {
        if (path.Length > 0 && path != "index.html" && assets.Find(path) is { } file)
        {
            await file.Serve(context, "no-cache");
            return;
        }
        if (page is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            await context.Response.WriteAsync(
                "This Tocsin was built without its web page (BuildWebUi=false). The API is under /api/tocsin/v1.\n");
            return;
        }
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.CacheControl = "no-cache";
        headers.XContentTypeOptions = "nosniff";
        headers[HeaderNames.XFrameOptions] = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        context.Response.ContentType = "text/html; charset=utf-8";
        string prefix = HtmlEncoder.Default.Encode(context.Request.PathBase.ToUriComponent());
        string whole = page.Replace(BaseElement, $"<base href=\"{prefix}/\" />", StringComparison.Ordinal);
        byte[] body = Encoding.UTF8.GetBytes(whole);
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
