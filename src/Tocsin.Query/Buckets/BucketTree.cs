using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Buckets;

/// <summary>Aggregations that one pass over the records feeds, in the cheapest way that gives what they ask. One thread.</summary>
internal sealed class BucketTree
{
    private readonly Collector[] _collectors;

    public BucketTree(IReadOnlyList<Aggregation> aggregations, MemoryBudget budget) =>
        _collectors = [.. aggregations.Select(a => Collector.Of(a, budget))];

    public void Add(in EventRow row, RowId id)
    {
        foreach (Collector collector in _collectors)
            collector.Add(row, id, 0);
    }

    /// <summary>Names the columns it needs; false when columns do not have all of it.</summary>
    public bool Prepare(ColumnPlan plan) => _collectors.All(c => c.Prepare(plan));

    /// <summary>Only when it was prepared.</summary>
    public void Add(ColumnRows rows)
    {
        foreach (Collector collector in _collectors)
        {
            for (int row = 0; row < rows.Count; row++)
                collector.Add(rows, row, 0);
        }
    }

    /// <summary>Adds what another tree of the same aggregations has gathered by columns.</summary>
    public void Merge(BucketTree other)
    {
        for (int i = 0; i < _collectors.Length; i++)
            _collectors[i].Merge(other._collectors[i], [0]);
    }

    /// <summary>Only for aggregations that <see cref="CountedStep"/> accepts.</summary>
    public void AddCounted(Instant time, int family, long rows)
    {
        foreach (Collector collector in _collectors)
            collector.AddCounted(time, family, rows, 0);
    }

    /// <summary>Only for one aggregation that <see cref="CountedField"/> accepts.</summary>
    public void AddKey(KeyTable keys, int key, long rows) => ((ByValueCollector)_collectors[0]).AddKey(keys, key, rows);

    /// <summary>The field whose counted values are enough to answer; null when they are not.</summary>
    public static FieldPath? CountedField(Aggregation aggregation) => aggregation is ByValue { Inner.Count: 0 } value ? value.Field.Path : null;

    public IReadOnlyList<BucketAnswer> Answers() => [.. _collectors.Select(c => c.Answer(0))];

    /// <summary>
    /// The step in which counts of records per time and level are enough to answer; null when they are not.
    /// </summary>
    public static TimeSpan? CountedStep(Aggregation aggregation) => aggregation switch
    {
        ByTime { Field.IsRecordTime: true, Step.Plain: { } step } time => Common(step, time.Inner),
        ByValue { Field.IsLevel: true, Missing.IsMissing: true } level => Common(TimeSpan.FromDays(1), level.Inner),
        _ => null,
    };

    private static TimeSpan? Common(TimeSpan step, IReadOnlyList<Aggregation> inner)
    {
        foreach (Aggregation aggregation in inner)
        {
            if (CountedStep(aggregation) is not { } other)
                return null;
            step = new TimeSpan((long)System.Numerics.BigInteger.GreatestCommonDivisor(step.Ticks, other.Ticks));
        }
        return step;
    }
}

/// <summary>Gathers what one aggregation asks, for every bucket that asks it; those are numbers from 0. One thread.</summary>
internal abstract class Collector
{
    public static Collector Of(Aggregation aggregation, MemoryBudget budget) => aggregation switch
    {
        ByTime a => new ByTimeCollector(a, budget),
        ByNumber a => new ByNumberCollector(a, budget),
        ByValue a => new ByValueCollector(a, budget),
        ByCondition a => new ByConditionCollector(a, budget),
        NumbersOf a => new NumbersCollector(a, budget),
        ValuesOf a => new ValuesCollector(a, budget),
        DistinctOf a => new DistinctCollector(a, budget),
        PercentilesOf a => new PercentilesCollector(a, budget),
        _ => throw new ArgumentException($"no collector for {aggregation}", nameof(aggregation)),
    };

    public abstract void Add(in EventRow row, RowId id, int owner);

    /// <inheritdoc cref="BucketTree.Prepare"/>
    public abstract bool Prepare(ColumnPlan plan);

    public abstract void Add(ColumnRows rows, int row, int owner);

    /// <summary>Adds what another one of the same aggregation has gathered by columns.</summary>
    /// <param name="other">Not used any more.</param>
    /// <param name="owners">The owner here of each owner there.</param>
    public abstract void Merge(Collector other, ReadOnlySpan<int> owners);

    /// <inheritdoc cref="BucketTree.AddCounted"/>
    public virtual void AddCounted(Instant time, int family, long rows, int owner) =>
        throw new InvalidOperationException($"{GetType().Name} needs more than counts");

    public abstract BucketAnswer Answer(int owner);
}

/// <summary>Refuses more buckets than an answer may have.</summary>
internal static class BucketLimit
{
    /// <summary>Elasticsearch's own limit; a chart has far fewer.</summary>
    public const int Most = 65_536;

    public static void Check(int buckets)
    {
        if (buckets > Most)
            throw new QueryRefusedException($"more than {Most} buckets: ask for longer steps, fewer values or a shorter time");
    }
}
