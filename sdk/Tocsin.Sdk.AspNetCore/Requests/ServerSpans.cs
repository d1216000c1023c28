using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace TocsinSdk.AspNetCore.Requests;

/// <summary>
/// Gives ASP.NET Core's server spans what .NET 10 leaves out: the name "GET /bookings/{id:int}", http.route, the
/// status; and what .NET 8 leaves out besides: method, path, scheme and server. .NET 11 does all this itself.
/// </summary>
internal static class ServerSpans
{
    /// <summary>
    /// Must come before the web host is built: .NET 10 leaves the server span's attributes to whoever asks for them.
    /// </summary>
    public static void Ask() =>
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);

    /// <param name="context">The request at its end.</param>
    /// <param name="status">As answered, or as the server is going to answer.</param>
    /// <param name="route">"/bookings/{id:int}"; null when none was found.</param>
    public static void Complete(HttpContext context, int status, string? route)
    {
        if (Environment.Version.Major > 10
            || context.Features.Get<IHttpActivityFeature>()?.Activity is not { IsAllDataRequested: true } span)
            return;
        span.SetTag("http.response.status_code", status);
        if (status >= 500)
        {
            span.SetTag("error.type", status.ToString(CultureInfo.InvariantCulture));
            if (span.Status == ActivityStatusCode.Unset)
                span.SetStatus(ActivityStatusCode.Error);
        }
        if (span.GetTagItem("http.request.method") is not string method)
            method = Describe(span, context.Request);
        span.SetTag("http.route", route);
        span.DisplayName = route is null ? method : method + " " + route;
    }

    private static string Describe(Activity span, HttpRequest request)
    {
        var method = HttpMethods.GetCanonicalizedValue(request.Method);
        // A name of the caller's own making would be one more series for each.
        if (!IsKnown(method))
        {
            span.SetTag("http.request.method_original", method);
            method = "_OTHER";
        }
        span.SetTag("http.request.method", method);
        span.SetTag("url.scheme", request.Scheme);
        span.SetTag("url.path", (request.PathBase + request.Path).Value);
        if (request.Host.HasValue)
        {
            span.SetTag("server.address", request.Host.Host);
            span.SetTag("server.port", request.Host.Port ?? (request.Scheme == "https" ? 443 : 80));
        }
        return method == "_OTHER" ? "HTTP" : method;
    }

    private static bool IsKnown(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsPost(method) || HttpMethods.IsPut(method)
        || HttpMethods.IsDelete(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method)
        || HttpMethods.IsPatch(method) || HttpMethods.IsConnect(method) || HttpMethods.IsTrace(method);
}
