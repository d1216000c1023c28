using Tocsin.Query.Expressions;
using Tocsin.Query.Pipes;
using Tocsin.Query.Plans;

namespace Tocsin.Query.Execution;

/// <summary>Moves conditions from the first pipes into the filter, where the scan can prune by them.</summary>
internal static class Pushdown
{
    public static (Filter Filter, Items<Pipe> Pipes) Of(QueryPlan plan)
    {
        var filters = new List<Filter>();
        if (plan.Filter != Filter.All)
            filters.Add(plan.Filter);
        int moved = 0;
        while (moved < plan.Pipes.Count && plan.Pipes[moved] is WherePipe where
            && ToFilter(where.Condition) is { } filter)
        {
            filters.Add(filter);
            moved++;
        }
        Filter all = filters.Count switch { 0 => Filter.All, 1 => filters[0], _ => new Both([.. filters]) };
        return (all, [.. plan.Pipes.Skip(moved)]);
    }

    /// <summary>Null when the expression says more than a filter can.</summary>
    private static Filter? ToFilter(Expression expression) => expression switch
    {
        FilterTerm term => term.Filter,
        Unary { IsNot: true } not => ToFilter(not.Part) is { } part ? new Negation(part) : null,
        Binary { Operator: BinaryOperator.And } and =>
            ToFilter(and.Left) is { } a && ToFilter(and.Right) is { } b ? new Both([a, b]) : null,
        Binary { Operator: BinaryOperator.Or } or =>
            ToFilter(or.Left) is { } a && ToFilter(or.Right) is { } b ? new Either([a, b]) : null,
        _ => null,
    };
}
