using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Tocsin.Sdk.Telemetry;

/// <summary>
/// Gives ASP.NET Core's server spans what .NET 10 leaves out: the name "GET /bookings/{id:int}", http.route, the
/// status. The library must run without ASP.NET Core, so the request is read by reflection. .NET 11 does all this
/// itself.
/// </summary>
internal sealed class ServerSpans : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    // The host tells of the end of a request only to those who wanted to know of its beginning.
    private const string Request = "Microsoft.AspNetCore.Hosting.HttpRequestIn", RequestStops = Request + ".Stop";

    private RequestShape? _shape;

    public static void Watch()
    {
        // Not before .NET 10, where the framework sets other attributes; not after.
        if (Environment.Version.Major == 10)
            DiagnosticListener.AllListeners.Subscribe(new ServerSpans());
    }

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.AspNetCore")
            value.Subscribe(this, static (name, _, _) => name.StartsWith(Request, StringComparison.Ordinal));
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key != RequestStops || value.Value is not { } context
            || Activity.Current is not { IsAllDataRequested: true } span)
            return;
        try
        {
            _shape ??= RequestShape.Of(context.GetType());
            Complete(span, _shape, context);
        }
        catch (Exception)
        {
            // The request is served all the same; its span keeps its plain name.
        }
    }

    private static void Complete(Activity span, RequestShape shape, object context)
    {
        var status = shape.Status(context);
        span.SetTag("http.response.status_code", status);
        if (status >= 500)
        {
            span.SetTag("error.type", status.ToString(CultureInfo.InvariantCulture));
            if (span.Status == ActivityStatusCode.Unset)
                span.SetStatus(ActivityStatusCode.Error);
        }
        var method = span.GetTagItem("http.request.method") as string ?? "HTTP";
        if (shape.Route(context) is { } route)
        {
            span.SetTag("http.route", route);
            span.DisplayName = method + " " + route;
        }
        else
            span.DisplayName = method;
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    /// <summary>The few members of HttpContext that are read, found once.</summary>
    private sealed record RequestShape(PropertyInfo Response, PropertyInfo StatusCode, PropertyInfo Features,
        PropertyInfo ByType, Type EndpointFeature)
    {
        private object[]? _endpointKey;

        public int Status(object context) => (int)StatusCode.GetValue(Response.GetValue(context))!;

        public string? Route(object context)
        {
            _endpointKey ??= [EndpointFeature];
            var feature = ByType.GetValue(Features.GetValue(context), _endpointKey);
            var endpoint = feature is null ? null : EndpointFeature.GetProperty("Endpoint")!.GetValue(feature);
            var pattern = endpoint?.GetType().GetProperty("RoutePattern")?.GetValue(endpoint);
            return pattern?.GetType().GetProperty("RawText")?.GetValue(pattern) as string is { } raw
                ? raw.StartsWith('/') ? raw : "/" + raw
                : null;
        }

        public static RequestShape Of(Type type)
        {
            while (type.FullName != "Microsoft.AspNetCore.Http.HttpContext")
                type = type.BaseType ?? throw new InvalidOperationException("not an HttpContext");
            var response = type.GetProperty("Response")!;
            var features = type.GetProperty("Features")!;
            return new RequestShape(
                response, response.PropertyType.GetProperty("StatusCode")!, features,
                features.PropertyType.GetProperty("Item", [typeof(Type)])!,
                features.PropertyType.Assembly.GetType("Microsoft.AspNetCore.Http.Features.IEndpointFeature")
                    ?? type.Assembly.GetType("Microsoft.AspNetCore.Http.Features.IEndpointFeature",
                    throwOnError: true)!);
        }
    }
}
