using System.IO.Enumeration;
using System.Text;
using System.Text.Json;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Protocols.Elasticsearch.Aggregations;
using Tocsin.Protocols.Elasticsearch.Queries;
using Tocsin.Query.Cells;
using Tocsin.Query.Records;
using Tocsin.Storage.Scan;

namespace Tocsin.Protocols.Elasticsearch.Searches;

/// <summary>The fields a search asks for beside the source: each a list of values. One thread.</summary>
internal sealed class HitFields
{
    private static readonly string[] s_parts = ["@timestamp", "timestamp", "level", "message", "service", "trace_id", "span_id"];

    private readonly List<(string Name, RecordField Field, DateShape Format)> _named = [];
    private readonly List<(string Pattern, DateShape Format)> _patterns = [];
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    public HitFields(IReadOnlyList<(string Name, DateShape Format)> fields)
    {
        foreach ((string name, DateShape format) in fields)
        {
            if (name.Contains('*'))
                _patterns.Add((name, format));
            else
                _named.Add((name, RecordField.Named(ElasticField.Named(name)), format));
        }
    }

    public void Write(Utf8JsonWriter json, in EventRow row, RowId id)
    {
        if (_named.Count + _patterns.Count == 0)
            return;
        _written.Clear();
        json.WriteStartObject("fields");
        foreach ((string name, RecordField field, DateShape format) in _named)
            Write(json, name, field.Get(row, id), format);
        if (_patterns.Count > 0)
            WritePatterns(json, row, id);
        json.WriteEndObject();
    }

    private void WritePatterns(Utf8JsonWriter json, in EventRow row, RowId id)
    {
        foreach (string name in s_parts)
        {
            if (FormatOf(name) is { } format)
                Write(json, name, RecordField.Named(ElasticField.Named(name)).Get(row, id), format);
        }
        FieldReader own = row.Fields;
        WriteMatching(json, own);
        WriteMatching(json, new FieldReader(row.Stream));
    }

    private void WriteMatching(Utf8JsonWriter json, FieldReader fields)
    {
        while (fields.MoveNext())
        {
            if (fields.Name.StartsWith("@"u8) && !fields.Name.StartsWith("@@"u8))
                continue;
            string name = Encoding.UTF8.GetString(fields.Name.StartsWith("@@"u8) ? fields.Name[1..] : fields.Name);
            if (FormatOf(name) is { } format)
                Write(json, name, Cell.Of(fields.Value), format);
        }
    }

    private DateShape? FormatOf(string name) =>
        _patterns.Where(p => FileSystemName.MatchesSimpleExpression(p.Pattern, name, ignoreCase: false)).Select(p => p.Format).FirstOrDefault();

    private void Write(Utf8JsonWriter json, string name, Cell value, DateShape format)
    {
        if (value.IsMissing || !_written.Add(name))
            return;
        json.WritePropertyName(name);
        bool list = value.Kind == CellKind.Json && value.ToString().StartsWith('[');
        if (!list)
            json.WriteStartArray();
        if (value.Kind == CellKind.Time)
            json.WriteStringValue(format.Write(new Instant(value.AsInt), TimeZoneInfo.Utc));
        else if (value.Kind == CellKind.Level)
            json.WriteStringValue(value.ToString().ToUpperInvariant());
        else
            CellJson.Write(json, value);
        if (!list)
            json.WriteEndArray();
    }
}
