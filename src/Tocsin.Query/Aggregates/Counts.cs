using Tocsin.Model;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Aggregates;

/// <summary>count(): rows. count(x): rows that have x.</summary>
internal class Count(MemoryBudget budget, bool rows) : Accumulator
{
    private readonly Slots<long> _counts = new(budget, sizeof(long));

    public sealed override void Grow(int groups) => _counts.Grow(groups);

    public sealed override void AddRow(int group)
    {
        if (rows)
            _counts[group]++;
    }

    /// <summary>Whether it looks at no value.</summary>
    public bool OfRows => rows;

    public sealed override void AddRows(ReadOnlySpan<int> groups, ColumnRows _)
    {
        if (!rows)
            return;
        foreach (int group in groups)
            _counts[group]++;
    }

    public sealed override void Merge(Accumulator other, int from, int into) => _counts[into] += ((Count)other)._counts[from];

    /// <summary>Many rows at once.</summary>
    public void AddRows(int group, long count) => _counts[group] += count;

    public sealed override void Add(int group, long value) => Add(group);

    public sealed override void Add(int group, double value) => Add(group);

    public sealed override void Add(int group, ReadOnlySpan<byte> utf8) => Add(group);

    public sealed override void AddOther(int group, in Cell value) => Add(group);

    public override Cell Result(int group) => Cell.Of(_counts[group]);

    private void Add(int group)
    {
        if (!rows)
            _counts[group]++;
    }
}

/// <summary>rate(): rows per second of the time that a group spans.</summary>
internal sealed class CountRate(MemoryBudget budget, double seconds) : Count(budget, rows: true)
{
    public override Cell Result(int group) => Rates.Of(base.Result(group), seconds);
}

/// <summary>Amounts per second.</summary>
internal static class Rates
{
    /// <summary>Missing when nobody knows how long it was.</summary>
    public static Cell Of(in Cell amount, double seconds) =>
        seconds > 0 && Numeric.Of(amount) is { } number ? Cell.Of(number.AsDouble / seconds) : Cell.Missing;
}
