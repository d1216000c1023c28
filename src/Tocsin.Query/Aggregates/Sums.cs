using Tocsin.Model;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;

namespace Tocsin.Query.Aggregates;

/// <summary>An aggregate of numbers: texts of numbers count, other values do not.</summary>
internal abstract class NumberAccumulator : Accumulator
{
    public sealed override void Add(int group, ReadOnlySpan<byte> utf8)
    {
        if (Numeric.Parse(utf8) is not { } number)
            return;
        if (number.IsWhole)
            Add(group, number.Whole);
        else
            Add(group, number.Real);
    }
}

/// <summary>sum(x): exact for whole numbers; missing when there was no number.</summary>
internal class Sum(MemoryBudget budget) : NumberAccumulator
{
    private readonly Slots<(Int128 Whole, double Real, long Count, bool HasReal)> _sums = new(budget, 40);

    public sealed override void Grow(int groups) => _sums.Grow(groups);

    public sealed override void Add(int group, long value)
    {
        ref (Int128 Whole, double Real, long Count, bool HasReal) sum = ref _sums[group];
        sum.Whole += value;
        sum.Count++;
    }

    public sealed override void Add(int group, double value)
    {
        if (double.IsNaN(value))
            return;
        ref (Int128 Whole, double Real, long Count, bool HasReal) sum = ref _sums[group];
        sum.Real += value;
        sum.Count++;
        sum.HasReal = true;
    }

    public sealed override void Merge(Accumulator other, int from, int into)
    {
        (Int128 whole, double real, long count, bool hasReal) = ((Sum)other)._sums[from];
        ref (Int128 Whole, double Real, long Count, bool HasReal) sum = ref _sums[into];
        sum = (sum.Whole + whole, sum.Real + real, sum.Count + count, sum.HasReal | hasReal);
    }

    public override Cell Result(int group)
    {
        (Int128 whole, double real, long count, bool hasReal) = _sums[group];
        return count == 0 ? Cell.Missing : hasReal ? Cell.Of((double)whole + real) : Cell.Of(whole);
    }

    protected long CountOf(int group) => _sums[group].Count;
}

/// <summary>avg(x).</summary>
internal sealed class Average(MemoryBudget budget) : Sum(budget)
{
    public override Cell Result(int group) =>
        CountOf(group) is > 0 and long count
            ? Cell.Of(Numeric.Of(base.Result(group))!.Value.AsDouble / count)
            : Cell.Missing;
}

/// <summary>rate(x): the sum per second of the time that a group spans.</summary>
internal sealed class SumRate(MemoryBudget budget, double seconds) : Sum(budget)
{
    public override Cell Result(int group) => Rates.Of(base.Result(group), seconds);
}

/// <summary>
/// stddev(x): of a sample; missing below two numbers. Welford's way, so that large numbers do not cancel out.
/// </summary>
internal sealed class Deviation(MemoryBudget budget) : NumberAccumulator
{
    private readonly Slots<(long Count, double Mean, double Squares)> _moments = new(budget, 24);

    public override void Grow(int groups) => _moments.Grow(groups);

    public override void Add(int group, long value) => Add(group, (double)value);

    public override void Add(int group, double value)
    {
        if (double.IsNaN(value))
            return;
        ref (long Count, double Mean, double Squares) m = ref _moments[group];
        m.Count++;
        double before = value - m.Mean;
        m.Mean += before / m.Count;
        m.Squares += before * (value - m.Mean);
    }

    public override void Merge(Accumulator other, int from, int into)
    {
        (long count, double mean, double squares) = ((Deviation)other)._moments[from];
        ref (long Count, double Mean, double Squares) m = ref _moments[into];
        if (count == 0)
            return;
        long all = m.Count + count;
        double apart = mean - m.Mean;
        m = (all, m.Mean + apart * count / all, m.Squares + squares + apart * apart * m.Count / all * count);
    }

    public override Cell Result(int group) =>
        _moments[group] is { Count: > 1 } m ? Cell.Of(Math.Sqrt(Math.Max(0, m.Squares / (m.Count - 1)))) : Cell.Missing;
}
