using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Aggregates;

/// <summary>
/// One aggregate for many groups. Groups are numbers from 0; whoever adds has made room first. Values come typed, from
/// rows or from columns. One thread.
/// </summary>
internal abstract class Accumulator
{
    /// <summary>Identity of the row that the next values belong to, for aggregates that ask which came first.</summary>
    public RowId At { get; set; }

    /// <summary>Makes room for so many groups.</summary>
    public abstract void Grow(int groups);

    /// <summary>A row without regard to any value.</summary>
    public virtual void AddRow(int group)
    {
    }

    /// <summary>Rows of the groups, one of each.</summary>
    public virtual void AddRows(ReadOnlySpan<int> groups, ColumnRows rows)
    {
    }

    public abstract void Add(int group, long value);

    public abstract void Add(int group, double value);

    public abstract void Add(int group, ReadOnlySpan<byte> utf8);

    /// <summary>A value of another type: true or false, a time, a level, JSON. Numbers do not care.</summary>
    public virtual void AddOther(int group, in Cell value)
    {
    }

    /// <summary>Adds what another one of the same kind has gathered.</summary>
    /// <param name="other">Not used any more for the group.</param>
    /// <param name="from">Group there.</param>
    /// <param name="into">Group here.</param>
    public abstract void Merge(Accumulator other, int from, int into);

    public abstract Cell Result(int group);
}

/// <summary>One value per group, grown by doubling and charged to the budget.</summary>
internal sealed class Slots<T>(MemoryBudget budget, int bytesEach)
{
    private Slot[] _items = [];

    public ref T this[int group] => ref _items[group].Item;

    public void Grow(int groups)
    {
        if (groups <= _items.Length)
            return;
        int larger = Math.Max(groups, Math.Max(8, _items.Length * 2));
        budget.Take((long)(larger - _items.Length) * bytesEach, GroupTable.What, GroupTable.Advice);
        Array.Resize(ref _items, larger);
    }

    // Places of an array of objects are checked for their type each time one is taken by reference.
    private struct Slot
    {
        public T Item;
    }
}
