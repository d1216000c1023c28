using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Query.Buckets;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Storage;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Records;

/// <summary>Receives one found record and the values it was sorted by. The row is valid only during the call.</summary>
public delegate void FoundRecord(in EventRow row, RowId id, IReadOnlyList<Cell> keys);

/// <summary>Finds, counts and groups records by a <see cref="Condition"/>. Any thread; holds nothing between calls.</summary>
public sealed class RecordSearch(Database database)
{
    private const string What = "the records found", Advice = "ask for fewer or smaller records at a time";

    /// <summary>How many records fulfil the condition, and whether damaged blocks had to be left out.</summary>
    public (long Count, bool Partial) Count(Condition condition, CancellationToken cancel)
    {
        var scan = ConditionScan.Of(condition);
        if (scan.IsEmpty)
            return (0, false);
        long count = 0;
        if (scan.Rest is null)
        {
            ScanReport report = database.Count(Request(scan), TimeSpan.FromHours(1), (_, _, rows) => count += rows, cancel);
            return (count, report.Partial);
        }
        ScanReport slow = Scan(database, scan, Request(scan) with { AnyOrder = true }, (in EventRow _, RowId _) =>
        {
            count++;
            return true;
        }, cancel);
        return (count, slow.Partial);
    }

    /// <summary>Answers all; null, and why, when that needs more memory or groups than it may.</summary>
    public (IReadOnlyList<BucketAnswer>? Answers, string? Refused, bool Partial) Group(
        Condition condition, IReadOnlyList<Aggregation> aggregations, CancellationToken cancel)
    {
        try
        {
            var grouping = new RecordGrouping(database, new MemoryBudget(QueryRequest.DefaultMemoryBytes), cancel);
            return (grouping.Answers(condition, aggregations), null, grouping.Partial);
        }
        catch (QueryRefusedException refused)
        {
            return (null, refused.Message, true);
        }
    }

    /// <summary>
    /// Shows records in order; null, or why it was given up. Records that the keys do not tell apart come newest first, or
    /// oldest first when the first key is the ascending time.
    /// </summary>
    /// <param name="order">Empty for newest first.</param>
    /// <param name="after">Where to go on.</param>
    public (string? Refused, bool Partial) Find(
        Condition condition, IReadOnlyList<RecordOrder> order, RecordPlace? after, int skip, int take, FoundRecord show,
        CancellationToken cancel)
    {
        var scan = ConditionScan.Of(condition);
        if (take == 0 || scan.IsEmpty)
            return (null, false);
        var page = new RecordPage(order, after, skip + take, new MemoryBudget(QueryRequest.DefaultMemoryBytes));
        try
        {
            ScanReport report = Scan(database, scan, page.Narrow(Request(scan)), page.Add, cancel);
            page.Show(skip, show);
            return (null, report.Partial);
        }
        catch (QueryRefusedException refused)
        {
            return (refused.Message, true);
        }
    }

    internal static void Charge(MemoryBudget budget, long bytes) => budget.Take(bytes, What, Advice);

    internal static ScanReport Scan(Database database, ConditionScan scan, ScanRequest request, RowVisitor visit, CancellationToken cancel)
    {
        if (scan.Rest is not { } rest)
            return database.Scan(request, visit, cancel);
        return database.Scan(request, (in EventRow row, RowId id) => !rest.Matches(row, id) || visit(row, id), cancel);
    }

    internal static ScanRequest Request(ConditionScan scan) =>
        new() { Dataset = Dataset.Logs, From = scan.From, To = scan.To, Where = scan.Where };
}
