using System.Diagnostics;
using Tocsin.Model;
using Tocsin.Query.Cells;
using Tocsin.Query.Pipes;
using Tocsin.Query.Plans;
using Tocsin.Storage;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Execution;

/// <summary>Runs plans. Any thread; holds nothing between calls.</summary>
/// <param name="memoryBytes">What all queries that run at one time may keep together.</param>
public sealed class QueryEngine(
    Database database, TimeProvider clock, long memoryBytes = 2 * QueryRequest.DefaultMemoryBytes)
{
    private readonly MemoryPool _memory = new(memoryBytes);

    /// <summary>
    /// Sends the answer to <paramref name="sink"/> on the calling thread. A query that needs more memory, rows or time than it may is
    /// given up, and the report says why. Throws <see cref="OperationCanceledException"/>, and what the sink throws.
    /// </summary>
    public QueryReport Run(QueryPlan plan, QueryRequest request, RowSink sink, CancellationToken cancel)
    {
        long began = Stopwatch.GetTimestamp();
        using var timer = request.MaxTime > TimeSpan.Zero ? new CancellationTokenSource(request.MaxTime, clock) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, timer.Token);
        using var context = new QueryContext(
            database, request, Instant.Now(clock), new MemoryBudget(request.MemoryBytes, _memory), either.Token);
        var pipeline = Pipeline.Build(plan, context, sink);
        ScanReport scan = QueryReport.None;
        string? refused = null;
        try
        {
            scan = pipeline.Run(context);
        }
        catch (QueryRefusedException error)
        {
            refused = error.Message;
        }
        catch (TooManyRowsException)
        {
            refused = $"the query would read more than {request.MaxScannedRows} rows: ask for a shorter time or for rarer words";
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            refused = $"the query takes longer than {TimeText.OfLength(request.MaxTime.Ticks * 100)}: ask for a shorter time or for rarer words";
        }
        scan = QueryReport.Beside(QueryReport.Sum(scan, context.FurtherScans), context.EarlierScans);
        return new QueryReport(
            scan.RowsScanned, scan.BytesScanned, scan.SegmentsScanned, scan.SegmentsSkipped, scan.BadBlocks,
            request.From, request.To, scan.Partial
                || refused is not null, pipeline.Output.Truncated, pipeline.Output.Rows,
            Stopwatch.GetElapsedTime(began), context.Notes, refused);
    }
}
