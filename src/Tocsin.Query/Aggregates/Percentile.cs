using Tocsin.Model;
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

    public override void Add(int group, long value)
    {
        NumberSample sample = _samples[group] ??= new NumberSample(budget);
        if (!sample.TryAdd(value))
            sample.Add(Numeric.Of(value));
    }

    public override void Add(int group, double value)
    {
        NumberSample? sample = _samples[group];
        if (sample is not null && sample.TryAdd(value) || double.IsNaN(value))
            return;
        sample ??= _samples[group] = new NumberSample(budget);
        sample.Add(Numeric.Of(value));
    }

    public override void Merge(Accumulator other, int from, int into)
    {
        if (((Percentile)other)._samples[from] is { } sample)
            (_samples[into] ??= new NumberSample(budget)).Add(sample);
    }

    public override Cell Result(int group) => _samples[group]?.At(percent) ?? Cell.Missing;
}

/// <summary>Numbers of one group: a list, then counts in buckets whose width grows with the number.</summary>
internal sealed class NumberSample(MemoryBudget budget)
{
    private List<Numeric>? _exact = [];
    private MagnitudeCounts? _positive, _negative;
    private long _count, _zeros;
    private Numeric _least, _greatest;

    /// <summary>Numbers between are counted in buckets and nothing else; none is while there is a list.</summary>
    private double _above = double.NaN, _below = double.NaN;

    /// <summary>Adds a number that is just one more in its bucket; false for any other.</summary>
    public bool TryAdd(double value)
    {
        if (!(value > _above && value < _below))
            return false;
        _count++;
        AddToBucket(value);
        return true;
    }

    public void Add(Numeric number)
    {
        if (_count == 0 || Order(number, _least) < 0)
            _least = number;
        if (_count == 0 || Order(number, _greatest) > 0)
            _greatest = number;
        _count++;
        if (_exact is null)
        {
            AddToBucket(number.AsDouble);
            (_above, _below) = (_least.AsDouble, _greatest.AsDouble);
            return;
        }
        if (_exact.Count == _exact.Capacity)
            budget.Take(Math.Max(4, _exact.Capacity) * 24L, GroupTable.What, GroupTable.Advice);
        _exact.Add(number);
        if (_exact.Count > Percentile.MostExact)
            ToBuckets();
    }

    /// <summary>Adds the numbers of another sample.</summary>
    public void Add(NumberSample other)
    {
        if (other._exact is not null)
        {
            foreach (Numeric number in other._exact)
                Add(number);
            return;
        }
        if (_exact is not null)
            ToBuckets();
        if (_count == 0 || Order(other._least, _least) < 0)
            _least = other._least;
        if (_count == 0 || Order(other._greatest, _greatest) > 0)
            _greatest = other._greatest;
        _count += other._count;
        _zeros += other._zeros;
        (_above, _below) = (_least.AsDouble, _greatest.AsDouble);
        _positive!.Add(other._positive!);
        _negative!.Add(other._negative!);
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
        _exact.Sort(Order);
        return _exact[(int)rank - 1].Cell;
    }

    // 50 and 50.0 are equal, but what is shown must not depend on which came first.
    private static int Order(Numeric a, Numeric b) => a.CompareTo(b) is not 0 and var order ? order : b.IsWhole.CompareTo(a.IsWhole);

    private void ToBuckets()
    {
        (_positive, _negative) = (new MagnitudeCounts(budget), new MagnitudeCounts(budget));
        foreach (Numeric number in _exact!)
            AddToBucket(number.AsDouble);
        budget.Give(_exact.Capacity * 24L);
        _exact = null;
    }

    private void AddToBucket(double value)
    {
        if (value > 0)
            _positive!.Add(value);
        else if (value < 0)
            _negative!.Add(-value);
        else
            _zeros++;
    }

    private double FromBuckets(long rank)
    {
        foreach ((double middle, long count) in _negative!.Falling())
        {
            rank -= count;
            if (rank <= 0)
                return -middle;
        }
        rank -= _zeros;
        if (rank <= 0)
            return 0;
        foreach ((double middle, long count) in _positive!.Rising())
        {
            rank -= count;
            if (rank <= 0)
                return middle;
        }
        return _greatest.AsDouble;
    }
}

/// <summary>Counts numbers above zero in buckets whose width grows with the number: a page of buckets per power of two.</summary>
internal sealed class MagnitudeCounts(MemoryBudget budget)
{
    /// <summary>
    /// A bucket is what shares exponent and seven bits behind the point: it ends at most 1/128 above its start, so its middle is less
    /// than half a percent off.
    /// </summary>
    private const int Bits = 7, Shift = 52 - Bits, PageLength = 1 << Bits;

    private long[]?[] _pages = [];
    private int _first;

    public void Add(double value)
    {
        long bucket = BitConverter.DoubleToInt64Bits(value) >> Shift;
        int page = (int)(bucket >> Bits) - _first;
        if ((uint)page >= (uint)_pages.Length || _pages[page] is not { } counts)
            counts = NewPage((int)(bucket >> Bits));
        counts[bucket & (PageLength - 1)]++;
    }

    public void Add(MagnitudeCounts other)
    {
        for (int page = 0; page < other._pages.Length; page++)
        {
            if (other._pages[page] is not { } counts)
                continue;
            int place = other._first + page - _first;
            long[] into = (uint)place < (uint)_pages.Length && _pages[place] is { } known ? known : NewPage(other._first + page);
            for (int i = 0; i < PageLength; i++)
                into[i] += counts[i];
        }
    }

    /// <summary>The middle of each bucket and how many numbers it has, from small to great.</summary>
    public IEnumerable<(double Middle, long Count)> Rising() => Buckets(Enumerable.Range(0, _pages.Length * PageLength));

    public IEnumerable<(double Middle, long Count)> Falling() =>
        Buckets(Enumerable.Range(1, _pages.Length * PageLength).Select(i => _pages.Length * PageLength - i));

    private IEnumerable<(double Middle, long Count)> Buckets(IEnumerable<int> places) => places
        .Where(i => _pages[i / PageLength] is { } page && page[i % PageLength] > 0)
        .Select(i => (Middle((long)_first * PageLength + i), _pages[i / PageLength]![i % PageLength]));

    private long[] NewPage(int exponent)
    {
        int first = _pages.Length == 0 ? exponent : Math.Min(_first, exponent);
        int length = _pages.Length == 0 ? 1 : Math.Max(_first + _pages.Length, exponent + 1) - first;
        if (length != _pages.Length)
        {
            budget.Take(8L * (length - _pages.Length), GroupTable.What, GroupTable.Advice);
            var pages = new long[]?[length];
            _pages.CopyTo(pages, _pages.Length == 0 ? 0 : _first - first);
            (_pages, _first) = (pages, first);
        }
        budget.Take(8L * PageLength, GroupTable.What, GroupTable.Advice);
        return _pages[exponent - _first] = new long[PageLength];
    }

    private static double Middle(long bucket)
    {
        double start = BitConverter.Int64BitsToDouble(bucket << Shift);
        double end = BitConverter.Int64BitsToDouble((bucket + 1) << Shift);
        return double.IsFinite(end) ? start + (end - start) / 2 : start;
    }
}
