using System.Text;
using System.Text.Json;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Protocols.Elasticsearch.Queries;

namespace Tocsin.Protocols.Elasticsearch.Searches;

/// <summary>
/// A record as the document that a log shipper would have sent: time, level and message at the top, every attribute beside
/// them under its own name, then the fields of the resource. One per answer; one thread.
/// </summary>
internal sealed class SourceDocument(SourceFilter filter)
{
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    public void Write(Utf8JsonWriter json, in EventRow row)
    {
        _written.Clear();
        // A hit has it as its _index.
        _written.Add(ElasticField.Index);
        json.WriteStartObject();
        string time = row.Time.ToString();
        Text(json, "@timestamp", time);
        Text(json, "timestamp", time);
        Text(json, "level", LevelOf(row));
        Message(json, row);
        if (row.TryGet("service.name"u8, out FieldValue service) && service.Kind == ValueKind.String)
            Text(json, "service", service.ToString());
        if (row.TraceId.Length > 0)
            Text(json, "trace_id", Convert.ToHexStringLower(row.TraceId));
        if (row.SpanId.Length > 0)
            Text(json, "span_id", Convert.ToHexStringLower(row.SpanId));
        All(json, row.Fields);
        All(json, new FieldReader(row.Stream));
        json.WriteEndObject();
    }

    /// <summary>The client's own word, else our name in the upper case that most loggers use.</summary>
    private static string LevelOf(in EventRow row) =>
        row.TryGet(Model.Events.Fields.SeverityText, out FieldValue text) && text.Kind == ValueKind.String && text.Payload.Length > 0
            ? text.ToString()
            : Severity.Name(row.Severity).ToUpperInvariant();

    private void Message(Utf8JsonWriter json, in EventRow row)
    {
        if (!row.TryGet(Fields.Body, out FieldValue body) && !row.TryGet(Fields.EventName, out body))
            return;
        Value(json, ElasticField.Message, body);
    }

    private void All(Utf8JsonWriter json, FieldReader fields)
    {
        while (fields.MoveNext())
        {
            if (fields.Name.SequenceEqual(Fields.Body) || fields.Name.SequenceEqual(Fields.SeverityText))
                continue;
            // A doubled '@' marks an attribute whose own name begins with '@'.
            ReadOnlySpan<byte> name = fields.Name.StartsWith("@@"u8) ? fields.Name[1..] : fields.Name;
            Value(json, Encoding.UTF8.GetString(name), fields.Value);
        }
    }

    private void Text(Utf8JsonWriter json, string name, string value)
    {
        if (_written.Add(name) && filter.Takes(name))
            json.WriteString(name, value);
    }

    private void Value(Utf8JsonWriter json, string name, FieldValue value)
    {
        if (!_written.Add(name))
            return;
        Filtered(json, name, name, value);
    }

    private void Filtered(Utf8JsonWriter json, string name, string path, FieldValue value)
    {
        if (value.Kind == ValueKind.Map && !filter.IsEverything)
        {
            if (!filter.Enters(path))
                return;
            json.WriteStartObject(name);
            FieldReader inner = value.AsMap;
            while (inner.MoveNext())
            {
                string key = Encoding.UTF8.GetString(inner.Name);
                Filtered(json, key, $"{path}.{key}", inner.Value);
            }
            json.WriteEndObject();
        }
        else if (filter.Takes(path))
        {
            json.WritePropertyName(name);
            value.WriteJson(json);
        }
    }
}
