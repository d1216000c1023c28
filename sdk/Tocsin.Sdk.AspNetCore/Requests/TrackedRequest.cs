using System.Security.Claims;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using TocsinSdk.Context;

namespace TocsinSdk.AspNetCore.Requests;

/// <summary>
/// What Tocsin knows of a request under way; a feature of its HttpContext. It is also the place where ASP.NET Core keeps
/// the authenticated user, so that the user is known from that moment on and to nobody's cost before.
/// </summary>
internal sealed class TrackedRequest(HttpContext context, RequestOptions options, string service)
    : IHttpAuthenticationFeature
{
    private ClaimsPrincipal? _principal = context.Features.Get<IHttpAuthenticationFeature>()?.User;
    private string? _crashId;

    public RequestOptions Options => options;

    public required string Id { get; init; }
    public required string Method { get; init; }
    public required string Path { get; init; }
    public required DateTimeOffset Started { get; init; }

    /// <summary>Ticks of the clock, for durations.</summary>
    public required long StartedAt { get; init; }

    /// <summary>32 hex digits; null without a trace.</summary>
    public required string? TraceId { get; init; }

    /// <summary>Who it is for; set once the context has begun.</summary>
    public Ambient? Ambient { get; set; }

    /// <summary>"/bookings/{id:int}"; null before it is found, or when there is none.</summary>
    public string? Route => RouteOf(EndpointOf());

    /// <summary>A probe or a scrape: logged at Debug, and never slow.</summary>
    public required bool Quiet { get; init; }

    /// <summary>Asked for with X-Tocsin-Debug: every level of this request is logged.</summary>
    public required bool Verbose { get; init; }

    /// <summary>What left the pipeline, or was answered by an exception handler with a status of 500 and above.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Id of the crash record of <see cref="Error"/>; null without one.</summary>
    public string? CrashId => _crashId;

    ClaimsPrincipal? IHttpAuthenticationFeature.User
    {
        get => _principal;
        set
        {
            _principal = value;
            if (RequestIds.UserOf(value, options, service) is { } user && Ambient?.UserId is null)
                Tocsin.SetUser(user);
        }
    }

    /// <summary>
    /// Looks whether the answer being given is one to an exception; the record is then made at once, so that page, header
    /// and logs can name it.
    /// </summary>
    public void LookForError(int status)
    {
        if (status >= 500 && Error is null && context.Features.Get<IExceptionHandlerFeature>()?.Error is { } answered)
            Failed(answered);
    }

    public void Failed(Exception error)
    {
        if (Error is not null)
            return;
        Error = error;
        _crashId = Tocsin.CaptureException(
            error, [new("http.request.method", Method), new("http.route", Route), new("url.path", Path)]);
    }

    /// <summary>WebSockets, server-sent events, SignalR and Blazor circuits: their length says nothing.</summary>
    public bool IsMeantToLast() =>
        context.Response.StatusCode == StatusCodes.Status101SwitchingProtocols
        || context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true }
        || context.Response.ContentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true
        || EndpointOf()?.Metadata.GetMetadata<HubMetadata>() is not null;

    public static string? RouteOf(Endpoint? endpoint) =>
        (endpoint as RouteEndpoint)?.RoutePattern.RawText is not { } raw ? null
        : raw.StartsWith('/') ? raw : "/" + raw;

    // An exception handler takes the endpoint off the context.
    private Endpoint? EndpointOf() =>
        context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
}
