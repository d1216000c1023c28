using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tocsin.Model;
using Tocsin.Query.Logs;

namespace Tocsin.Server.Api;

/// <summary>GET /traces/{traceId}: the spans of one trace in waterfall order, with its logs.</summary>
internal static class TracesApi
{
    private const int MaxLogs = 1000;

    public static void Map(RouteGroupBuilder traces, Parts parts) =>
        traces.MapGet("/{traceId}", Results<Ok<TraceAnswer>, ProblemHttpResult> (string traceId, CancellationToken cancel) =>
        {
            if (traceId.Length != 32 || !traceId.All(char.IsAsciiHexDigit))
                return Problems.BadParameter("traceId", traceId, "32 hexadecimal digits are expected");
            byte[] id = Convert.FromHexString(traceId);
            TraceView? trace = parts.Search.Trace(id, cancel);
            IReadOnlyList<LogEntry> logs = parts.Search.LogsOfTrace(id, MaxLogs, cancel);
            if (trace is null && logs.Count == 0)
                return Problems.NotFound($"no span and no log record of trace {traceId} is stored");
            return TypedResults.Ok(trace is null
                ? new TraceAnswer(traceId.ToLowerInvariant(), logs[0].Time, 0, [], [], false, logs)
                : new TraceAnswer(trace.TraceId, trace.Start, trace.DurationNanos, trace.Services, trace.Spans, trace.Truncated, logs));
        }).WithName("trace").WithSummary("One trace: spans depth first, and its log records oldest first");
}

/// <summary>One trace with its logs.</summary>
public sealed record TraceAnswer(
    string TraceId, Instant Start, long DurationNanos, IReadOnlyList<string> Services, IReadOnlyList<SpanView> Spans,
    bool Truncated, IReadOnlyList<LogEntry> Logs);
