using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Buckets;

/// <summary>A tree of aggregations that one pass over the records feeds. One thread.</summary>
internal sealed class BucketTree
{
    private readonly Collector[] _collectors;
    private readonly IReadOnlyList<Aggregation> _asked;

    public BucketTree(IReadOnlyList<Aggregation> aggregations, MemoryBudget budget)
    {
        _asked = aggregations;
        _collectors = [.. aggregations.Select(a => Collector.Of(a, budget))];
    }

    /// <summary>Null when every field may be asked for.</summary>
    public IReadOnlyList<FieldPath>? Fields
    {
        get
        {
            var paths = new List<FieldPath>();
            return _asked.All(a => AddFields(a, paths)) ? paths : null;
        }
    }

    /// <summary>The step in which the store may count records, when nothing but counts per step of time is asked for.</summary>
    public TimeSpan? Step => _asked is [ByTime { Inner.Count: 0, Field.IsRecordTime: true, Step.Plain: { } step }] ? step : null;

    public void Add(in EventRow row, RowId id)
    {
        foreach (Collector collector in _collectors)
            collector.Add(row, id, 0);
    }

    /// <summary>Only when <see cref="Step"/> says so.</summary>
    public void AddCounted(Instant time, int family, long rows) => ((ByTimeCollector)_collectors[0]).AddCounted(time, rows);

    public IReadOnlyList<BucketAnswer> Answers() => [.. _collectors.Select(c => c.Answer(0))];

    // False for conditions: what they look at is not known here.
    private static bool AddFields(Aggregation aggregation, List<FieldPath> paths)
    {
        if (aggregation is ByCondition)
            return false;
        if (FieldOf(aggregation).Path is { } path)
            paths.Add(path);
        return aggregation is not Bucketing bucketing || bucketing.Inner.All(inner => AddFields(inner, paths));
    }

    private static Records.RecordField FieldOf(Aggregation aggregation) => aggregation switch
    {
        ByTime a => a.Field,
        ByNumber a => a.Field,
        ByValue a => a.Field,
        NumbersOf a => a.Field,
        ValuesOf a => a.Field,
        DistinctOf a => a.Field,
        PercentilesOf a => a.Field,
        _ => throw new ArgumentException($"no field in {aggregation}", nameof(aggregation)),
    };
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
