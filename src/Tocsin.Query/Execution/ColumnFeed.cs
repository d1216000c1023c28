using Tocsin.Query.Aggregates;
using Tocsin.Query.Cells;
using Tocsin.Query.Expressions;
using Tocsin.Query.Pipes;
using Tocsin.Query.Plans;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Execution;

/// <summary>A first pipe that can be fed columns of rows.</summary>
internal interface IColumnFed
{
    ScanReport FeedColumns(ScanRequest request);
}

/// <summary>
/// Feeds groups from columns instead of rows, on several threads: each different key is looked up once, and values come without their
/// rows.
/// </summary>
internal static class ColumnFeed
{
    /// <summary>True when columns have all that the pipe asks of records.</summary>
    /// <param name="limit">How many of its rows are wanted; null when nobody says.</param>
    public static bool Fits(Pipe pipe, long? limit) => pipe switch
    {
        PatternsPipe patterns => AreKeys(patterns.By),
        SortPipe sort => limit is <= ColumnSort.MostRows && sort.Keys.All(k => GroupColumn.Of(k.Expression) is { Shape: null, Step: 0 }),
        DedupPipe dedup => AreKeys(dedup.Fields),
        StatsPipe stats => AreKeys(stats.By) && AreValues(stats.Calls),
        TimechartPipe chart => AreKeys(chart.By) && AreValues(chart.Calls),
        TopPipe top => AreKeys([.. top.By, .. top.Fields]),
        _ => false,
    };

    /// <param name="make">Makes groups to be fed; those it makes are added to these in the end.</param>
    /// <param name="keys">As far as <see cref="GroupColumn"/> has them.</param>
    /// <param name="calls">The aggregates.</param>
    /// <param name="request">The filter.</param>
    /// <param name="context">Of the query.</param>
    public static ScanReport Feed(
        Grouping groups, Func<MemoryBudget, Grouping> make, IReadOnlyList<Expression> keys, IReadOnlyList<AggregateCall> calls,
        ScanRequest request, QueryContext context)
    {
        if (keys.Count == 1 && GroupColumn.Of(keys[0]) is { Path: { } path, Shape: null } && groups.Accumulators.All(a => a is Count { OfRows: true }))
        {
            return CountKeys(groups.Table, groups.FindGroup, path, request, context, (group, rows) =>
            {
                foreach (Accumulator accumulator in groups.Accumulators)
                    ((Count)accumulator).AddRows(group, rows);
            });
        }
        var plan = new GroupPlan(
            [.. keys.Select(k => GroupColumn.Of(k)!.Value)],
            [.. calls.Select(c => c.Arguments.Count == 0 ? null : GroupColumn.Of(c.Arguments[0]))],
            calls.Any(c => AggregateTable.AsksForOrder(c.Function)), once: [.. calls.Select(c => AggregateTable.CountsOnce(c.Function))]);
        return Feed(groups, make, plan, request, context);
    }

    /// <summary>Groups rows by keys, as far as <see cref="GroupColumn"/> has them, with aggregates of rows: the first is <see cref="RowFacts"/>.</summary>
    public static ScanReport FeedFacts(
        Grouping groups, Func<MemoryBudget, Grouping> make, IReadOnlyList<Expression> keys, ScanRequest request, QueryContext context) => Feed(
        groups, make,
        new GroupPlan([.. keys.Select(k => GroupColumn.Of(k)!.Value)], [.. groups.Accumulators.Select(_ => (GroupColumn?)null)], ordered: true, levels: true),
        request, context);

    private static ScanReport Feed(
        Grouping groups, Func<MemoryBudget, Grouping> make, GroupPlan plan, ScanRequest request, QueryContext context)
    {
        bool first = true;
        return context.Database.ScanColumns(request, plan.Request, () =>
        {
            MemoryBudget budget = first ? context.Budget : context.Budget.Share();
            var fed = new ColumnGroups(plan, first ? groups : make(budget), budget);
            first = false;
            return fed;
        }, static (fed, rows) => fed.Add(rows), fed =>
        {
            if (fed.Groups != groups)
                groups.Add(fed.Groups, context.Cancel);
            if (fed.Budget != context.Budget)
                fed.Budget.Dispose();
        }, context.Cancel);
    }

    /// <summary>Counts rows per value of one field; headers may know.</summary>
    public static ScanReport CountKeys(
        GroupTable table, Func<int> find, FieldPath key, ScanRequest request, QueryContext context, Action<int, long> add) =>
        context.Database.CountKeys(request, key, (keys, number, rows) =>
        {
            table.Key.Clear();
            if (number == KeyTable.Missing)
                table.Key.Add(Cell.Missing);
            else
                table.Key.Add(keys[number]);
            add(find(), rows);
        }, Charge(context.Budget), context.Cancel);

    /// <summary>Takes what keys come to hold from the budget. Any thread.</summary>
    public static Action<long> Charge(MemoryBudget budget) => bytes => budget.Take(bytes, GroupTable.What, GroupTable.Advice);

    private static bool AreKeys(Items<NamedExpression> keys) => keys.All(k => GroupColumn.Of(k.Expression) is { IsKey: true });

    private static bool AreValues(Items<AggregateCall> calls) =>
        calls.All(c => c.Arguments.Count == 0 || GroupColumn.Of(c.Arguments[0]) is { Shape: null, Step: 0 });
}
