using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tocsin.Model.Events;
using Tocsin.Query.Cells;
using Tocsin.Query.Expressions;
using Tocsin.Query.Logs;

namespace Tocsin.Query.Execution;

/// <summary>The end of a pipeline: cuts rows to the columns of the answer.</summary>
internal sealed class Output : Operator
{
    private readonly RowSink _sink;
    private readonly long _most;
    private readonly FieldSource[] _sources;
    private readonly Cell[] _cells;
    private readonly Shape _shape;
    private readonly HashSet<string> _shown;

    public Output(Shape shape, RowSink sink, long most)
    {
        (_shape, _sink, _most) = (shape, sink, most);
        IReadOnlyList<string> names = shape.Names;
        _sources = [.. names.Select(n => new FieldSource(n))];
        _cells = new Cell[names.Count];
        _shown = [.. names];
        sink.Begin(names);
    }

    public long Rows { get; private set; }

    public bool Truncated { get; private set; }

    public override bool Push(in PipeRow row)
    {
        if (Rows == _most)
        {
            Truncated = true;
            return false;
        }
        for (int i = 0; i < _cells.Length; i++)
            _cells[i] = Cell(_sources[i], row);
        _sink.Row(_cells);
        Rows++;
        return true;
    }

    public override void Finish()
    {
    }

    private Cell Cell(FieldSource source, in PipeRow row)
    {
        if (!_shape.IsOpen || !row.HasEvent || row.Set.TryGet(source.Name, out _))
            return source.Get(row);
        return source.Name switch
        {
            "message" => Message(source, row),
            Shape.Attributes => Attributes(row),
            Shape.Resource => Resource(row),
            _ => source.Get(row),
        };
    }

    /// <summary>A record without a body shows the name of its event or span.</summary>
    private static Cell Message(FieldSource source, in PipeRow row)
    {
        Cell message = source.Get(row);
        if (!message.IsMissing)
            return message;
        string name = RowText.Message(row.Event);
        return name.Length > 0 ? Cells.Cell.Of(name) : message;
    }

    /// <summary>The record's fields that have no column, and what pipes have found in it.</summary>
    private Cell Attributes(in PipeRow row)
    {
        Overlay set = row.Set;
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_json))
        {
            json.WriteStartObject();
            FieldReader fields = row.Event.Fields;
            while (fields.MoveNext())
            {
                if (!fields.Name.SequenceEqual(Fields.Body) && !IsSet(fields.Name, set))
                    Write(json, fields);
            }
            for (int i = 0; i < set.Count; i++)
            {
                (string name, Cell value) = set[i];
                if (value.IsMissing || _shown.Contains(name))
                    continue;
                json.WritePropertyName(name);
                CellJson.Write(json, value);
            }
            json.WriteEndObject();
        }
        return Cells.Cell.OfJson(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    private static Cell Resource(in PipeRow row)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_json))
        {
            json.WriteStartObject();
            var fields = new FieldReader(row.Event.Stream);
            while (fields.MoveNext())
            {
                if (!IsSet(fields.Name, row.Set))
                    Write(json, fields);
            }
            json.WriteEndObject();
        }
        return Cells.Cell.OfJson(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    /// <summary>A doubled '@' marks an attribute whose own name begins with '@'.</summary>
    private static void Write(Utf8JsonWriter json, in FieldReader field)
    {
        json.WritePropertyName(field.Name.StartsWith("@@"u8) ? field.Name[1..] : field.Name);
        field.Value.WriteJson(json);
    }

    /// <summary>A pipe has set it or taken it away.</summary>
    private static bool IsSet(ReadOnlySpan<byte> stored, Overlay set)
    {
        if (set.Count == 0)
            return false;
        string name = Encoding.UTF8.GetString(stored);
        for (int i = 0; i < set.Count; i++)
        {
            if (LogField.StoredNames(set[i].Name).Contains(name))
                return true;
        }
        return false;
    }

    private static readonly JsonWriterOptions s_json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true,
    };
}
