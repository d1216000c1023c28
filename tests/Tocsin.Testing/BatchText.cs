using System.Text;
using System.Text.Json;
using Tocsin.Model.Events;

namespace Tocsin.Testing;

/// <summary>Shows an encoded batch as text, one line of JSON per row, so that a test can say what it expects in one string.</summary>
public static class BatchText
{
    public static string Of(ReadOnlyMemory<byte> batch) => string.Join('\n', Lines(batch));

    public static IReadOnlyList<string> Lines(ReadOnlyMemory<byte> batch)
    {
        List<string> lines = [];
        var rows = new EventBatchReader(batch.Span);
        while (rows.MoveNext())
            lines.Add(Line(rows.Row));
        return lines;
    }

    /// <summary>time, observed, severity, ids when there are any, then the stream's and the row's fields.</summary>
    public static string Line(in EventRow row)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions
        {
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            json.WriteStartObject();
            json.WriteString("time", row.Time.UnixNanos.ToString());
            json.WriteString("observed", row.Observed.UnixNanos.ToString());
            json.WriteNumber("severity", row.Severity);
            if (!row.TraceId.IsEmpty)
                json.WriteString("trace", Convert.ToHexStringLower(row.TraceId));
            if (!row.SpanId.IsEmpty)
                json.WriteString("span", Convert.ToHexStringLower(row.SpanId));
            WriteFields(json, "stream", new FieldReader(row.Stream));
            WriteFields(json, "fields", row.Fields);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteFields(Utf8JsonWriter json, string name, FieldReader fields)
    {
        json.WriteStartObject(name);
        while (fields.MoveNext())
        {
            json.WritePropertyName(fields.Name);
            fields.Value.WriteJson(json);
        }
        json.WriteEndObject();
    }
}
