using System.Text;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Aggregates;

/// <summary>An aggregate that keeps one of the values as it is.</summary>
internal abstract class ChosenAccumulator(MemoryBudget budget) : Accumulator
{
    private readonly Slots<Cell> _chosen = new(budget, 24);

    public override void Grow(int groups) => _chosen.Grow(groups);

    public sealed override void Add(int group, long value) => AddOther(group, Cell.Of(value));

    public sealed override void Add(int group, double value) => AddOther(group, Cell.Of(value));

    public sealed override void Add(int group, ReadOnlySpan<byte> utf8) =>
        AddOther(group, Cell.Of(Encoding.UTF8.GetString(utf8)));

    public sealed override void AddOther(int group, in Cell value)
    {
        ref Cell chosen = ref _chosen[group];
        if (!Replaces(group, value, chosen))
            return;
        budget.Give(chosen.HeapBytes);
        budget.Take(value.HeapBytes, GroupTable.What, GroupTable.Advice);
        chosen = value;
    }

    public override void Merge(Accumulator other, int from, int into)
    {
        Cell value = ((ChosenAccumulator)other)._chosen[from];
        if (!value.IsMissing)
            AddOther(into, value);
    }

    public sealed override Cell Result(int group) => _chosen[group];

    protected abstract bool Replaces(int group, in Cell value, in Cell chosen);
}

/// <summary>min(x) and max(x), in the one order of values.</summary>
/// <param name="sign">1 for the greatest, -1 for the least.</param>
internal sealed class Extreme(MemoryBudget budget, int sign) : ChosenAccumulator(budget)
{
    protected override bool Replaces(int group, in Cell value, in Cell chosen)
    {
        if (chosen.IsMissing)
            return true;
        int order = CellOrder.Compare(value, chosen) * sign;
        // Of equal numbers written differently the answer must not depend on which came first.
        return order > 0 || order == 0 && value.Kind < chosen.Kind
            || order == 0 && value.Kind == chosen.Kind
                && CellOrder.CompareText(value.ToString(), chosen.ToString()) < 0;
    }
}

/// <summary>first(x) and last(x): the value of the oldest and of the newest row that has one.</summary>
internal sealed class Edge(MemoryBudget budget, bool last) : ChosenAccumulator(budget)
{
    private readonly Slots<RowId> _places = new(budget, 16);

    public override void Grow(int groups)
    {
        base.Grow(groups);
        _places.Grow(groups);
    }

    public override void Merge(Accumulator other, int from, int into)
    {
        At = ((Edge)other)._places[from];
        base.Merge(other, from, into);
    }

    protected override bool Replaces(int group, in Cell value, in Cell chosen)
    {
        if (!chosen.IsMissing && (last ? At <= _places[group] : At >= _places[group]))
            return false;
        _places[group] = At;
        return true;
    }
}
