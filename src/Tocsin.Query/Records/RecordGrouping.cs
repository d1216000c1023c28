using Tocsin.Model.Events;
using Tocsin.Query.Aggregates;
using Tocsin.Query.Buckets;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Storage;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Records;

/// <summary>
/// Answers aggregations in as few and as cheap passes as they allow: from counts per time and level that blocks know, by
/// columns, or row by row. One use; one thread.
/// </summary>
internal sealed class RecordGrouping(Database database, MemoryBudget budget, CancellationToken cancel)
{
    /// <summary>Beyond so many conditions one pass that looks at whole rows is cheaper than one pass for each.</summary>
    private const int MostPasses = 16;

    private int _passes;

    /// <summary>Damaged blocks had to be left out.</summary>
    public bool Partial { get; private set; }

    public IReadOnlyList<BucketAnswer> Answers(Condition condition, IReadOnlyList<Aggregation> aggregations)
    {
        var scan = ConditionScan.Of(condition);
        if (scan.IsEmpty || scan.Rest is not null)
            return Rows(scan, aggregations);
        var answers = new Dictionary<Aggregation, BucketAnswer>(ReferenceEqualityComparer.Instance);
        foreach (Aggregation aggregation in aggregations)
        {
            if (aggregation is ByCondition one && (_passes += one.Conditions.Count) <= MostPasses)
                answers.Add(one, new BucketList(one, [.. one.Conditions.Select(c => BucketOf(new AllOf([condition, c]), one))]));
            else if (BucketTree.CountedStep(aggregation) is { } step)
                answers.Add(aggregation, Counted(scan, aggregation, step));
            else if (BucketTree.CountedField(aggregation) is { } field)
                answers.Add(aggregation, Keys(scan, aggregation, field));
        }
        Aggregation[] rest = [.. aggregations.Where(a => !answers.ContainsKey(a))];
        if (rest.Length > 0)
        {
            foreach (BucketAnswer answer in Columns(scan, rest) ?? Rows(scan, rest))
                answers.Add(answer.Asked, answer);
        }
        return [.. aggregations.Select(a => answers[a])];
    }

    private Bucket BucketOf(Condition condition, ByCondition asked)
    {
        (long count, bool partial) = new RecordSearch(database).Count(condition, cancel);
        Partial |= partial;
        return new Bucket(Cell.Missing, count, asked.Inner.Count == 0 ? [] : Answers(condition, asked.Inner));
    }

    private BucketAnswer Counted(ConditionScan scan, Aggregation aggregation, TimeSpan step)
    {
        var tree = new BucketTree([aggregation], budget);
        Partial |= database.Count(RecordSearch.Request(scan), step, tree.AddCounted, cancel).Partial;
        return tree.Answers()[0];
    }

    private BucketAnswer Keys(ConditionScan scan, Aggregation aggregation, FieldPath field)
    {
        var tree = new BucketTree([aggregation], budget);
        Partial |= database.CountKeys(RecordSearch.Request(scan), field, tree.AddKey, ColumnFeed.Charge(budget), cancel).Partial;
        return tree.Answers()[0];
    }

    /// <summary>Null when columns do not have what is asked.</summary>
    private IReadOnlyList<BucketAnswer>? Columns(ConditionScan scan, IReadOnlyList<Aggregation> aggregations)
    {
        var plan = new ColumnPlan();
        if (!new BucketTree(aggregations, budget).Prepare(plan))
            return null;
        BucketTree? tree = null;
        ScanReport report = database.ScanColumns(
            RecordSearch.Request(scan), plan.Request, () => new FedTree(aggregations, budget), static (fed, rows) => fed.Add(rows), fed =>
            {
                cancel.ThrowIfCancellationRequested();
                if (tree is null)
                    tree = fed.Tree;
                else
                    tree.Merge(fed.Tree);
            }, cancel);
        Partial |= report.Partial;
        return tree!.Answers();
    }

    /// <summary>Aggregations that one thread feeds by columns.</summary>
    private sealed class FedTree
    {
        private readonly Action<long> _charge;
        private long _held;

        public FedTree(IReadOnlyList<Aggregation> aggregations, MemoryBudget budget)
        {
            Tree = new BucketTree(aggregations, budget);
            Tree.Prepare(new ColumnPlan());
            _charge = ColumnFeed.Charge(budget);
        }

        public BucketTree Tree { get; }

        public void Add(ColumnRows rows)
        {
            long held = rows.Tables.Sum(t => t.Bytes);
            _charge(held - _held);
            _held = held;
            Tree.Add(rows);
        }
    }

    private IReadOnlyList<BucketAnswer> Rows(ConditionScan scan, IReadOnlyList<Aggregation> aggregations)
    {
        var tree = new BucketTree(aggregations, budget);
        if (scan.IsEmpty)
            return tree.Answers();
        Partial |= RecordSearch.Scan(database, scan, RecordSearch.Request(scan) with { AnyOrder = true }, (in EventRow row, RowId id) =>
        {
            tree.Add(row, id);
            return true;
        }, cancel).Partial;
        return tree.Answers();
    }
}
