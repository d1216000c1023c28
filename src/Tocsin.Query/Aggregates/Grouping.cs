using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Expressions;
using Tocsin.Query.Plans;

namespace Tocsin.Query.Aggregates;

/// <summary>
/// Rows fall into groups; each group has its aggregates. The two are apart, so that columns may feed them too.
/// </summary>
internal sealed class Grouping
{
    private readonly Operand[] _keys;
    private readonly Accumulator[] _accumulators;

    /// <summary>The first argument of each aggregate; null for count() and rate().</summary>
    private readonly Operand?[] _values;

    /// <param name="seconds">How long a group spans, for rates; 0 when unknown.</param>
    /// <param name="budget">That of the query unless it is a share of it.</param>
    public Grouping(
        IReadOnlyList<Expression> keys, Items<AggregateCall> calls, double seconds, QueryContext context, MemoryBudget? budget = null)
    {
        budget ??= context.Budget;
        Table = new GroupTable(keys.Count, budget);
        _keys = [.. keys.Select(k => new Operand(k, context))];
        _accumulators = [.. calls.Select(c => c.Create(budget, seconds))];
        _values = [.. calls.Select(c => c.Arguments.Count == 0 ? null : new Operand(c.Arguments[0], context))];
    }

    /// <summary>Groups of rows that are fed by columns.</summary>
    public Grouping(int keys, MemoryBudget budget, params Accumulator[] ofRows)
    {
        Table = new GroupTable(keys, budget);
        (_keys, _values, _accumulators) = ([], [], ofRows);
    }

    public GroupTable Table { get; }

    public IReadOnlyList<Accumulator> Accumulators => _accumulators;

    /// <summary>Returns the group of the row.</summary>
    public int Add(in PipeRow row)
    {
        Table.Key.Clear();
        foreach (Operand key in _keys)
            key.AddTo(Table.Key, row);
        int group = FindGroup();
        for (int i = 0; i < _accumulators.Length; i++)
        {
            Accumulator accumulator = _accumulators[i];
            accumulator.AddRow(group);
            if (_values[i] is not { } value)
                continue;
            accumulator.At = row.Id;
            value.AddTo(accumulator, group, row);
        }
        return group;
    }

    /// <summary>Adds groups that were gathered apart.</summary>
    public void Add(Grouping other, CancellationToken cancel)
    {
        for (int from = 0; from < other.Table.Count; from++)
        {
            if (from % 1024 == 0)
                cancel.ThrowIfCancellationRequested();
            Table.Key.Clear();
            foreach (Cell part in other.Table.KeyOf(from))
                Table.Key.Add(part);
            int into = FindGroup();
            for (int i = 0; i < _accumulators.Length; i++)
                _accumulators[i].Merge(other._accumulators[i], from, into);
        }
    }

    /// <summary>The group of the table's key, with room for it everywhere.</summary>
    public int FindGroup()
    {
        int group = Table.Find();
        Grow();
        return group;
    }

    /// <summary>Makes room for every group of the table.</summary>
    public void Grow()
    {
        foreach (Accumulator accumulator in _accumulators)
            accumulator.Grow(Table.Count);
    }

    /// <summary>Without keys there is one group, also when no row came.</summary>
    public void AddEmpty()
    {
        if (Table.Count > 0)
            return;
        Table.Key.Clear();
        FindGroup();
    }

    /// <summary>Groups by the order of their keys.</summary>
    public IEnumerable<int> InOrder() => Enumerable.Range(0, Table.Count).OrderBy(Table.KeyOf, KeyOrder.Whole);

    /// <summary>Sets the keys, then the results.</summary>
    public void Fill(Overlay set, string[] names, int group)
    {
        set.Clear();
        IReadOnlyList<Cell> key = Table.KeyOf(group);
        for (int i = 0; i < key.Count; i++)
            set.Set(names[i], key[i]);
        for (int i = 0; i < _accumulators.Length; i++)
            set.Set(names[key.Count + i], _accumulators[i].Result(group));
    }
}
