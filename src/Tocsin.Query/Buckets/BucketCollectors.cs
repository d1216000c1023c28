using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Query.Aggregates;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Records;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Buckets;

/// <summary>Buckets by key. The buckets of all owners are numbered together; their inner collectors are shared.</summary>
internal abstract class KeyedCollector(Bucketing asked, MemoryBudget budget) : Collector, IFieldVisitor
{
    private readonly GroupTable _table = new(2, budget);
    private readonly Slots<long> _counts = new(budget, sizeof(long));
    private readonly Slots<long> _lastRow = new(budget, sizeof(long));
    private readonly Collector[] _inner = [.. asked.Inner.Select(a => Of(a, budget))];
    private readonly List<int> _hits = [];
    /// <summary>Bucket plus one.</summary>
    private readonly Dictionary<(int Owner, long Key), int> _known = [];
    private (int Owner, long Key) _lastKey;
    private int _lastBucket;
    private ColumnSlot _slot;
    private ILookup<long, int>? _byOwner;
    private int _owner;
    private long _row, _weight = 1;

    protected abstract RecordField Field { get; }

    /// <summary>Where rows without the field go; missing for nowhere.</summary>
    protected virtual Cell Missing => Cell.Missing;

    /// <summary>Different values are numbered when rows come by columns.</summary>
    protected virtual bool IsKeyed => false;

    public sealed override void Add(in EventRow row, RowId id, int owner)
    {
        Begin(owner);
        Field.Visit(row, id, this);
        AddMissing();
        foreach (int bucket in _hits)
        {
            foreach (Collector inner in _inner)
                inner.Add(row, id, bucket);
        }
    }

    public sealed override bool Prepare(ColumnPlan plan)
    {
        if (plan.Add(Field, IsKeyed) is not { } slot)
            return false;
        _slot = slot;
        return _inner.All(i => i.Prepare(plan));
    }

    public sealed override void Add(ColumnRows rows, int row, int owner)
    {
        // A value that led to one bucket does so again.
        long? key = KeyOf(rows, row);
        if (key is { } known && Known(owner, known) is >= 0 and var only)
        {
            _counts[only]++;
            foreach (Collector inner in _inner)
                inner.Add(rows, row, only);
            return;
        }
        Begin(owner);
        _slot.Visit(rows, row, this);
        AddMissing();
        if (key is { } fresh && _hits.Count == 1)
        {
            budget.Take(BytesKnown, GroupTable.What, GroupTable.Advice);
            _known.Add((owner, fresh), _hits[0] + 1);
        }
        foreach (int bucket in _hits)
        {
            foreach (Collector inner in _inner)
                inner.Add(rows, row, bucket);
        }
    }

    public sealed override void Merge(Collector other, ReadOnlySpan<int> owners)
    {
        var from = (KeyedCollector)other;
        int[] buckets = new int[from._table.Count];
        for (int i = 0; i < buckets.Length; i++)
        {
            IReadOnlyList<Cell> key = from._table.KeyOf(i);
            _table.Key.Clear();
            _table.Key.Add(Cell.Of((long)owners[(int)key[0].AsInt]));
            _table.Key.Add(key[1]);
            buckets[i] = _table.Find();
            _counts.Grow(_table.Count);
            _lastRow.Grow(_table.Count);
            _counts[buckets[i]] += from._counts[i];
        }
        for (int i = 0; i < _inner.Length; i++)
            _inner[i].Merge(from._inner[i], buckets);
    }

    public sealed override void AddCounted(Instant time, int family, long rows, int owner)
    {
        Begin(owner);
        Hit(CountedKey(time, family), rows);
        int bucket = _hits[0];
        foreach (Collector inner in _inner)
            inner.AddCounted(time, family, rows, bucket);
    }

    public abstract void VisitText(ReadOnlySpan<byte> utf8);

    public abstract void Visit(in Cell value);

    public sealed override BucketAnswer Answer(int owner)
    {
        BucketLimit.Check(_table.Count);
        _byOwner ??= Enumerable.Range(0, _table.Count).ToLookup(g => _table.KeyOf(g)[0].AsInt);
        return new BucketList(asked, [.. _byOwner[owner].Select(BucketOf)]);
    }

    /// <summary>Counts rows into the bucket of a key. A row with the same value twice counts once.</summary>
    protected void Hit(in Cell key, long rows)
    {
        _table.Key.Clear();
        _table.Key.Add(Cell.Of((long)_owner));
        _table.Key.Add(key);
        Hit(rows);
    }

    protected void HitText(ReadOnlySpan<byte> utf8)
    {
        _table.Key.Clear();
        _table.Key.Add(Cell.Of((long)_owner));
        _table.Key.AddText(utf8);
        Hit(1);
    }

    /// <summary>Many rows with the same value, or with none when it is no value; only without inner aggregations.</summary>
    public void AddKey(KeyTable keys, int key, long rows)
    {
        Begin(0);
        _weight = rows;
        if (key != KeyTable.Missing)
            RecordField.Visit(keys[key], this);
        AddMissing();
        _weight = 1;
    }

    /// <summary>The key of records that are counted by time and level.</summary>
    protected virtual Cell CountedKey(Instant time, int family) => Cell.OfLevel(family);

    /// <summary>A number that stands for the row's value; null when it has none or may have several.</summary>
    private long? KeyOf(ColumnRows rows, int row) => _slot.Kind switch
    {
        ColumnKind.Key => rows.Keys(_slot.Index)[row] is var key && key == KeyTable.Missing ? null : key,
        ColumnKind.Time => KeyOf(new Instant(rows.Times[row])),
        ColumnKind.Level => rows.Severities[row],
        _ => null,
    };

    /// <summary>A number that stands for all times that share their bucket with this one; null when that is not known.</summary>
    protected virtual long? KeyOf(Instant time) => null;

    /// <summary>The only bucket that a key has led to; -1 when it has not come yet. Rows with the same key often follow one another.</summary>
    private int Known(int owner, long key)
    {
        if (_lastKey != (owner, key) || _lastBucket == 0)
            (_lastKey, _lastBucket) = ((owner, key), _known.GetValueOrDefault((owner, key)));
        return _lastBucket - 1;
    }

    private const int BytesKnown = 48;

    private void Begin(int owner)
    {
        _owner = owner;
        _row++;
        _hits.Clear();
    }

    private void AddMissing()
    {
        if (_hits.Count == 0 && !Missing.IsMissing)
            Hit(Missing, 1);
    }

    private void Hit(long rows)
    {
        int bucket = _table.Find();
        _counts.Grow(bucket + 1);
        _lastRow.Grow(bucket + 1);
        if (_lastRow[bucket] == _row)
            return;
        _lastRow[bucket] = _row;
        _counts[bucket] += rows * _weight;
        _hits.Add(bucket);
    }

    private Bucket BucketOf(int group) =>
        new(_table.KeyOf(group)[1], _counts[group], [.. _inner.Select(c => c.Answer(group))]);
}

/// <summary>Collects <see cref="ByValue"/>.</summary>
internal sealed class ByValueCollector(ByValue asked, MemoryBudget budget) : KeyedCollector(asked, budget)
{
    protected override RecordField Field => asked.Field;

    protected override Cell Missing => asked.Missing;

    protected override bool IsKeyed => true;

    public override void VisitText(ReadOnlySpan<byte> utf8) => HitText(utf8);

    public override void Visit(in Cell value) => Hit(value, 1);
}

/// <summary>Collects <see cref="ByTime"/>. Rows come in runs of the same step, so the last one is remembered.</summary>
internal sealed class ByTimeCollector(ByTime asked, MemoryBudget budget) : KeyedCollector(asked, budget)
{
    private Instant _start = new(long.MaxValue), _end = new(long.MinValue);

    protected override RecordField Field => asked.Field;

    protected override Cell CountedKey(Instant time, int family) => Cell.Of(StepOf(time));

    protected override long? KeyOf(Instant time) => StepOf(time).UnixNanos;

    public override void VisitText(ReadOnlySpan<byte> utf8)
    {
        if (Instant.Parse(System.Text.Encoding.UTF8.GetString(utf8)) is { } time)
            Hit(Cell.Of(StepOf(time)), 1);
    }

    public override void Visit(in Cell value)
    {
        if (value.Kind == CellKind.Time)
            Hit(Cell.Of(StepOf(new Instant(value.AsInt))), 1);
    }

    private Instant StepOf(Instant time)
    {
        if (time < _start || time >= _end)
        {
            _start = asked.Step.Floor(time);
            _end = asked.Step.Next(_start);
        }
        return _start;
    }
}

/// <summary>Collects <see cref="ByNumber"/>.</summary>
internal sealed class ByNumberCollector(ByNumber asked, MemoryBudget budget) : KeyedCollector(asked, budget)
{
    protected override RecordField Field => asked.Field;

    public override void VisitText(ReadOnlySpan<byte> utf8) => Add(Numeric.Parse(utf8));

    public override void Visit(in Cell value) => Add(Numeric.Of(value));

    private void Add(Numeric? number)
    {
        if (number is { } n && double.IsFinite(n.AsDouble))
            Hit(Cell.Of(Math.Floor((n.AsDouble - asked.Offset) / asked.Step) * asked.Step + asked.Offset), 1);
    }
}

/// <summary>Collects <see cref="ByCondition"/>: the buckets of an owner stand side by side.</summary>
internal sealed class ByConditionCollector(ByCondition asked, MemoryBudget budget) : Collector
{
    private readonly Slots<long> _counts = new(budget, sizeof(long));
    private readonly Collector[] _inner = [.. asked.Inner.Select(a => Of(a, budget))];
    private int _known;

    public override void Add(in EventRow row, RowId id, int owner)
    {
        for (int i = 0; i < asked.Conditions.Count; i++)
        {
            if (!asked.Conditions[i].Matches(row, id))
                continue;
            int bucket = owner * asked.Conditions.Count + i;
            _counts.Grow(bucket + 1);
            _known = Math.Max(_known, bucket + 1);
            _counts[bucket]++;
            foreach (Collector inner in _inner)
                inner.Add(row, id, bucket);
        }
    }

    // Columns do not tell what conditions ask.
    public override bool Prepare(ColumnPlan plan) => false;

    public override void Add(ColumnRows rows, int row, int owner) => throw new InvalidOperationException("conditions need whole rows");

    public override void Merge(Collector other, ReadOnlySpan<int> owners) =>
        throw new InvalidOperationException("conditions need whole rows");

    public override BucketAnswer Answer(int owner) => new BucketList(
        asked, [.. Enumerable.Range(owner * asked.Conditions.Count, asked.Conditions.Count).Select(BucketOf)]);

    private Bucket BucketOf(int bucket) =>
        new(Cell.Missing, bucket < _known ? _counts[bucket] : 0, [.. _inner.Select(c => c.Answer(bucket))]);
}
