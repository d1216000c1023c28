using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TocsinSdk.Health;
using TocsinSdk.Runs;

namespace TocsinSdk.AspNetCore.Health;

/// <summary>
/// /health, /health/live, /health/ready, /health/detailed, /health/crashes and /health/stats. Each answers from what was
/// last found; none runs a check.
/// </summary>
internal sealed class HealthEndpoints
{
    /// <summary>A first answer waits this long for checks that have never run.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private static readonly JsonWriterOptions s_style =
        new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ProcessRun _run;
    private readonly HealthWatch _watch;
    private readonly PageAccess _access;

    private HealthEndpoints(ProcessRun run, HealthWatch watch, HealthOptions options)
    {
        (_run, _watch) = (run, watch);
        _access = new PageAccess(options.Key, options.Policy);
    }

    /// <summary>Maps nothing when health checks are switched off.</summary>
    public static void Map(IEndpointRouteBuilder endpoints, ProcessRun run) =>
        Map(endpoints, run, run.Settings.Options.Health);

    internal static void Map(IEndpointRouteBuilder endpoints, ProcessRun run, HealthOptions options)
    {
        if (endpoints.ServiceProvider.GetService<HealthWatch>() is not { } watch)
            return;
        var health = new HealthEndpoints(run, watch, options);
        Get(endpoints, "/health", health.Summary);
        Get(endpoints, "/health/live", health.Live);
        Get(endpoints, "/health/ready", health.Ready);
        Get(endpoints, "/health/detailed", health.Guarded(health.Detailed));
        Get(endpoints, "/health/crashes", health.Guarded(health.Crashes));
        Get(endpoints, "/health/stats", health.Stats);
    }

    private static void Get(IEndpointRouteBuilder endpoints, string path, RequestDelegate answer)
    {
        var endpoint = endpoints.MapMethods(path, ["GET", "HEAD"], answer).WithDisplayName("Tocsin " + path);
#if NET9_0_OR_GREATER
        endpoint.DisableHttpMetrics();
#endif
    }

    private Task Summary(HttpContext context) => Report(context, detailed: false);

    private Task Detailed(HttpContext context) => Report(context, detailed: true);

    private async Task Report(HttpContext context, bool detailed)
    {
        await FirstOutcomes(context.RequestAborted).ConfigureAwait(false);
        var reading = _watch.Read();
        var status = reading.State == HealthState.Unhealthy ? 503 : 200;
        await Answer(context, status, json => HealthJson.WriteReport(
            json, reading, _run.Identity.Release, detailed, _run.Redactor)).ConfigureAwait(false);
    }

    private Task Live(HttpContext context)
    {
        var reading = _watch.Read();
        return Answer(context, reading.Live == HealthState.Unhealthy ? 503 : 200, json =>
        {
            json.WriteStartObject();
            HealthJson.WriteHead(json, reading.Live.Word(), reading.Time, _run.Identity.Release);
            json.WriteEndObject();
        });
    }

    private Task Ready(HttpContext context)
    {
        var reading = _watch.Read();
        var reason = reading.NotReady;
        return Answer(context, reason is null ? 200 : 503, json =>
        {
            json.WriteStartObject();
            HealthJson.WriteHead(json, reason is null ? "healthy" : "unhealthy", reading.Time, _run.Identity.Release);
            if (reason is not null)
                json.WriteString("reason"u8, reason);
            json.WriteEndObject();
        });
    }

    private Task Crashes(HttpContext context)
    {
        var crashes = _run.CrashHistory.Read();
        return Answer(context, 200, json => HealthJson.WriteCrashes(json, crashes));
    }

    private Task Stats(HttpContext context)
    {
        var crashes = _run.CrashHistory.Read();
        return Answer(context, 200, json => HealthJson.WriteStats(json, crashes, DateTimeOffset.UtcNow));
    }

    private RequestDelegate Guarded(RequestDelegate answer) => async context =>
    {
        if (await _access.Allows(context).ConfigureAwait(false))
        {
            await answer(context).ConfigureAwait(false);
            return;
        }
        if (_access.HasKey)
            context.Response.Headers.WWWAuthenticate = "Bearer";
        await Answer(context, _access.HasKey ? 401 : 403, static json =>
        {
            json.WriteStartObject();
            json.WriteString("error"u8, "Outside development this needs Tocsin:Health:Key (as bearer token) or Tocsin:Health:Policy."u8);
            json.WriteEndObject();
        }).ConfigureAwait(false);
    };

    private async Task FirstOutcomes(CancellationToken cancel)
    {
        try
        {
            await _watch.FirstOutcomes.WaitAsync(s_patience, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Told as it is: not known yet.
        }
    }

    private static async Task Answer(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body, s_style))
            write(json);
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), context.RequestAborted)
                .ConfigureAwait(false);
    }
}
