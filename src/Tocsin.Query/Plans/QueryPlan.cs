using Tocsin.Query.Pipes;

namespace Tocsin.Query.Plans;

/// <summary>
/// A whole query: which records, and what becomes of them. Its text parses back to an equal plan.
/// </summary>
public sealed record QueryPlan(Filter Filter, Items<Pipe> Pipes)
{
    public override string ToString() =>
        Pipes.Count == 0 ? Filter.ToString() : $"{Filter} | {string.Join(" | ", Pipes)}";
}
