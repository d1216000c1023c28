using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Query.Aggregates;
using Tocsin.Query.Cells;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Execution;

/// <summary>Which columns groups are fed from.</summary>
internal sealed class GroupPlan
{
    /// <param name="keys">What groups are told apart by.</param>
    /// <param name="values">Of each aggregate; null for those of rows.</param>
    /// <param name="ordered">Some aggregate asks which row came first.</param>
    /// <param name="levels">Some aggregate asks for levels of rows.</param>
    /// <param name="once">Aggregates to which a value means nothing when it comes again.</param>
    public GroupPlan(
        IReadOnlyList<GroupColumn> keys, IReadOnlyList<GroupColumn?> values, bool ordered, bool levels = false, IReadOnlyList<bool>? once = null)
    {
        (Keys, Values, IsOrdered) = (keys, values, ordered);
        Once = [.. values.Select((v, i) => once is not null && once[i] && v is { Kind: GroupColumnKind.Field })];
        GroupColumn[] all = [.. keys, .. values.OfType<GroupColumn>()];
        Request = new ColumnRequest(
            [
                .. keys.Where(k => k.Path is not null).Select(k => new KeyColumn(k.Path!, k.Shape)),
                .. values.Where((_, i) => Once[i]).Select(v => new KeyColumn(v!.Value.Path!, null, MayForget: true)),
            ],
            [.. values.Where((v, i) => !Once[i] && v?.Path is not null).Select(v => v!.Value.Path!)])
        {
            Times = ordered || all.Any(c => c.Kind == GroupColumnKind.Time),
            Severities = levels || all.Any(c => c.Kind == GroupColumnKind.Level),
            Sequences = ordered,
        };
    }

    public IReadOnlyList<GroupColumn> Keys { get; }

    public IReadOnlyList<GroupColumn?> Values { get; }

    public bool IsOrdered { get; }

    /// <summary>Whether the different values of an aggregate come as keys behind those of the groups.</summary>
    public IReadOnlyList<bool> Once { get; }

    public ColumnRequest Request { get; }
}

/// <summary>Groups that one thread feeds from columns.</summary>
internal sealed class ColumnGroups(GroupPlan plan, Grouping groups, MemoryBudget budget)
{
    private readonly GroupNumbers _numbers = new(plan, groups, budget);
    private readonly GroupValues?[] _once = [.. plan.Once.Select(o => o ? new GroupValues(budget) : null)];

    public Grouping Groups => groups;

    public MemoryBudget Budget => budget;

    public void Add(ColumnRows rows)
    {
        ReadOnlySpan<int> of = _numbers.Of(rows);
        (int field, int key) = (0, plan.Keys.Count(k => k.Path is not null));
        for (int i = 0; i < plan.Values.Count; i++)
        {
            Accumulator accumulator = groups.Accumulators[i];
            accumulator.AddRows(of, rows);
            switch (plan.Values[i]?.Kind)
            {
                case null: break;
                case GroupColumnKind.Field when plan.Once[i]:
                    _once[i]!.Add(accumulator, of, rows.Keys(key), rows.Tables[key]);
                    key++;
                    break;
                case GroupColumnKind.Field: AddValues(accumulator, of, rows, rows.Values(field++)); break;
                default: AddParts(accumulator, of, rows, plan.Values[i]!.Value.Kind); break;
            }
        }
    }

    private void AddValues(Accumulator accumulator, ReadOnlySpan<int> of, ColumnRows rows, ValueColumn values)
    {
        if (!plan.IsOrdered && values.Only is ValueKind.Int)
        {
            ReadOnlySpan<long> numbers = values.AllBits;
            for (int row = 0; row < of.Length; row++)
                accumulator.Add(of[row], numbers[row]);
            return;
        }
        if (!plan.IsOrdered && values.Only is ValueKind.Double)
        {
            ReadOnlySpan<long> bits = values.AllBits;
            for (int row = 0; row < of.Length; row++)
                accumulator.Add(of[row], BitConverter.Int64BitsToDouble(bits[row]));
            return;
        }
        for (int row = 0; row < of.Length; row++)
        {
            if (plan.IsOrdered)
                accumulator.At = rows.Id(row);
            switch (values.Kind(row))
            {
                case ValueKind.Null: break;
                case ValueKind.Int: accumulator.Add(of[row], values.Bits(row)); break;
                case ValueKind.Double: accumulator.Add(of[row], BitConverter.Int64BitsToDouble(values.Bits(row))); break;
                case ValueKind.String: accumulator.Add(of[row], values.Other(row).Payload); break;
                default: accumulator.AddOther(of[row], Cell.Of(values.Other(row))); break;
            }
        }
    }

    private void AddParts(Accumulator accumulator, ReadOnlySpan<int> of, ColumnRows rows, GroupColumnKind kind)
    {
        for (int row = 0; row < of.Length; row++)
        {
            if (plan.IsOrdered)
                accumulator.At = rows.Id(row);
            accumulator.AddOther(of[row], kind == GroupColumnKind.Time
                ? Cell.Of(new Instant(rows.Times[row])) : Cell.OfLevel(Severity.Family(rows.Severities[row])));
        }
    }
}

/// <summary>Feeds each different value of a group once.</summary>
internal sealed class GroupValues(MemoryBudget budget)
{
    private PairNumbers _pairs = new();
    private KeyTable? _table;
    private int[] _numbers = [];
    private long _held;

    public void Add(Accumulator accumulator, ReadOnlySpan<int> groups, ReadOnlySpan<int> keys, KeyTable table)
    {
        if (_table != table)
            (_table, _pairs) = (table, new PairNumbers());
        if (_numbers.Length < 2 * groups.Length)
            _numbers = new int[2 * groups.Length];
        Span<int> numbers = _numbers.AsSpan(0, groups.Length), second = _numbers.AsSpan(groups.Length, groups.Length);
        groups.CopyTo(numbers);
        for (int i = 0; i < second.Length; i++)
            second[i] = keys[i] + 1;
        int known = _pairs.Count;
        _pairs.Number(numbers, second, table.Count + 1);
        budget.Take(_pairs.Bytes - _held, GroupTable.What, GroupTable.Advice);
        _held = _pairs.Bytes;
        for (int pair = known; pair < _pairs.Count; pair++)
        {
            if (_pairs[pair] is (var group, > 0 and var key))
                Add(accumulator, group, table[key - 1]);
        }
    }

    private static void Add(Accumulator accumulator, int group, FieldValue value)
    {
        switch (value.Kind)
        {
            case ValueKind.Null: break;
            case ValueKind.Int: accumulator.Add(group, value.AsInt); break;
            case ValueKind.Double: accumulator.Add(group, value.AsDouble); break;
            case ValueKind.String: accumulator.Add(group, value.Payload); break;
            default: accumulator.AddOther(group, Cell.Of(value)); break;
        }
    }
}
