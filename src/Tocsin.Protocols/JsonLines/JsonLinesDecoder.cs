using System.Text.Json;
using Tocsin.Ingest;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.JsonLines;

/// <summary>
/// Decodes lines of JSON objects, or one JSON array of them. A bad line is counted by itself; only an array that cannot
/// be read is refused whole. One per request.
/// </summary>
internal sealed class JsonLinesDecoder(FieldMap map)
{
    public LineErrors Errors { get; } = new();

    public string? Decode(ReadOnlySpan<byte> body, IngestWriter writer)
    {
        var line = new JsonLine(map, new LineStream(map.Constants, writer), Errors, writer);
        if (body.StartsWith("\uFEFF"u8))
            body = body["\uFEFF"u8.Length..];
        ReadOnlySpan<byte> trimmed = body.TrimStart(" \t\r\n"u8);
        if (!trimmed.IsEmpty && trimmed[0] == '[')
            return DecodeArray(trimmed, line);
        var lines = new Lines(body);
        while (lines.Next())
            line.Decode(lines.Current, lines.Number);
        return null;
    }

    private static string? DecodeArray(ReadOnlySpan<byte> body, JsonLine line)
    {
        Utf8JsonReader json = JsonReading.Open(body);
        try
        {
            json.Read();
            for (int number = 1; json.Read() && json.TokenType != JsonTokenType.EndArray; number++)
            {
                int start = (int)json.TokenStartIndex;
                json.Skip();
                line.Decode(body[start..(int)json.BytesConsumed], number);
            }
            return json.Read() ? "the body is not one JSON array" : null;
        }
        catch (JsonException wrong)
        {
            return $"the body is not a JSON array: {wrong.Message}";
        }
    }
}
