using Tocsin.Model;
using Tocsin.Query.Aggregates;
using Tocsin.Query.Cells;
using Tocsin.Query.Expressions;
using Tocsin.Query.Pipes;
using Tocsin.Query.Plans;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Execution;

/// <summary>
/// Counts rows per level, per step of time, or altogether without looking at rows: the store knows them per block.
/// </summary>
internal static class HeaderCount
{
    /// <summary>True for count() alone, by nothing but the level.</summary>
    public static bool Fits(Pipe pipe) => pipe switch
    {
        StatsPipe stats => Fits(stats.Calls, stats.By),
        TimechartPipe chart => Fits(chart.Calls, chart.By),
        _ => false,
    };

    /// <summary>Feeds the groups of a fitting pipe.</summary>
    /// <param name="step">Nanoseconds; null when the groups have no time.</param>
    public static ScanReport Feed(Grouping groups, bool byLevel, long? step, ScanRequest request, QueryContext context)
    {
        // Any step does when the time does not matter; minutes are what headers hold.
        TimeSpan length = step is { } nanos ? TimeSpan.FromTicks(nanos / 100) : TimeSpan.FromHours(1);
        return context.Database.Count(request, length, (time, family, rows) =>
        {
            groups.Table.Key.Clear();
            if (step is { } size)
                groups.Table.Key.Add(Numbers.Bin(Cell.Of(time), Cell.Of(size)));
            if (byLevel)
                groups.Table.Key.Add(Cell.OfLevel(family));
            int group = groups.FindGroup();
            foreach (Accumulator accumulator in groups.Accumulators)
                ((Count)accumulator).AddRows(group, rows);
        }, context.Cancel);
    }

    private static bool Fits(Items<AggregateCall> calls, Items<NamedExpression> by) =>
        calls.All(c => c.Function is "count" or "rate" && c.Arguments.Count == 0) && by.Count <= 1
        && by.All(k => k.Expression is FieldReference f && RecordParts.Named(f.Name) == RecordPart.Level);
}
