using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.Extensions.Logging;
using TocsinSdk.Context;
using TocsinSdk.Logging;
using TocsinSdk.Runs;

namespace TocsinSdk.AspNetCore.Requests;

/// <summary>Follows each request from its beginning to its end.</summary>
/// <param name="run">The process.</param>
/// <param name="logger">Takes what is said of requests.</param>
/// <param name="development">Whether X-Tocsin-Debug needs no secret.</param>
/// <param name="logsErrors">Whether nobody else may log an exception that was answered.</param>
/// <param name="clock">For durations.</param>
internal sealed class RequestTracking(
    ProcessRun run, ILogger logger, bool development, bool logsErrors, TimeProvider clock)
{
    // Nginx's number for a caller who went away.
    private const int ClientClosed = 499;

    public Task Invoke(HttpContext context, RequestDelegate next)
    {
        var settings = run.Settings;
        if (context.Features.Get<TrackedRequest>() is not null)
            return next(context);
        return settings.Options.Requests.Enabled
            ? Track(context, next, settings) : Untracked(context, next);
    }

    private static async Task Untracked(HttpContext context, RequestDelegate next)
    {
        Exception? error = null;
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception e) when (Noted(error = e))
        {
        }
        finally
        {
            ServerSpans.Complete(context, StatusOf(context, error), TrackedRequest.RouteOf(context.GetEndpoint()));
        }
    }

    private async Task Track(HttpContext context, RequestDelegate next, Settings settings)
    {
        var request = Begin(context, settings);
        using var ambient = request.Ambient = Ambient.Begin(requestId: request.Id);
        using var logs = RequestLogs.Begin(run.Logs, settings.Options.Logs, request.Verbose ? LogLevel.Trace : null);
        var place = ActiveRequests.OfProcess.Add(request);
        Exception? error = null;
        try
        {
            if (settings.Options.Requests.LogStart && logger.IsEnabled(LevelOf(request)))
                RequestLog.Started(logger, LevelOf(request), request, context);
            await next(context).ConfigureAwait(false);
        }
        catch (Exception e) when (Noted(error = e))
        {
        }
        finally
        {
            ActiveRequests.OfProcess.Remove(place);
            End(context, request, error, logs);
        }
    }

    private TrackedRequest Begin(HttpContext context, Settings settings)
    {
        var options = settings.Options.Requests;
        var path = context.Request.Path.Value ?? "";
        var given = options.AcceptRequestId && options.RequestIdHeader.Length > 0
            ? (string?)context.Request.Headers[options.RequestIdHeader] : null;
        var request = new TrackedRequest(context, options, settings.Service)
        {
            Id = RequestIds.IsUsable(given) ? given! : RequestIds.New(),
            Method = context.Request.Method,
            Path = path,
            Started = clock.GetUtcNow(),
            StartedAt = clock.GetTimestamp(),
            TraceId = Activity.Current?.TraceId.ToHexString(),
            Quiet = IsQuiet(path, options.QuietPaths),
            Verbose = DebugPermit.Allows(
                context.Request.Headers[DebugPermit.Header], options.DebugSecret, development, clock),
        };
        // The framework's own logs and error pages then show the same id.
        context.TraceIdentifier = request.Id;
        context.Features.Set(request);
        context.Features.Set<IHttpAuthenticationFeature>(request);
        context.Response.OnStarting(static state => Headers((HttpContext)state), context);
        return request;
    }

    // Set at the last moment: an exception handler clears what was set before.
    private static Task Headers(HttpContext context)
    {
        if (context.Features.Get<TrackedRequest>() is not { } request)
            return Task.CompletedTask;
        request.LookForError(context.Response.StatusCode);
        if (request.Options.RequestIdHeader is { Length: > 0 } id)
            context.Response.Headers[id] = request.Id;
        if (request is { CrashId: { } crash, Options.CrashIdHeader: { Length: > 0 } name })
            context.Response.Headers[name] = crash;
        return Task.CompletedTask;
    }

    private void End(HttpContext context, TrackedRequest request, Exception? error, RequestLogs? logs)
    {
        var options = request.Options;
        var status = StatusOf(context, error);
        if (error is not null && !IsCallersDoing(context, error))
            request.Failed(error);
        request.LookForError(status);
        var duration = clock.GetElapsedTime(request.StartedAt);
        // A health page that says 503 works as it should; the change of health has its own record.
        var failed = request.Error is not null || (status >= 500 && !request.Quiet);
        var level = failed ? LogLevel.Error : LevelOf(request);
        var slow = options.SlowThreshold > TimeSpan.Zero && duration >= options.SlowThreshold && !request.Quiet
            && status != ClientClosed && !request.IsMeantToLast();
        if (failed || slow)
            logs?.Release();
        if (options.LogEnd && logger.IsEnabled(level))
            // What leaves the pipeline is logged by the server with its stack.
            RequestLog.Completed(logger, level, request, context, status, duration,
                logsErrors && error is null ? request.Error : null);
        if (slow)
            RequestLog.Slow(logger, request, status, duration);
        ServerSpans.Complete(context, status, request.Route);
    }

    private static int StatusOf(HttpContext context, Exception? error) =>
        error is null || context.Response.HasStarted ? context.Response.StatusCode
        : IsGone(context, error) ? ClientClosed
        : error is BadHttpRequestException bad ? bad.StatusCode
        : StatusCodes.Status500InternalServerError;

    private static bool IsCallersDoing(HttpContext context, Exception error) =>
        IsGone(context, error) || error is BadHttpRequestException { StatusCode: < 500 };

    private static bool IsGone(HttpContext context, Exception error) =>
        context.RequestAborted.IsCancellationRequested && error is OperationCanceledException or IOException;

    private static LogLevel LevelOf(TrackedRequest request) => request.Quiet ? LogLevel.Debug : LogLevel.Information;

    private static bool IsQuiet(string path, IList<string> quiet)
    {
        for (var i = 0; i < quiet.Count; i++)
            if (path.StartsWith(quiet[i], StringComparison.OrdinalIgnoreCase)
                && (path.Length == quiet[i].Length || path[quiet[i].Length] == '/'))
                return true;
        return false;
    }

    // In a filter, so that the exception passes as if nobody had looked.
    private static bool Noted(Exception _) => false;
}
