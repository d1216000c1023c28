using Tocsin.Model.Events;
using Tocsin.Query.Aggregates;
using Tocsin.Query.Cells;
using Tocsin.Query.Expressions;
using Tocsin.Query.Pipes;
using Tocsin.Query.Plans;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Execution;

/// <summary>A first pipe that groups rows and can be fed columns of them.</summary>
internal interface IColumnFed
{
    ScanReport FeedColumns(ScanRequest request);
}

/// <summary>
/// Feeds groups from columns instead of rows: each different key is looked up once, and values come without their rows.
/// </summary>
internal static class ColumnFeed
{
    private const int MostKeys = 2;

    /// <summary>True when keys and values are plain fields and no aggregate asks which row came first.</summary>
    public static bool Fits(Pipe pipe) => pipe switch
    {
        StatsPipe stats => AreFields(stats.By) && stats.Calls.All(c =>
            c.Function is not ("first" or "last") && (c.Arguments.Count == 0 || IsField(c.Arguments[0]))),
        TopPipe top => AreFields([.. top.By, .. top.Fields]),
        _ => false,
    };

    /// <param name="groups">Which are fed.</param>
    /// <param name="keys">Plain fields, at most two.</param>
    /// <param name="values">The plain field of each aggregate; null for those of rows.</param>
    /// <param name="request">The filter.</param>
    /// <param name="context">Of the query.</param>
    public static ScanReport Feed(
        Grouping groups, IReadOnlyList<Expression> keys, IReadOnlyList<Expression?> values, ScanRequest request, QueryContext context)
    {
        if (keys.Count == 1 && values.All(v => v is null) && groups.Accumulators.All(a => a is Count))
        {
            return CountKeys(groups.Table, groups.FindGroup, keys[0], request, context, (group, rows) =>
            {
                foreach (Accumulator accumulator in groups.Accumulators)
                    ((Count)accumulator).AddRows(group, rows);
            });
        }
        FieldPath[] fields = [.. values.OfType<Expression>().Select(PathOf)];
        var numbers = new GroupNumbers(groups.Table, groups.FindGroup, context.Budget);
        return context.Database.ScanColumns(request, new ColumnRequest([.. keys.Select(PathOf)], fields), rows =>
        {
            ReadOnlySpan<int> of = numbers.Of(rows);
            for (int i = 0, field = 0; i < values.Count; i++)
                Add(groups.Accumulators[i], of, values[i] is null ? null : rows.Values(field++));
            return true;
        }, context.Cancel);
    }

    /// <summary>Visits the keys of the matching rows.</summary>
    public static ScanReport Scan(IReadOnlyList<Expression> keys, ScanRequest request, QueryContext context, ColumnVisitor visit) =>
        context.Database.ScanColumns(request, new ColumnRequest([.. keys.Select(PathOf)], []), visit, context.Cancel);

    /// <summary>Counts rows per value of one field; headers may know.</summary>
    public static ScanReport CountKeys(
        GroupTable table, Func<int> find, Expression key, ScanRequest request, QueryContext context, Action<int, long> add) =>
        context.Database.CountKeys(request, PathOf(key), (keys, number, rows) =>
        {
            table.Key.Clear();
            if (number == KeyTable.Missing)
                table.Key.Add(Cell.Missing);
            else
                table.Key.Add(keys[number]);
            add(find(), rows);
        }, Charge(context.Budget), context.Cancel);

    /// <summary>Takes what the keys of a scan come to hold from the budget.</summary>
    public static Action<long> Charge(MemoryBudget budget)
    {
        long held = 0;
        return bytes =>
        {
            budget.Take(bytes - held, GroupTable.What, GroupTable.Advice);
            held = bytes;
        };
    }

    private static void Add(Accumulator accumulator, ReadOnlySpan<int> groups, ValueColumn? values)
    {
        for (int row = 0; row < groups.Length; row++)
        {
            accumulator.AddRow(groups[row]);
            switch (values?.Kind(row) ?? ValueKind.Null)
            {
                case ValueKind.Null: break;
                case ValueKind.Int: accumulator.Add(groups[row], values!.Bits(row)); break;
                case ValueKind.Double: accumulator.Add(groups[row], BitConverter.Int64BitsToDouble(values!.Bits(row))); break;
                case ValueKind.String: accumulator.Add(groups[row], values!.Other(row).Payload); break;
                default: accumulator.AddOther(groups[row], Cell.Of(values!.Other(row))); break;
            }
        }
    }

    private static bool AreFields(Items<NamedExpression> keys) => keys.Count <= MostKeys && keys.All(k => IsField(k.Expression));

    private static bool IsField(Expression expression) =>
        expression is FieldReference field && RecordParts.Named(field.Name) == RecordPart.Field;

    public static FieldPath PathOf(Expression field) => new FieldSource(((FieldReference)field).Name).Path;
}

/// <summary>Finds the group of each row by the numbers of its keys; the keys themselves are looked at once per group.</summary>
internal sealed class GroupNumbers(GroupTable table, Func<int> find, MemoryBudget budget)
{
    private readonly Dictionary<long, int> _pairs = [];
    private int[] _single = [];
    private readonly Action<long> _charge = ColumnFeed.Charge(budget);
    private int[] _groups = [];

    public ReadOnlySpan<int> Of(ColumnRows rows)
    {
        if (_groups.Length < rows.Count)
            _groups = new int[rows.Count];
        _charge(rows.Tables.Sum(t => t.Bytes));
        Span<int> groups = _groups.AsSpan(0, rows.Count);
        if (rows.Tables.Count == 0)
        {
            table.Key.Clear();
            groups.Fill(find());
        }
        else if (rows.Tables.Count == 1)
        {
            One(rows, groups);
        }
        else
        {
            Two(rows, groups);
        }
        return groups;
    }

    // Groups are kept plus one, so that 0 is one not known yet; the first place is that of no value.
    private void One(ColumnRows rows, Span<int> groups)
    {
        if (_single.Length < rows.Tables[0].Count + 1)
            Array.Resize(ref _single, Math.Max(rows.Tables[0].Count + 1, 2 * _single.Length));
        ReadOnlySpan<int> keys = rows.Keys(0);
        for (int i = 0; i < groups.Length; i++)
        {
            ref int group = ref _single[keys[i] + 1];
            if (group == 0)
            {
                table.Key.Clear();
                Add(rows.Tables[0], keys[i]);
                group = find() + 1;
            }
            groups[i] = group - 1;
        }
    }

    private void Two(ColumnRows rows, Span<int> groups)
    {
        ReadOnlySpan<int> first = rows.Keys(0), second = rows.Keys(1);
        for (int i = 0; i < groups.Length; i++)
        {
            long pair = (long)first[i] << 32 | (uint)second[i];
            if (!_pairs.TryGetValue(pair, out int group))
            {
                table.Key.Clear();
                Add(rows.Tables[0], first[i]);
                Add(rows.Tables[1], second[i]);
                _pairs.Add(pair, group = find());
            }
            groups[i] = group;
        }
    }

    private void Add(KeyTable keys, int key)
    {
        if (key == KeyTable.Missing)
            table.Key.Add(Cell.Missing);
        else
            table.Key.Add(keys[key]);
    }
}
