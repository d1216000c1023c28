using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tocsin.Model;
using Tocsin.Query.Logs;
using Tocsin.Storage;
using Tocsin.Storage.Scan;

namespace Tocsin.Server.Api;

/// <summary>/logs: search, histogram, top values and live tail.</summary>
internal static class LogsApi
{
    private const int MaxBuckets = 500;
    private static readonly TimeSpan s_defaultRange = TimeSpan.FromMinutes(15);

    public static void Map(RouteGroupBuilder logs, Parts parts)
    {
        logs.MapGet("", Results<Ok<LogAnswer>, ProblemHttpResult> (string? q, string? from, string? to, int? limit, string? cursor, CancellationToken cancel) =>
        {
            if (Read(parts, q, from, to, out Predicate where, out (Instant From, Instant To) range) is { } wrong)
                return wrong;
            if (!string.IsNullOrEmpty(cursor) && !RowId.TryParse(cursor, out _))
                return Problems.BadParameter("cursor", cursor, "the 'next' of an earlier answer is expected");
            long began = Stopwatch.GetTimestamp();
            LogPage found = parts.Search.Search(where, range.From, range.To, Math.Clamp(limit ?? 200, 1, LogSearch.MaxPage), cursor, cancel);
            return TypedResults.Ok(new LogAnswer(found.Items, found.Next, $"{range.From}", $"{range.To}", LogScan.Of(found.Scanned),
                found.Scanned.Partial, Math.Round(Stopwatch.GetElapsedTime(began).TotalMilliseconds, 2)));
        }).WithName("logs").WithSummary("Log records, newest first; 'next' of the answer is the cursor of the next page");

        logs.MapGet("/histogram", Results<Ok<HistogramAnswer>, ProblemHttpResult> (string? q, string? from, string? to, int? buckets, CancellationToken cancel) =>
            Read(parts, q, from, to, out Predicate where, out (Instant From, Instant To) range) is { } wrong
                ? wrong
                : TypedResults.Ok(HistogramAnswer.Of(parts.Search.Histogram(where, range.From, range.To, Math.Clamp(buckets ?? 60, 1, MaxBuckets), cancel))))
            .WithName("logHistogram").WithSummary("Counts per time step and severity");

        logs.MapGet("/fields", Results<Ok<FieldCounts>, ProblemHttpResult> (string? q, string? from, string? to, string? field, int? limit, CancellationToken cancel) =>
        {
            if (Read(parts, q, from, to, out Predicate where, out (Instant From, Instant To) range) is { } wrong)
                return wrong;
            if (string.IsNullOrEmpty(field))
                return Problems.BadParameter("field", field, "the name of a field is expected, for example service");
            return TypedResults.Ok(parts.Search.TopValues(where, field, range.From, range.To, Math.Clamp(limit ?? 10, 1, 100), cancel));
        }).WithName("logFields").WithSummary("The most frequent values of a field");

        logs.MapGet("/tail", async Task<IResult> (HttpContext context, string? q) =>
        {
            LogQueryResult query = LogQuery.Parse(q ?? "");
            if (query.Error is { } error)
                return Problems.BadQuery(error.Message, error.Position, error.Expected);
            await using var stream = new EventStream(context);
            await foreach (TailItem item in stream.WithHeartbeat(parts.Tail.Watch(query.Predicate!, context.RequestAborted)))
            {
                if (item.Skipped > 0)
                    await stream.Send("skipped", $"{{\"count\":{item.Skipped}}}");
                await stream.Send("log", JsonSerializer.Serialize(item.Entry, JsonShape.Options));
            }
            return Results.Empty;
        }).WithName("logTail").WithSummary("Server-sent events: records as they are stored");
    }

    /// <summary>Reads query and range, or answers what is wrong with them.</summary>
    private static ProblemHttpResult? Read(
        Parts parts, string? q, string? from, string? to, out Predicate where, out (Instant From, Instant To) range)
    {
        where = Predicate.All;
        range = default;
        LogQueryResult query = LogQuery.Parse(q ?? "");
        if (query.Error is { } error)
            return Problems.BadQuery(error.Message, error.Position, error.Expected);
        where = query.Predicate!;
        if (TimeRange.TryParse(from, to, s_defaultRange, parts.Clock.GetUtcNow(), out string? wrong) is not { } read)
            return Problems.BadParameter(wrong!, wrong == "from" ? from : to, TimeRange.Expected + ", and from lies before to");
        range = read;
        return null;
    }
}

/// <summary>One page of log records, newest first.</summary>
/// <param name="Next">Cursor of the next page; absent on the last one.</param>
/// <param name="Partial">True when damaged blocks were skipped.</param>
public sealed record LogAnswer(
    IReadOnlyList<LogEntry> Items, string? Next, string From, string To, LogScan Scanned, bool Partial, double ElapsedMs);

/// <summary>What it cost to answer.</summary>
public sealed record LogScan(long Rows, long Bytes, int Segments, int Skipped, int BadBlocks)
{
    internal static LogScan Of(ScanReport report) =>
        new(report.RowsScanned, report.BytesScanned, report.SegmentsScanned, report.SegmentsSkipped, report.BadBlocks);
}
