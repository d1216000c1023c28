using Tocsin.Model.Events;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Expressions;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Aggregates;

/// <summary>
/// Feeds the value of an expression into groups and aggregates; a plain field without making strings.
/// </summary>
internal sealed class Operand(Expression expression, QueryContext context)
{
    private readonly FieldSource? _field = expression is FieldReference f ? new FieldSource(f.Name) : null;
    private readonly Evaluator _evaluate = expression.Compile(context);
    private byte[] _text = new byte[256];

    public Cell Get(in PipeRow row) => _evaluate(row);

    public void AddTo(GroupKey key, in PipeRow row)
    {
        if (_field is not null && _field.IsPlain(row) && _field.Path.TryGet(row.Event, out FieldValue value))
            key.Add(value);
        else
            key.Add(_evaluate(row));
    }

    public void AddTo(Accumulator accumulator, int group, in PipeRow row)
    {
        if (_field is null || !_field.IsPlain(row) || !_field.Path.TryGet(row.Event, out FieldValue value))
        {
            Add(accumulator, group, _evaluate(row));
            return;
        }
        switch (value.Kind)
        {
            case ValueKind.Null: break;
            case ValueKind.Int: accumulator.Add(group, value.AsInt); break;
            case ValueKind.Double: accumulator.Add(group, value.AsDouble); break;
            case ValueKind.String: accumulator.Add(group, value.Payload); break;
            default: Add(accumulator, group, Cell.Of(value)); break;
        }
    }

    private void Add(Accumulator accumulator, int group, in Cell value)
    {
        switch (value.Kind)
        {
            case CellKind.Missing: break;
            case CellKind.Int: accumulator.Add(group, value.AsInt); break;
            case CellKind.Double: accumulator.Add(group, value.AsDouble); break;
            case CellKind.Text: accumulator.Add(group, value.Utf8(ref _text)); break;
            default: accumulator.AddOther(group, value); break;
        }
    }
}
