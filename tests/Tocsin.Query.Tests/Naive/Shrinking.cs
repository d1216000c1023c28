using Tocsin.Query.Execution;
using Tocsin.Query.Expressions;
using Tocsin.Query.Pipes;
using Tocsin.Query.Plans;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Naive;

/// <summary>Makes a case that fails smaller, as long as it fails.</summary>
internal static class Shrinking
{
    private const int MostTries = 1500;

    public static (RandomData Data, QueryPlan Plan, string Difference) Of(RandomData data, QueryPlan plan, QueryRequest request, string difference)
    {
        int tries = 0;
        bool Fails(RandomData smaller, QueryPlan simpler)
        {
            if (tries++ > MostTries || !IsPlan(simpler))
                return false;
            using var store = new NaiveStore(smaller);
            if (store.Difference(simpler, request) is not { } found)
                return false;
            (data, plan, difference) = (smaller, simpler, found);
            return true;
        }

        if (!Fails(data, plan))
            return (data, plan, difference);
        while (Simpler(plan).Any(p => Fails(data, p)) || Smaller(data).Any(d => Fails(d, plan)))
        {
            // What it is now is tried to be made smaller again.
        }
        return (data, plan, difference);
    }

    private static bool IsPlan(QueryPlan plan)
    {
        Shape shape = Shape.Records;
        foreach (Pipe pipe in plan.Pipes)
        {
            if (pipe.NeedsRecords && !shape.IsOpen)
                return false;
            shape = pipe.After(shape);
        }
        return true;
    }

    private static IEnumerable<RandomData> Smaller(RandomData data)
    {
        for (int size = Math.Max(1, data.Rows / 2); ; size /= 2)
        {
            for (int start = 0; start < data.Rows; start += size)
            {
                int at = 0;
                bool IsKept(SomeLog _) => at++ is var place && (place < start || place >= start + size);
                yield return data with { Steps = [.. data.Steps.Select(s => (s.Batch.Where(IsKept).ToArray(), s.After))] };
            }
            if (size <= 1)
                break;
        }
        for (int step = 0; step < data.Steps.Count; step++)
        {
            if (data.Steps[step].After != StoreStep.None)
                yield return data with { Steps = [.. data.Steps.Select((s, i) => i == step ? (s.Batch, StoreStep.None) : s)] };
            if (data.Steps[step].Batch.Length == 0)
                yield return data with { Steps = [.. data.Steps.Where((_, i) => i != step)] };
        }
        foreach ((SomeLog log, int index) in data.Steps.SelectMany(s => s.Batch).Select((l, i) => (l, i)))
        {
            foreach (string name in log.Attributes.Select(a => a.Name))
            {
                int at = 0;
                SomeLog Without(SomeLog one) => at++ == index ? one with { Attributes = [.. one.Attributes.Where(a => a.Name != name)] } : one;
                yield return data with { Steps = [.. data.Steps.Select(s => (s.Batch.Select(Without).ToArray(), s.After))] };
            }
        }
    }

    private static IEnumerable<QueryPlan> Simpler(QueryPlan plan)
    {
        for (int i = 0; i < plan.Pipes.Count; i++)
        {
            yield return plan with { Pipes = [.. plan.Pipes.Where((_, at) => at != i)] };
            foreach (Pipe pipe in Simpler(plan.Pipes[i]))
                yield return plan with { Pipes = [.. plan.Pipes.Select((p, at) => at == i ? pipe : p)] };
        }
        foreach (Filter filter in Simpler(plan.Filter))
            yield return plan with { Filter = filter };
    }

    private static IEnumerable<Filter> Simpler(Filter filter)
    {
        if (filter != Filter.All)
            yield return Filter.All;
        foreach (Filter part in filter switch { Both both => both.Parts, Either either => either.Parts, Negation not => [not.Part], _ => (IEnumerable<Filter>)[] })
            yield return part;
        if (filter is Negation { Part: var inner })
        {
            foreach (Filter simpler in Simpler(inner).Where(f => f != Filter.All))
                yield return new Negation(simpler);
        }
    }

    private static IEnumerable<Pipe> Simpler(Pipe pipe) => pipe switch
    {
        WherePipe where => Simpler(where.Condition).Select(c => where with { Condition = c }),
        StatsPipe stats => Fewer(stats.Calls).Select(c => stats with { Calls = c })
            .Concat(Fewer(stats.By, 0).Select(b => stats with { By = b })),
        TimechartPipe chart => Fewer(chart.Calls).Select(c => chart with { Calls = c })
            .Concat(Fewer(chart.By, 0).Select(b => chart with { By = b })),
        ExtendPipe extend => Fewer(extend.Columns).Concat(Simpler(extend.Columns)).Select(c => extend with { Columns = c }),
        FieldsPipe { Columns.Count: > 0 } fields => Fewer(fields.Columns).Concat(Simpler(fields.Columns)).Select(c => fields with { Columns = c }),
        SortPipe sort => Fewer(sort.Keys).Select(k => sort with { Keys = k }),
        DedupPipe dedup => Fewer(dedup.Fields).Select(f => dedup with { Fields = f }),
        TopPipe top => Fewer(top.Fields).Select(f => top with { Fields = f }).Concat(Fewer(top.By, 0).Select(b => top with { By = b })),
        FacetsPipe facets => Fewer(facets.Fields).Select(f => facets with { Fields = f }),
        _ => [],
    };

    private static IEnumerable<Items<T>> Fewer<T>(Items<T> items, int least = 1)
    {
        for (int i = 0; i < items.Count && items.Count > least; i++)
            yield return [.. items.Where((_, at) => at != i)];
    }

    private static IEnumerable<Items<NamedExpression>> Simpler(Items<NamedExpression> columns)
    {
        for (int i = 0; i < columns.Count; i++)
        {
            foreach (Expression simpler in Simpler(columns[i].Expression))
                yield return [.. columns.Select((c, at) => at == i ? c with { Expression = simpler } : c)];
        }
    }

    private static IEnumerable<Expression> Simpler(Expression expression)
    {
        switch (expression)
        {
            case Call call:
                foreach (Expression argument in call.Arguments.Where(a => a is not PatternLiteral))
                    yield return argument;
                break;
            case Unary unary:
                yield return unary.Part;
                break;
            case Binary binary:
                yield return binary.Left;
                yield return binary.Right;
                foreach (Expression left in Simpler(binary.Left))
                    yield return binary with { Left = left };
                foreach (Expression right in Simpler(binary.Right))
                    yield return binary with { Right = right };
                break;
        }
    }
}
