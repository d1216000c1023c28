using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Query.Cells;
using Tocsin.Query.Records;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Buckets;

/// <summary>Gathers the columns that collectors need. One thread.</summary>
internal sealed class ColumnPlan
{
    private readonly List<FieldPath> _keys = [], _values = [];

    private bool _times, _severities;

    public ColumnRequest Request =>
        new([.. _keys.Select(k => new KeyColumn(k))], _values) { Times = _times, Severities = _severities };

    /// <summary>The field's place; null when columns do not have it.</summary>
    /// <param name="keyed">Its different values are to be numbered.</param>
    public ColumnSlot? Add(RecordField field, bool keyed)
    {
        if (field.IsRecordTime)
        {
            _times = true;
            return new ColumnSlot(ColumnKind.Time, 0);
        }
        if (field.IsLevel)
        {
            _severities = true;
            return new ColumnSlot(ColumnKind.Level, 0);
        }
        if (field.Path is null)
            return null;
        List<FieldPath> list = keyed ? _keys : _values;
        list.Add(field.Path);
        return new ColumnSlot(keyed ? ColumnKind.Key : ColumnKind.Value, list.Count - 1);
    }
}

internal enum ColumnKind
{
    Key,
    Value,
    Time,
    Level,
}

/// <summary>Where the values of a field are among the columns of a scan.</summary>
internal readonly record struct ColumnSlot(ColumnKind Kind, int Index)
{
    /// <summary>Each single value, as <see cref="RecordField"/> visits those of a row.</summary>
    public void Visit(ColumnRows rows, int row, IFieldVisitor visitor)
    {
        switch (Kind)
        {
            case ColumnKind.Key:
                int key = rows.Keys(Index)[row];
                if (key != KeyTable.Missing)
                    RecordField.Visit(rows.Tables[Index][key], visitor);
                break;
            case ColumnKind.Time:
                visitor.Visit(Cell.Of(new Instant(rows.Times[row])));
                break;
            case ColumnKind.Level:
                visitor.Visit(Cell.OfLevel(Severity.Family(rows.Severities[row])));
                break;
            default:
                Visit(rows.Values(Index), row, visitor);
                break;
        }
    }

    private static void Visit(ValueColumn values, int row, IFieldVisitor visitor)
    {
        switch (values.Kind(row))
        {
            case ValueKind.Null: break;
            case ValueKind.Int: visitor.Visit(Cell.Of(values.Bits(row))); break;
            case ValueKind.Double: visitor.Visit(Cell.Of(BitConverter.Int64BitsToDouble(values.Bits(row)))); break;
            default: RecordField.Visit(values.Other(row), visitor); break;
        }
    }
}
