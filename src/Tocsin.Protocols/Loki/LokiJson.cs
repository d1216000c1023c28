using System.Buffers.Text;
using System.Text.Json;
using Tocsin.Ingest;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Loki;

/// <summary>
/// Decodes <c>{"streams":[{"stream":{…},"values":[["ns","line",{…}],…]}]}</c>. Members may come in any order, so a stream
/// is walked once for its labels and again for its values.
/// </summary>
internal static class LokiJson
{
    public static string? Decode(ReadOnlySpan<byte> request, IngestWriter writer)
    {
        var stream = new LokiStream(writer);
        var json = new Utf8JsonReader(request);
        try
        {
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
                throw new JsonException("expected an object");
            while (JsonReading.NextMember(ref json))
            {
                if (!JsonReading.Name(ref json).SequenceEqual("streams"u8))
                    json.Skip();
                else if (JsonReading.BeginArray(ref json))
                {
                    while (JsonReading.NextObject(ref json))
                        DecodeStream(ref json, ref stream, writer);
                }
            }
            return json.Read() ? "the body is not valid JSON" : null;
        }
        catch (JsonException wrong)
        {
            return $"the body is not a valid Loki push request in JSON: {wrong.Message}";
        }
    }

    private static void DecodeStream(ref Utf8JsonReader json, ref LokiStream stream, IngestWriter writer)
    {
        Utf8JsonReader head = json;
        stream.Begin();
        while (JsonReading.NextMember(ref head))
        {
            if (!JsonReading.Name(ref head).SequenceEqual("stream"u8))
                head.Skip();
            else if (JsonReading.BeginObject(ref head))
            {
                while (JsonReading.NextMember(ref head))
                {
                    ReadOnlySpan<byte> name = JsonReading.Name(ref head);
                    stream.AddLabel(name, JsonReading.Text(ref head));
                }
            }
        }
        stream.End();
        while (JsonReading.NextMember(ref json))
        {
            if (!JsonReading.Name(ref json).SequenceEqual("values"u8))
                json.Skip();
            else if (JsonReading.BeginArray(ref json))
            {
                while (JsonReading.NextArray(ref json))
                    DecodeEntry(ref json, ref stream, writer);
            }
        }
    }

    // ["<ns>", "line", {metadata}?]
    private static void DecodeEntry(ref Utf8JsonReader json, ref LokiStream stream, IngestWriter writer)
    {
        ReadOnlySpan<byte> digits = JsonReading.Text(ref json);
        if (json.TokenType != JsonTokenType.String)
            throw new JsonException("expected the time as text");
        if (!Utf8Parser.TryParse(digits, out long time, out int used) || used != digits.Length)
            throw new JsonException("expected nanoseconds since 1970");
        ReadOnlySpan<byte> line = JsonReading.Text(ref json);
        if (json.TokenType != JsonTokenType.String)
            throw new JsonException("expected the line as text");
        stream.BeginEntry();
        json.Read();
        Utf8JsonReader metadata = json;
        bool any = json.TokenType == JsonTokenType.StartObject;
        if (any)
        {
            while (JsonReading.NextMember(ref json))
            {
                ReadOnlySpan<byte> name = JsonReading.Name(ref json);
                stream.Look(name, JsonReading.Text(ref json));
            }
            json.Read();
        }
        if (json.TokenType != JsonTokenType.EndArray)
            throw new JsonException("expected [time, line] or [time, line, metadata]");
        if (!stream.BeginRow(TimeText.Nanos(0, time), line))
            return;
        while (any && JsonReading.NextMember(ref metadata))
        {
            ReadOnlySpan<byte> name = JsonReading.Name(ref metadata);
            stream.Metadata(name, JsonReading.Text(ref metadata));
        }
        writer.EndRow();
    }
}
