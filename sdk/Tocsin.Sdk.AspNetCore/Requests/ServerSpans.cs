using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace TocsinSdk.AspNetCore.Requests;

/// <summary>
/// Gives ASP.NET Core's server spans what .NET 10 leaves out: the name "GET /bookings/{id:int}", http.route, the
/// status. .NET 11 does all this itself.
/// </summary>
internal sealed class ServerSpans : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    // The host tells of the end of a request only to those who wanted to know of its beginning.
    private const string Request = "Microsoft.AspNetCore.Hosting.HttpRequestIn", RequestStops = Request + ".Stop";

    private static int s_watching;

    /// <summary>
    /// Must come before the web host is built: .NET 10 leaves the server span's attributes to whoever asks for them.
    /// </summary>
    public static void Watch()
    {
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        if (Environment.Version.Major <= 10 && Interlocked.Exchange(ref s_watching, 1) == 0)
            DiagnosticListener.AllListeners.Subscribe(new ServerSpans());
    }

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.AspNetCore")
            value.Subscribe(this, static (name, _, _) => name.StartsWith(Request, StringComparison.Ordinal));
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        if (value is { Key: RequestStops, Value: HttpContext context }
            && Activity.Current is { IsAllDataRequested: true } span)
            Complete(span, context);
    }

    private static void Complete(Activity span, HttpContext context)
    {
        var status = context.Response.StatusCode;
        span.SetTag("http.response.status_code", status);
        if (status >= 500)
        {
            span.SetTag("error.type", status.ToString(CultureInfo.InvariantCulture));
            if (span.Status == ActivityStatusCode.Unset)
                span.SetStatus(ActivityStatusCode.Error);
        }
        var method = span.GetTagItem("http.request.method") as string ?? "HTTP";
        if ((context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText is { } raw)
        {
            var route = raw.StartsWith('/') ? raw : "/" + raw;
            span.SetTag("http.route", route);
            span.DisplayName = method + " " + route;
        }
        else
        {
            span.DisplayName = method;
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }
}
