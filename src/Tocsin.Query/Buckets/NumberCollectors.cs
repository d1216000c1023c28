using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Query.Aggregates;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Records;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Buckets;

/// <summary>Takes each single value of a field.</summary>
internal abstract class FieldCollector(RecordField field) : Collector, IFieldVisitor
{
    private ColumnSlot _slot;
    private int _known;

    /// <summary>Whose value comes.</summary>
    protected int Owner { get; private set; }

    /// <summary>Different values are numbered when rows come by columns.</summary>
    protected virtual bool IsKeyed => false;

    public sealed override void Add(in EventRow row, RowId id, int owner)
    {
        Begin(owner);
        field.Visit(row, id, this);
    }

    public sealed override bool Prepare(ColumnPlan plan)
    {
        if (plan.Add(field, IsKeyed) is not { } slot)
            return false;
        _slot = slot;
        return true;
    }

    public sealed override void Add(ColumnRows rows, int row, int owner)
    {
        Begin(owner);
        _slot.Visit(rows, row, this);
    }

    public sealed override void Merge(Collector other, ReadOnlySpan<int> owners)
    {
        int known = ((FieldCollector)other)._known;
        for (int from = 0; from < known; from++)
        {
            Begin(owners[from]);
            Merge(other, from);
        }
    }

    /// <summary>Adds to <see cref="Owner"/> what the other has of one of its owners.</summary>
    protected abstract void Merge(Collector other, int from);

    public abstract void VisitText(ReadOnlySpan<byte> utf8);

    public abstract void Visit(in Cell value);

    /// <summary>False for a bucket that no record has reached.</summary>
    protected bool Knows(int owner) => owner < _known;

    /// <summary>Makes room for so many owners.</summary>
    protected abstract void Grow(int owners);

    private void Begin(int owner)
    {
        Owner = owner;
        if (owner >= _known)
            Grow(_known = owner + 1);
    }
}

/// <summary>Takes numbers, texts of numbers, and times in milliseconds.</summary>
internal abstract class NumberCollector(RecordField field) : FieldCollector(field)
{
    private const double NanosPerMillisecond = 1e6;

    public sealed override void VisitText(ReadOnlySpan<byte> utf8) => Take(Numeric.Parse(utf8));

    public sealed override void Visit(in Cell value) => Take(value.Kind switch
    {
        CellKind.Time => Numeric.Of(value.AsInt / NanosPerMillisecond),
        CellKind.Bool => Numeric.Of(value.IsTrue ? 1L : 0L),
        _ => Numeric.Of(value),
    });

    protected abstract void Add(Numeric number);

    private void Take(Numeric? number)
    {
        if (number is { } n && double.IsFinite(n.AsDouble))
            Add(n);
    }
}

/// <summary>Collects <see cref="NumbersOf"/>.</summary>
internal sealed class NumbersCollector(NumbersOf asked, MemoryBudget budget) : NumberCollector(asked.Field)
{
    private readonly Slots<Moments> _moments = new(budget, 72);

    public override BucketAnswer Answer(int owner)
    {
        Moments m = Knows(owner) ? _moments[owner] : default;
        return m.Count == 0
            ? new NumbersAnswer(asked, 0, double.NaN, double.NaN, 0, 0, double.NaN)
            : new NumbersAnswer(asked, m.Count, m.Least, m.Greatest, m.Sum.Total, m.Squares.Total, m.Spread / m.Count);
    }

    protected override void Grow(int owners) => _moments.Grow(owners);

    protected override void Add(Numeric number) => _moments[Owner].Add(number.AsDouble);

    protected override void Merge(Collector other, int from) => _moments[Owner].Add(((NumbersCollector)other)._moments[from]);

    private struct Moments
    {
        public long Count;
        public double Least, Greatest, Mean, Spread;
        public ExactSum Sum, Squares;

        public void Add(double value)
        {
            Least = Count == 0 ? value : Math.Min(Least, value);
            Greatest = Count == 0 ? value : Math.Max(Greatest, value);
            Count++;
            Sum.Add(value);
            Squares.Add(value * value);
            // Welford's way, so that large numbers do not cancel out.
            double before = value - Mean;
            Mean += before / Count;
            Spread += before * (value - Mean);
        }

        public void Add(in Moments other)
        {
            if (other.Count == 0)
                return;
            Least = Count == 0 ? other.Least : Math.Min(Least, other.Least);
            Greatest = Count == 0 ? other.Greatest : Math.Max(Greatest, other.Greatest);
            double apart = other.Mean - Mean;
            long all = Count + other.Count;
            Spread += other.Spread + apart * apart * Count / all * other.Count;
            Mean += apart * other.Count / all;
            Count = all;
            Sum.Add(other.Sum);
            Squares.Add(other.Squares);
        }
    }

    /// <summary>Neumaier's sum: what each addition loses is kept beside.</summary>
    private struct ExactSum
    {
        private double _sum, _lost;

        public readonly double Total => _sum + _lost;

        public void Add(in ExactSum other)
        {
            Add(other._sum);
            Add(other._lost);
        }

        public void Add(double value)
        {
            double sum = _sum + value;
            _lost += Math.Abs(_sum) >= Math.Abs(value) ? _sum - sum + value : value - sum + _sum;
            _sum = sum;
        }
    }
}

/// <summary>Collects <see cref="PercentilesOf"/>.</summary>
internal sealed class PercentilesCollector(PercentilesOf asked, MemoryBudget budget) : NumberCollector(asked.Field)
{
    private readonly Slots<NumberSample?> _samples = new(budget, 8);

    public override BucketAnswer Answer(int owner)
    {
        NumberSample? sample = Knows(owner) ? _samples[owner] : null;
        return new PercentilesAnswer(
            asked, [.. asked.Percents.Select(p => sample is null ? double.NaN : Numeric.Of(sample.At(p))!.Value.AsDouble)]);
    }

    protected override void Grow(int owners) => _samples.Grow(owners);

    protected override void Add(Numeric number) => (_samples[Owner] ??= new NumberSample(budget)).Add(number);

    protected override void Merge(Collector other, int from)
    {
        if (((PercentilesCollector)other)._samples[from] is { } sample)
            (_samples[Owner] ??= new NumberSample(budget)).Add(sample);
    }
}

/// <summary>Collects <see cref="ValuesOf"/>.</summary>
internal sealed class ValuesCollector(ValuesOf asked, MemoryBudget budget) : FieldCollector(asked.Field)
{
    private readonly Slots<long> _counts = new(budget, sizeof(long));

    public override void VisitText(ReadOnlySpan<byte> utf8) => _counts[Owner]++;

    public override void Visit(in Cell value) => _counts[Owner]++;

    public override BucketAnswer Answer(int owner) => new CountAnswer(asked, Knows(owner) ? _counts[owner] : 0);

    protected override void Merge(Collector other, int from) => _counts[Owner] += ((ValuesCollector)other)._counts[from];

    protected override void Grow(int owners) => _counts.Grow(owners);
}

/// <summary>Collects <see cref="DistinctOf"/>.</summary>
internal sealed class DistinctCollector(DistinctOf asked, MemoryBudget budget) : FieldCollector(asked.Field)
{
    private readonly Distinct _values = new(budget);

    protected override bool IsKeyed => true;

    public override void VisitText(ReadOnlySpan<byte> utf8) => _values.Add(Owner, utf8);

    public override void Visit(in Cell value) => _values.AddOther(Owner, value);

    public override BucketAnswer Answer(int owner) =>
        new CountAnswer(asked, Knows(owner) ? _values.Result(owner).AsInt : 0);

    protected override void Merge(Collector other, int from) => _values.Merge(((DistinctCollector)other)._values, from, Owner);

    protected override void Grow(int owners) => _values.Grow(owners);
}
