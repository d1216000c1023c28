using Tocsin.Model.Events;
using Tocsin.Query.Expressions;
using Tocsin.Query.Pipes;
using Tocsin.Query.Plans;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Execution;

/// <summary>A plan made ready to run once: the scan in front, the operators behind it, the output at the end.</summary>
/// <param name="FromHeaders">The first operator counts, and the store may do that without visiting rows.</param>
/// <param name="FromColumns">The first operator groups, and columns of the rows are enough for it.</param>
internal sealed record Pipeline(ScanRequest Scan, Operator First, Output Output, bool FromHeaders, bool FromColumns)
{
    public static Pipeline Build(QueryPlan plan, QueryContext context, RowSink sink)
    {
        (Filter filter, Items<Pipe> pipes) = Pushdown.Of(plan);
        List<Shape> shapes = [Shape.Records];
        foreach (Pipe pipe in pipes)
            shapes.Add(pipe.After(shapes[^1]));
        var output = new Output(shapes[^1], sink, context.Request.MaxRows);
        Operator next = output;
        for (int i = pipes.Count - 1; i >= 0; i--)
        {
            var front = new QueryPlan(filter, [.. pipes.Take(i)]);
            next = pipes[i].Build(new PipeBuild(context, LimitBehind(pipes, i, context.Request.MaxRows), shapes[i])
            {
                LookBack = LooksBack(pipes, shapes, i) ? new LookBack(context, front) : null,
            }, next);
        }
        return new Pipeline(RequestOf(filter, pipes, shapes, context), next, output,
            pipes.Count > 0 && HeaderCount.Fits(pipes[0]), pipes.Count > 0 && ColumnFeed.Fits(pipes[0], LimitBehind(pipes, 0, context.Request.MaxRows)));
    }

    public ScanReport Run(QueryContext context)
    {
        Operator first = First;
        ScanReport report = FromHeaders && first is IHeaderCounted counted
            ? counted.Feed(Scan)
            : FromColumns && first is IColumnFed fed
            ? fed.FeedColumns(Scan)
            : context.Database.Scan(
                Scan,
                (in EventRow row, RowId id) => first.Push(new PipeRow(row, id, Overlay.Empty)),
                context.Cancel);
        first.Finish();
        return report;
    }

    /// <summary>How many rows of this pipe can reach the answer; null when nobody says.</summary>
    internal static long? LimitBehind(Items<Pipe> pipes, int at, long maxRows)
    {
        for (int i = at + 1; i < pipes.Count; i++)
        {
            if (pipes[i] is LimitPipe limit)
                return limit.Count;
            if (!pipes[i].IsOneToOne)
                return null;
        }
        // One more tells that there are more.
        return maxRows < long.MaxValue ? maxRows + 1 : null;
    }

    /// <summary>Whether a pipe of records tells what is new, and anybody looks at it: it is not for nothing.</summary>
    internal static bool LooksBack(Items<Pipe> pipes, IReadOnlyList<Shape> shapes, int at)
    {
        if (pipes[at].LookBackColumn is not { } column || !shapes[at].IsOpen)
            return false;
        var use = new FieldUse();
        for (int i = at + 1; i < pipes.Count; i++)
        {
            pipes[i].AddFields(use);
            if (!shapes[i + 1].Names.Contains(column))
                return use.All || use.Names.Contains(column);
        }
        return true;
    }

    private static ScanRequest RequestOf(Filter filter, Items<Pipe> pipes, List<Shape> shapes, QueryContext context) =>
        new()
    {
        Dataset = context.Request.Dataset,
        From = context.Request.From,
        To = context.Request.To,
        Where = filter.ToPredicate(),
        AnyOrder = IsAnyOrder(pipes),
        MostRows = context.Request.MaxScannedRows,
        Fields = FieldsOf(pipes, shapes).Paths,
    };

    /// <summary>
    /// Rows may come as they lie when the first pipe that does not pass them on one by one does not care.
    /// </summary>
    internal static bool IsAnyOrder(Items<Pipe> pipes)
    {
        foreach (Pipe pipe in pipes)
        {
            if (pipe.AnyOrder)
                return true;
            if (!pipe.KeepsRows)
                return false;
        }
        return false;
    }

    /// <summary>What is looked at up to the pipe that makes rows of its own; everything when there is none.</summary>
    internal static FieldUse FieldsOf(Items<Pipe> pipes, IReadOnlyList<Shape> shapes)
    {
        var use = new FieldUse();
        for (int i = 0; i < pipes.Count; i++)
        {
            pipes[i].AddFields(use);
            if (!shapes[i + 1].IsOpen)
                return use;
        }
        use.All = true;
        return use;
    }
}
