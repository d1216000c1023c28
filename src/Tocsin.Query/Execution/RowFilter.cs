using System.Text;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Query.Cells;
using Tocsin.Query.Expressions;
using Tocsin.Query.Logs;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Execution;

/// <summary>
/// Asks a predicate of the store about a row of a pipeline. A row that pipes have changed is written down as the record
/// it would be, so that words and fields mean the same everywhere. One thread.
/// </summary>
internal sealed class RowFilter(Predicate where)
{
    private readonly EventBatchWriter _writer = new(Dataset.Logs, 1024);

    public bool Matches(in PipeRow row)
    {
        if (row.HasEvent && row.Set.Count == 0)
            return where.Matches(row.Event);
        Write(row);
        var reader = new EventBatchReader(_writer.Encoded.Span);
        reader.MoveNext();
        return where.Matches(reader.Row);
    }

    private void Write(in PipeRow row)
    {
        _writer.Reset(Dataset.Logs);
        if (row.HasEvent)
        {
            _writer.BeginStream();
            Copy(new FieldReader(row.Event.Stream), row.Set);
            _writer.EndStream();
        }
        _writer.BeginRow(
            row.HasEvent ? row.Event.Time : default, default, SeverityOf(row), Id(row, "trace"), Id(row, "span"));
        for (int i = 0; i < row.Set.Count; i++)
        {
            (string name, Cell value) = row.Set[i];
            if (value.IsMissing)
                continue;
            _writer.Name(Encoding.UTF8.GetBytes(LogField.StoredNames(name)[0]));
            Value(value);
        }
        if (row.HasEvent)
            Copy(row.Event.Fields, row.Set);
        _writer.EndRow();
    }

    /// <summary>Fields that pipes have set or taken away are left out.</summary>
    private void Copy(FieldReader fields, Overlay set)
    {
        while (fields.MoveNext())
        {
            if (IsSet(fields.Name, set))
                continue;
            _writer.Name(fields.Name);
            _writer.Raw(fields.Value.Encoded);
        }
    }

    private static bool IsSet(ReadOnlySpan<byte> stored, Overlay set)
    {
        for (int i = 0; i < set.Count; i++)
        {
            foreach (string name in LogField.StoredNames(set[i].Name))
            {
                if (Encoding.UTF8.GetByteCount(name) == stored.Length
                    && stored.SequenceEqual(Encoding.UTF8.GetBytes(name)))
                    return true;
            }
        }
        return false;
    }

    private void Value(in Cell value)
    {
        switch (value.Kind)
        {
            case CellKind.Bool: _writer.Bool(value.IsTrue); break;
            case CellKind.Int: _writer.Int(value.AsInt); break;
            case CellKind.Double: _writer.Double(value.AsDouble); break;
            default: _writer.String(Encoding.UTF8.GetBytes(value.ToString())); break;
        }
    }

    private static byte SeverityOf(in PipeRow row)
    {
        if (!row.Set.TryGet("level", out Cell level) && !row.Set.TryGet("severity", out level))
            return row.HasEvent ? row.Event.Severity : (byte)0;
        return Severity.Parse(level.ToString()) ?? 0;
    }

    private static ReadOnlySpan<byte> Id(in PipeRow row, string name)
    {
        if (!row.Set.TryGet(name, out Cell id) && !row.Set.TryGet(name + "_id", out id))
            return !row.HasEvent ? default : name == "trace" ? row.Event.TraceId : row.Event.SpanId;
        string text = id.ToString();
        int bytes = name == "trace" ? 16 : 8;
        return text.Length == 2 * bytes && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : default;
    }
}
