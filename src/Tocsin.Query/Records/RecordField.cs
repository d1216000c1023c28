using Tocsin.Model.Events;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Expressions;
using Tocsin.Query.Logs;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Records;

/// <summary>Reads one named field of records: a part such as the time or the level, or a field by its name in queries.</summary>
public sealed class RecordField
{
    private readonly RecordPart _part;

    private RecordField(string name)
    {
        Name = name;
        _part = RecordParts.Named(name);
        Path = _part == RecordPart.Field ? LogField.StoredPath(name) : null;
    }

    public string Name { get; }

    internal bool IsRecordTime => _part == RecordPart.Time;

    internal bool IsLevel => _part == RecordPart.Level;

    public bool IsTime => _part is RecordPart.Time or RecordPart.Observed;

    /// <summary>Null for a part of the record that is always there.</summary>
    public FieldPath? Path { get; }

    public static RecordField Named(string name) => new(name);

    /// <summary>The value; an array as JSON.</summary>
    public Cell Get(in EventRow row, RowId id)
    {
        if (Path is null)
            return RecordParts.Get(_part, new PipeRow(row, id, Overlay.Empty));
        return Path.TryGet(row, out FieldValue value) ? Cell.Of(value) : Cell.Missing;
    }

    /// <summary>Each single value; of an array every item, of a map none.</summary>
    internal void Visit(in EventRow row, RowId id, IFieldVisitor visitor)
    {
        if (Path is null)
        {
            Cell part = Get(row, id);
            if (!part.IsMissing)
                visitor.Visit(part);
        }
        else if (Path.TryGet(row, out FieldValue value))
        {
            Visit(value, visitor);
        }
    }

    internal static void Visit(FieldValue value, IFieldVisitor visitor)
    {
        switch (value.Kind)
        {
            case ValueKind.Null or ValueKind.Map:
                break;
            case ValueKind.Array:
                ValueReader items = value.AsArray;
                while (items.MoveNext())
                    Visit(items.Value, visitor);
                break;
            case ValueKind.String:
                visitor.VisitText(value.Payload);
                break;
            default:
                visitor.Visit(Cell.Of(value));
                break;
        }
    }
}

/// <summary>Takes the single values of a field.</summary>
internal interface IFieldVisitor
{
    void VisitText(ReadOnlySpan<byte> utf8);

    void Visit(in Cell value);
}
