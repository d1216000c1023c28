using System.Runtime.InteropServices;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;

namespace Tocsin.Query.Aggregates;

/// <summary>
/// percentile(x, n): the smallest number that at least n percent of the numbers do not exceed. Exact up to
/// <see cref="MostExact"/> numbers in a group; beyond that within half a percent of the number.
/// </summary>
internal sealed class Percentile(MemoryBudget budget, double percent) : NumberAccumulator
{
    public const int MostExact = 8192;

    private readonly Slots<NumberSample?> _samples = new(budget, 8);

    public override void Grow(int groups) => _samples.Grow(groups);

    public override void Add(int group, long value) =>
        (_samples[group] ??= new NumberSample(budget)).Add(Numeric.Of(value));

    public override void Add(int group, double value)
    {
        if (!double.IsNaN(value))
            (_samples[group] ??= new NumberSample(budget)).Add(Numeric.Of(value));
    }

    public override Cell Result(int group) => _samples[group]?.At(percent) ?? Cell.Missing;
}

/// <summary>Numbers of one group: a list, then counts in buckets whose width grows with the number.</summary>
internal sealed class NumberSample(MemoryBudget budget)
{
    /// <summary>
    /// A bucket is what shares sign, exponent and seven bits behind the point: it ends at most 1/128 above its start, so its middle is
    /// less than half a percent off.
    /// </summary>
    private const int BucketShift = 52 - 7;

    private List<Numeric>? _exact = [];
    private Dictionary<int, long>? _positive, _negative;
    private long _count, _zeros;
    private Numeric _least, _greatest;

    public void Add(Numeric number)
    {
        if (_count == 0 || number.CompareTo(_least) < 0)
            _least = number;
        if (_count == 0 || number.CompareTo(_greatest) > 0)
            _greatest = number;
        _count++;
        if (_exact is null)
        {
            AddToBucket(number.AsDouble);
            return;
        }
        if (_exact.Count == _exact.Capacity)
            budget.Take(Math.Max(4, _exact.Capacity) * 24L, GroupTable.What, GroupTable.Advice);
        _exact.Add(number);
        if (_exact.Count > Percentile.MostExact)
            ToBuckets();
    }

    public Cell At(double percent)
    {
        long rank = Math.Clamp((long)Math.Ceiling(percent / 100 * _count), 1, _count);
        if (rank == 1)
            return _least.Cell;
        if (rank == _count)
            return _greatest.Cell;
        if (_exact is null)
            return Cell.Of(Math.Clamp(FromBuckets(rank), _least.AsDouble, _greatest.AsDouble));
        _exact.Sort();
        return _exact[(int)rank - 1].Cell;
    }

    private void ToBuckets()
    {
        (_positive, _negative) = ([], []);
        foreach (Numeric number in _exact!)
            AddToBucket(number.AsDouble);
        budget.Give(_exact.Capacity * 24L);
        _exact = null;
    }

    private void AddToBucket(double value)
    {
        if (value == 0)
        {
            _zeros++;
            return;
        }
        Dictionary<int, long> side = value > 0 ? _positive! : _negative!;
        int bucket = (int)(BitConverter.DoubleToInt64Bits(Math.Abs(value)) >> BucketShift);
        ref long count = ref CollectionsMarshal.GetValueRefOrAddDefault(side, bucket, out bool known);
        if (!known)
            budget.Take(40, GroupTable.What, GroupTable.Advice);
        count++;
    }

    private double FromBuckets(long rank)
    {
        foreach ((int bucket, long count) in _negative!.OrderByDescending(b => b.Key))
        {
            rank -= count;
            if (rank <= 0)
                return -Middle(bucket);
        }
        rank -= _zeros;
        if (rank <= 0)
            return 0;
        foreach ((int bucket, long count) in _positive!.OrderBy(b => b.Key))
        {
            rank -= count;
            if (rank <= 0)
                return Middle(bucket);
        }
        return _greatest.AsDouble;
    }

    private static double Middle(int bucket)
    {
        double start = BitConverter.Int64BitsToDouble((long)bucket << BucketShift);
        double end = BitConverter.Int64BitsToDouble((long)(bucket + 1) << BucketShift);
        return double.IsFinite(end) ? start + (end - start) / 2 : start;
    }
}
