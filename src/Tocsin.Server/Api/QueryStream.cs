using Microsoft.AspNetCore.Http;
using Tocsin.Query.Answers;
using Tocsin.Query.Execution;
using Tocsin.Query.Plans;

namespace Tocsin.Server.Api;

/// <summary>
/// Rows as they are found, with one buffer of memory: the scan waits while the client reads. A client that does not read
/// is dropped by the server's lowest data rate.
/// </summary>
internal static class QueryStream
{
    /// <summary>Each holds a thread and a view of the store while it runs.</summary>
    private const int MostAtOnce = 4;

    private static readonly SemaphoreSlim s_room = new(MostAtOnce);

    public static async Task Write(
        HttpContext context, QueryEngine engine, QueryPlan plan, QueryRequest request, QueryFormat format,
        bool allowPartial)
    {
        CancellationToken gone = context.RequestAborted;
        if (!await s_room.WaitAsync(TimeSpan.FromSeconds(10), gone))
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = "10";
            return;
        }
        try
        {
            context.Response.ContentType = format == QueryFormat.Csv ? "text/csv; charset=utf-8" : "application/x-ndjson";
            QueryReport report = await Task.Factory.StartNew(
                () => Run(context, engine, plan, request, format), gone, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            if (report.Refused is not null || report.Partial && !allowPartial)
                await Break(context, report);
        }
        finally
        {
            s_room.Release();
        }
    }

    private static QueryReport Run(
        HttpContext context, QueryEngine engine, QueryPlan plan, QueryRequest request, QueryFormat format)
    {
        void Send(ReadOnlyMemory<byte> bytes) =>
            context.Response.BodyWriter.WriteAsync(bytes, context.RequestAborted).AsTask().GetAwaiter().GetResult();
        if (format == QueryFormat.Csv)
        {
            var csv = new CsvSink(Send);
            QueryReport report = engine.Run(plan, request, csv, context.RequestAborted);
            if (report.Refused is null)
                csv.Flush();
            return report;
        }
        using var lines = new JsonLinesSink(Send);
        QueryReport found = engine.Run(plan, request, lines, context.RequestAborted);
        if (found.Refused is null)
            lines.Flush();
        return found;
    }

    /// <summary>
    /// An answer that is not whole must not look like one: before the first byte it is a problem, later the connection
    /// breaks.
    /// </summary>
    private static async Task Break(HttpContext context, QueryReport report)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }
        context.Response.ContentType = null;
        await TypedResults.Problem(
            report.Refused ?? "Damaged blocks had to be left out; partial=true accepts that.",
            statusCode: report.Refused is null ? StatusCodes.Status500InternalServerError : StatusCodes.Status422UnprocessableEntity,
            title: "The query cannot be answered whole").ExecuteAsync(context);
    }
}
