using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TocsinSdk.AspNetCore.Requests;
using TocsinSdk.Debugging;
using TocsinSdk.Health;
using TocsinSdk.Metrics;
using TocsinSdk.Runs;

namespace TocsinSdk.AspNetCore.Debugging;

/// <summary>What each panel of the page shows, as JSON; shapes are those of docs/guide/sdk-debug-page.md.</summary>
internal sealed class DebugApi(ProcessRun run, IServiceProvider services)
{
    private const int MaxLimit = 5000;

    private readonly DebugRecords _records = run.Debugging;

    public void Overview(HttpContext context, Utf8JsonWriter json)
    {
        var identity = run.Identity;
        json.WriteStartObject();
        json.WriteString("service", identity.Service);
        json.WriteString("release", identity.Release);
        json.WriteString("environment", identity.Environment ?? services.GetService<IHostEnvironment>()?.EnvironmentName);
        json.WriteString("host", identity.Host);
        json.WriteNumber("pid", identity.Pid);
        json.WriteString("run_id", identity.RunId);
        json.WriteString("runtime", RuntimeInformation.FrameworkDescription);
        json.WriteString("os", RuntimeInformation.OSDescription);
        json.WriteString("started", identity.StartTime.UtcDateTime);
        json.WriteNumber("uptime_seconds", Math.Round((DateTimeOffset.UtcNow - identity.StartTime).TotalSeconds));
        json.WriteNumber("working_set_bytes", Environment.WorkingSet);
        json.WriteNumber("heap_bytes", GC.GetTotalMemory(false));
        json.WriteNumber("gc_pause_ms", Math.Round(GC.GetTotalPauseDuration().TotalMilliseconds, 1));
        json.WriteNumber("threads", ThreadPool.ThreadCount);
        json.WriteNumber("pending_items", ThreadPool.PendingWorkItemCount);
        json.WriteNumber("active_requests", ActiveRequests.OfProcess.All().Count(static r => !IsOwn(r.Path)));
        json.WriteString("health", services.GetService<HealthWatch>()?.Read().State.Word());
        json.WriteString("telemetry", run.Transport.State.Outcome);
        json.WriteNumber("telemetry_waiting", run.Transport.State.WaitingItems);
        json.WriteString("last_crash_id", run.CrashId);
        json.WriteStartObject("logs");
        for (var level = 0; level < _records.Logs.Counts.Count; level++)
            json.WriteNumber(NameOf((LogLevel)level), _records.Logs.Counts[level]);
        json.WriteEndObject();
        json.WriteNumber("error_groups", _records.Errors.Count);
        json.WriteNumber("held_log_bytes", _records.Logs.Bytes);
        json.WriteNumber("held_span_bytes", _records.Spans.Bytes);
        json.WriteEndObject();
    }

    public void Requests(HttpContext context, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("requests");
        foreach (var request in ActiveRequests.OfProcess.All())
            if (!IsOwn(request.Path))
                Write(json, request);
        json.WriteEndArray();
        json.WriteStartArray("sessions");
        foreach (var session in _records.Sessions.Active(DateTimeOffset.UtcNow))
        {
            json.WriteStartObject();
            json.WriteString("session_id", session.SessionId);
            json.WriteString("user_id", session.UserId);
            json.WriteString("first_seen", session.First.UtcDateTime);
            json.WriteString("last_seen", session.Last.UtcDateTime);
            json.WriteNumber("records", session.Records);
            json.WriteString("last_request_id", session.RequestId);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public void Logs(HttpContext context, Utf8JsonWriter json)
    {
        var filter = FilterOf(context);
        var found = _records.Logs.Find(filter, LimitOf(context, 100));
        json.WriteStartObject();
        json.WriteString("level", NameOf(filter.Least));
        json.WriteNumber("count", found.Count);
        WriteLines(json, "logs", found);
        json.WriteEndObject();
    }

    public void Traces(HttpContext context, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("traces");
        foreach (var trace in _records.Spans.Traces(Query(context, "q"), Query(context, "failed") == "1", LimitOf(context, 100)))
        {
            json.WriteStartObject();
            json.WriteString("trace_id", trace.TraceId);
            json.WriteString("name", trace.Name);
            json.WriteString("kind", trace.Kind.ToString().ToLowerInvariant());
            json.WriteString("start", trace.Start.UtcDateTime);
            json.WriteNumber("duration_ms", Math.Round(trace.Duration.TotalMilliseconds, 3));
            json.WriteNumber("spans", trace.Spans);
            json.WriteNumber("failed", trace.Failed);
            json.WriteBoolean("whole", trace.IsWhole);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public void Trace(HttpContext context, Utf8JsonWriter json)
    {
        var id = (context.Request.RouteValues["trace_id"] as string ?? "").ToLowerInvariant();
        json.WriteStartObject();
        json.WriteString("trace_id", id);
        json.WriteStartArray("spans");
        foreach (var span in _records.Spans.Trace(id))
            Write(json, span);
        json.WriteEndArray();
        WriteLines(json, "logs", _records.Logs.Find(new LogFilter(LogLevel.Trace, false, null, id), 500));
        json.WriteEndObject();
    }

    public void Errors(HttpContext context, Utf8JsonWriter json) => new ErrorList(run).Write(json);

    public void Performance(HttpContext context, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("operations");
        foreach (var operation in _records.Operations.Read())
        {
            json.WriteStartObject();
            json.WriteString("name", operation.Name);
            json.WriteString("kind", operation.Kind.ToString().ToLowerInvariant());
            json.WriteString("source", operation.Source);
            json.WriteNumber("count", operation.Count);
            json.WriteNumber("errors", operation.Failed);
            json.WriteNumber("p50_ms", Math.Round(operation.P50Ms, 2));
            json.WriteNumber("p95_ms", Math.Round(operation.P95Ms, 2));
            json.WriteNumber("max_ms", Math.Round(operation.MaxMs, 2));
            json.WriteNumber("queries_per_run", Math.Round(operation.QueriesPerRun, 1));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public void Health(HttpContext context, Utf8JsonWriter json)
    {
        if (services.GetService<HealthWatch>() is { } watch)
            HealthJson.WriteReport(json, watch.Read(), run.Identity.Release, detailed: true, run.Redactor);
        else
            json.WriteNullValue();
    }

    public void Configuration(HttpContext context, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("tocsin");
        foreach (var value in ConfigurationView.OfTocsin(run))
            Write(json, value);
        json.WriteEndArray();
        json.WriteStartArray("application");
        if (services.GetService<IConfiguration>() is IConfigurationRoot configuration)
            foreach (var value in ConfigurationView.OfApplication(configuration, run.Redactor))
                Write(json, value);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Null when they cannot be had now.</summary>
    public async Task<List<MetricFamily>?> Metrics(CancellationToken cancel)
    {
        using var page = await run.Metrics.Take(Exposition.Text, cancel).ConfigureAwait(false);
        return page is null ? null : MetricsText.Parse(page.Text.Span);
    }

    public static void WriteMetrics(Utf8JsonWriter json, List<MetricFamily>? families)
    {
        json.WriteStartObject();
        json.WriteStartArray("metrics");
        foreach (var family in families ?? [])
        {
            json.WriteStartObject();
            json.WriteString("name", family.Name);
            json.WriteString("type", family.Type);
            json.WriteString("help", family.Help);
            json.WriteStartArray("series");
            foreach (var (name, labels, value) in family.Series)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteString("labels", labels);
                json.WriteString("value", value);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>level (and worse), only=1, q, trace; the level may be part of the path, and means that level alone.</summary>
    public static LogFilter FilterOf(HttpContext context)
    {
        var named = context.Request.RouteValues["level"] as string;
        var level = LogFilter.LevelOf(named ?? Query(context, "level")) ?? LogLevel.Trace;
        return new LogFilter(level, (named is not null and not "all") || Query(context, "only") == "1",
            Query(context, "q"), Query(context, "trace")?.ToLowerInvariant());
    }

    public static int LimitOf(HttpContext context, int otherwise) =>
        int.TryParse(Query(context, "limit"), NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            ? Math.Clamp(limit, 1, MaxLimit) : otherwise;

    private static string? Query(HttpContext context, string name) =>
        context.Request.Query[name].ToString() is { Length: > 0 } text ? text : null;

    private static bool IsOwn(string path) => path == "/debug" || path.StartsWith("/debug/", StringComparison.Ordinal);

    private void Write(Utf8JsonWriter json, TrackedRequest request)
    {
        json.WriteStartObject();
        json.WriteString("request_id", request.Id);
        json.WriteString("method", request.Method);
        json.WriteString("path", run.Redactor.Redact(request.Path));
        json.WriteString("started", request.Started.UtcDateTime);
        json.WriteNumber("duration_ms", Math.Round(Stopwatch.GetElapsedTime(request.StartedAt).TotalMilliseconds));
        json.WriteString("trace_id", request.TraceId);
        json.WriteString("user_id", request.Ambient?.UserId);
        json.WriteString("session_id", request.Ambient?.SessionId);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SpanRecord span)
    {
        json.WriteStartObject();
        json.WriteString("span_id", span.SpanId);
        json.WriteString("parent_id", span.ParentId);
        json.WriteString("name", span.Name);
        json.WriteString("kind", span.Kind.ToString().ToLowerInvariant());
        json.WriteString("source", span.Source);
        json.WriteString("start", span.Start.UtcDateTime);
        json.WriteNumber("start_us", span.Start.UtcTicks / TimeSpan.TicksPerMicrosecond);
        json.WriteNumber("duration_ms", Math.Round(span.Duration.TotalMilliseconds, 3));
        json.WriteBoolean("failed", span.Failed);
        json.WriteString("problem", span.Problem);
        Write(json, span.Attributes);
        json.WriteStartArray("events");
        foreach (var (name, time, attributes) in span.Events)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("time", time.UtcDateTime);
            Write(json, attributes);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, (string Key, string Value)[] attributes)
    {
        json.WriteStartObject("attributes");
        foreach (var (key, value) in attributes)
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ConfiguredValue value)
    {
        json.WriteStartObject();
        json.WriteString("name", value.Name);
        json.WriteString("value", value.Text);
        json.WriteString("source", value.Source);
        json.WriteBoolean("masked", value.Masked);
        json.WriteEndObject();
    }

    private static void WriteLines(Utf8JsonWriter json, string name, List<LogLine> lines)
    {
        json.WriteStartArray(name);
        foreach (var line in lines)
            json.WriteRawValue(line.Json.Span, skipInputValidation: true);
        json.WriteEndArray();
    }

    // As in the records.
    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Information => "INFO",
        _ => level.ToString().ToUpperInvariant(),
    };
}
