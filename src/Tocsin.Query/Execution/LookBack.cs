using Tocsin.Model;
using Tocsin.Query.Aggregates;
using Tocsin.Query.Cells;
using Tocsin.Query.Expressions;
using Tocsin.Query.Pipes;
using Tocsin.Query.Plans;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Execution;

/// <summary>Asks what is in front of a pipe again, of the equally long time before that of the query.</summary>
/// <param name="front">The filter and the pipes in front.</param>
internal sealed class LookBack(QueryContext context, QueryPlan front)
{
    /// <summary>
    /// Adds the values that keys had then to <paramref name="seen"/>. False when nobody can say: the range has no end, there is not one
    /// record of that time, or it would take more than a query may use.
    /// </summary>
    public bool TryFind(Items<NamedExpression> keys, GroupTable seen)
    {
        if (Earlier() is not { } request || !HasRecords(request))
            return false;
        // The budget is that of the query, which gives it back.
        QueryContext earlier = context.Of(request);
        try
        {
            var plan = new QueryPlan(front.Filter, [.. front.Pipes, new StatsPipe([new AggregateCall("count", [], "rows of a key")], keys)]);
            context.AddEarlier(Pipeline.Build(plan, earlier, new KeySink(keys.Count, seen)).Run(earlier));
            context.AddEarlier(earlier.FurtherScans);
            return true;
        }
        catch (Exception error) when (error is TooManyRowsException or QueryRefusedException)
        {
            context.Note("what is new is not told: looking at the time before would need more than a query may use");
            return false;
        }
    }

    /// <summary>Null when there is no such time.</summary>
    private QueryRequest? Earlier()
    {
        QueryRequest request = context.Request;
        Int128 from = (Int128)request.From.UnixNanos - ((Int128)request.To.UnixNanos - request.From.UnixNanos);
        return context.IsEndless || from <= long.MinValue
            ? null : request with { From = new Instant((long)from), To = request.From, MaxRows = long.MaxValue };
    }

    /// <summary>Where nothing at all was stored, everything would be new.</summary>
    private bool HasRecords(QueryRequest request)
    {
        bool any = false;
        var all = new ScanRequest { Dataset = request.Dataset, From = request.From, To = request.To };
        context.AddEarlier(context.Database.Count(all, TimeSpan.FromHours(1), (_, _, rows) => any |= rows > 0, context.Cancel));
        return any;
    }

    private sealed class KeySink(int keys, GroupTable seen) : RowSink
    {
        public override void Begin(IReadOnlyList<string> columns)
        {
        }

        public override void Row(ReadOnlySpan<Cell> cells) => seen.FindStart(cells[..keys].ToArray());
    }
}
