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
    public GroupPlan(IReadOnlyList<GroupColumn> keys, IReadOnlyList<GroupColumn?> values, bool ordered, bool levels = false)
    {
        (Keys, Values, IsOrdered) = (keys, values, ordered);
        GroupColumn[] all = [.. keys, .. values.OfType<GroupColumn>()];
        Request = new ColumnRequest(
            [.. keys.Where(k => k.Path is not null).Select(k => new KeyColumn(k.Path!, k.Shape))],
            [.. values.OfType<GroupColumn>().Where(v => v.Path is not null).Select(v => v.Path!)])
        {
            Times = ordered || all.Any(c => c.Kind == GroupColumnKind.Time),
            Severities = levels || all.Any(c => c.Kind == GroupColumnKind.Level),
            Sequences = ordered,
        };
    }

    public IReadOnlyList<GroupColumn> Keys { get; }

    public IReadOnlyList<GroupColumn?> Values { get; }

    public bool IsOrdered { get; }

    public ColumnRequest Request { get; }
}

/// <summary>Groups that one thread feeds from columns.</summary>
internal sealed class ColumnGroups(GroupPlan plan, Grouping groups, MemoryBudget budget)
{
    private readonly GroupNumbers _numbers = new(plan, groups, budget);

    public Grouping Groups => groups;

    public MemoryBudget Budget => budget;

    public void Add(ColumnRows rows)
    {
        ReadOnlySpan<int> of = _numbers.Of(rows);
        int field = 0;
        for (int i = 0; i < plan.Values.Count; i++)
        {
            Accumulator accumulator = groups.Accumulators[i];
            accumulator.AddRows(of, rows);
            switch (plan.Values[i]?.Kind)
            {
                case null: break;
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
