using System.Text;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Query.Cells;
using Tocsin.Query.Expressions;
using Tocsin.Query.Logs;
using Tocsin.Query.Plans;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Execution;

/// <summary>
/// Asks a condition on one field about a row of a pipeline. A value that a pipe has set is written down as the record it
/// would be alone in, so that words and numbers mean the same everywhere. One thread.
/// </summary>
internal sealed class RowFilter(FieldFilter filter)
{
    private readonly Predicate _where = filter.ToPredicate();
    private readonly RecordPart _part = RecordParts.Named(filter.Field);
    private readonly byte[] _name = Encoding.UTF8.GetBytes(LogField.StoredNames(filter.Field)[0]);
    private readonly EventBatchWriter _writer = new(Dataset.Logs, 256);

    public bool Matches(in PipeRow row)
    {
        bool isSet = row.Set.TryGet(filter.Field, out Cell value);
        if (row.HasEvent && !isSet)
            return _where.Matches(row.Event);
        Write(value);
        var reader = new EventBatchReader(_writer.Encoded.Span);
        reader.MoveNext();
        return _where.Matches(reader.Row);
    }

    private void Write(in Cell value)
    {
        byte severity = _part == RecordPart.Level ? Severity.Parse(value.ToString()) ?? 0 : (byte)0;
        ReadOnlySpan<byte> trace = _part == RecordPart.Trace ? Id(value, 16) : default;
        ReadOnlySpan<byte> span = _part == RecordPart.Span ? Id(value, 8) : default;
        _writer.Reset(Dataset.Logs);
        _writer.BeginRow(default, default, severity, trace, span);
        if (!value.IsMissing)
        {
            _writer.Name(_name);
            WriteValue(value);
        }
        _writer.EndRow();
    }

    private void WriteValue(in Cell value)
    {
        switch (value.Kind)
        {
            case CellKind.Bool: _writer.Bool(value.IsTrue); break;
            case CellKind.Int: _writer.Int(value.AsInt); break;
            case CellKind.Double: _writer.Double(value.AsDouble); break;
            default: _writer.String(Encoding.UTF8.GetBytes(value.ToString())); break;
        }
    }

    private static ReadOnlySpan<byte> Id(in Cell value, int bytes)
    {
        string text = value.ToString();
        return text.Length == 2 * bytes && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : default;
    }
}
