using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Logs;

/// <summary>One log record, copied out of the store.</summary>
public sealed record LogEntry
{
    /// <summary>Identity and paging cursor.</summary>
    public required string Id { get; init; }

    /// <summary>Nanoseconds since 1970 as text, since JSON readers lose digits of such numbers.</summary>
    public required string TimeNanos { get; init; }
    public required Instant Time { get; init; }
    public required byte Severity { get; init; }
    public required string Level { get; init; }
    public required string Service { get; init; }
    public required string Body { get; init; }
    public string? TraceId { get; init; }
    public string? SpanId { get; init; }

    /// <summary>A JSON object: the row's attributes; built-in fields keep their '@' name.</summary>
    public required JsonElement Attributes { get; init; }

    /// <summary>A JSON object: resource attributes and @scope fields.</summary>
    public required JsonElement Resource { get; init; }

    public static LogEntry From(in EventRow row, RowId id) => new()
    {
        Id = id.ToString(),
        TimeNanos = row.Time.UnixNanos.ToString(CultureInfo.InvariantCulture),
        Time = row.Time,
        Severity = row.Severity,
        Level = Model.Severity.Name(row.Severity),
        Service = RowText.Service(row),
        Body = RowText.Message(row),
        TraceId = RowText.Hex(row.TraceId),
        SpanId = RowText.Hex(row.SpanId),
        Attributes = RowText.Object(row.Fields, skip: Fields.Body),
        Resource = RowText.Object(new FieldReader(row.Stream), skip: default),
    };
}

/// <summary>Turns parts of a row into text and JSON.</summary>
internal static class RowText
{
    private static ReadOnlySpan<byte> ServiceName => "service.name"u8;

    public static string Service(in EventRow row) => Text(row, ServiceName) ?? "";

    /// <summary>The body; without one, the event's or span's name.</summary>
    public static string Message(in EventRow row) =>
        Text(row, Fields.Body) ?? Text(row, Fields.EventName) ?? Text(row, Fields.Name) ?? "";

    public static string? Text(in EventRow row, ReadOnlySpan<byte> name) =>
        row.TryGet(name, out FieldValue value) && value.Kind != ValueKind.Null ? value.ToString() : null;

    public static long Int(in EventRow row, ReadOnlySpan<byte> name) =>
        row.TryGet(name, out FieldValue value) && value.Kind == ValueKind.Int ? value.AsInt : 0;

    public static string? Hex(ReadOnlySpan<byte> id) => id.Length > 0 ? Convert.ToHexStringLower(id) : null;

    public static JsonElement Object(FieldReader fields, ReadOnlySpan<byte> skip, Func<string, bool>? keep = null)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            while (fields.MoveNext())
            {
                if (fields.Name.SequenceEqual(skip) || keep?.Invoke(Encoding.UTF8.GetString(fields.Name)) == false)
                    continue;
                // A doubled '@' marks an attribute whose own name begins with '@'.
                json.WritePropertyName(fields.Name.StartsWith("@@"u8) ? fields.Name[1..] : fields.Name);
                fields.Value.WriteJson(json);
            }
            json.WriteEndObject();
        }
        return Parse(buffer.WrittenSpan);
    }

    public static JsonElement Json(FieldValue value)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
            value.WriteJson(json);
        return Parse(buffer.WrittenSpan);
    }

    private static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        // Arrays and maps may nest deeper than the reader's default allows.
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 256 });
        return JsonElement.ParseValue(ref reader);
    }
}
