using System.Text.Json;
using Tocsin.Ingest;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Seq;

/// <summary>
/// Decodes CLEF, one event per line, and raw events, <c>{"Events":[…]}</c>. A bad event is counted by itself. One per
/// request.
/// </summary>
internal sealed class SeqDecoder(IReadOnlyList<(byte[] Name, byte[] Value)> constants)
{
    // Much longer than any record the limit lets through, whatever its escapes.
    private const int MaxEventBytes = 4 << 20;

    public LineErrors Errors { get; } = new();

    public string? Clef(ReadOnlySpan<byte> body, IngestWriter writer)
    {
        if (body.StartsWith("\uFEFF"u8))
            body = body["\uFEFF"u8.Length..];
        var record = new SeqRecord(constants, Errors, writer);
        var lines = new Lines(body);
        while (lines.Next())
            Decode(lines.Current, lines.Number, clef: true, record, writer);
        return null;
    }

    public string? Raw(ReadOnlySpan<byte> body, IngestWriter writer)
    {
        if (body.Trim(" \t\r\n"u8).IsEmpty)
            return null;
        var record = new SeqRecord(constants, Errors, writer);
        Utf8JsonReader json = JsonReading.Open(body);
        try
        {
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
                throw new JsonException("expected an object");
            bool found = false;
            while (JsonReading.NextMember(ref json))
            {
                if (!JsonReading.Name(ref json).SequenceEqual("Events"u8))
                {
                    json.Skip();
                    continue;
                }
                found = true;
                json.Read();
                if (json.TokenType != JsonTokenType.StartArray)
                    throw new JsonException("expected an array of events");
                for (int number = 1; json.Read() && json.TokenType != JsonTokenType.EndArray; number++)
                {
                    int start = (int)json.TokenStartIndex;
                    json.Skip();
                    Decode(body[start..(int)json.BytesConsumed], number, clef: false, record, writer);
                }
            }
            return json.Read() || !found
                ? "the body is not {\"Events\":[…]}; for CLEF add ?clef or Content-Type: application/vnd.serilog.clef"
                : null;
        }
        catch (JsonException wrong)
        {
            return $"the body is not JSON of raw events: {wrong.Message}; for CLEF add ?clef";
        }
    }

    private void Decode(ReadOnlySpan<byte> text, int number, bool clef, SeqRecord record, IngestWriter writer)
    {
        if (text.Length > MaxEventBytes)
        {
            writer.Reject(RejectReason.RecordTooLarge);
            Errors.Rejected(number, writer);
            return;
        }
        if (Errors.TooMany || text[0] != '{')
        {
            Errors.Malformed(
                number, Errors.TooMany ? "too many events before it cannot be read" : "not a JSON object", writer);
            return;
        }
        try
        {
            Utf8JsonReader json = JsonReading.Open(text);
            var found = new SeqEvent { IsClef = clef };
            json.Read();
            if (clef)
                ReadClef(ref json, text, ref found);
            else
                ReadRaw(ref json, text, ref found);
            if (json.Read())
                throw new JsonException("more text follows the object");
            record.Write(in found, number);
        }
        catch (JsonException wrong)
        {
            Errors.Malformed(number, wrong.Message, writer);
        }
    }

    private static void ReadClef(scoped ref Utf8JsonReader json, ReadOnlySpan<byte> text, scoped ref SeqEvent found)
    {
        found.Properties = text;
        while (JsonReading.NextMember(ref json))
        {
            ReadOnlySpan<byte> name = JsonReading.Name(ref json);
            if (name.Length is < 2 or > 3 || name[0] != '@')
                json.Skip();
            else if (name.SequenceEqual("@t"u8))
                found.Time = JsonReading.Text(ref json);
            else if (name.SequenceEqual("@m"u8))
                found.Message = JsonReading.Text(ref json);
            else if (name.SequenceEqual("@mt"u8))
                found.Template = JsonReading.Text(ref json);
            else if (name.SequenceEqual("@l"u8))
                found.Level = JsonReading.Text(ref json);
            else if (name.SequenceEqual("@x"u8))
                found.Exception = JsonReading.Text(ref json);
            else if (name.SequenceEqual("@tr"u8))
                found.TraceId = JsonReading.Text(ref json);
            else if (name.SequenceEqual("@sp"u8))
                found.SpanId = JsonReading.Text(ref json);
            else if (name.SequenceEqual("@sc"u8))
                found.Scope = JsonReading.Text(ref json);
            else if (name.SequenceEqual("@i"u8))
                found.EventType = Value(ref json, text);
            else if (name.SequenceEqual("@r"u8))
                found.Renderings = Value(ref json, text);
            else if (name.SequenceEqual("@ra"u8))
                found.Resource = Value(ref json, text);
            else
                json.Skip();
        }
    }

    private static void ReadRaw(scoped ref Utf8JsonReader json, ReadOnlySpan<byte> text, scoped ref SeqEvent found)
    {
        while (JsonReading.NextMember(ref json))
        {
            ReadOnlySpan<byte> name = JsonReading.Name(ref json);
            if (name.SequenceEqual("Timestamp"u8))
                found.Time = JsonReading.Text(ref json);
            else if (name.SequenceEqual("RenderedMessage"u8))
                found.Message = JsonReading.Text(ref json);
            else if (name.SequenceEqual("MessageTemplate"u8))
                found.Template = JsonReading.Text(ref json);
            else if (name.SequenceEqual("Level"u8))
                found.Level = JsonReading.Text(ref json);
            else if (name.SequenceEqual("Exception"u8))
                found.Exception = JsonReading.Text(ref json);
            else if (name.SequenceEqual("TraceId"u8))
                found.TraceId = JsonReading.Text(ref json);
            else if (name.SequenceEqual("SpanId"u8))
                found.SpanId = JsonReading.Text(ref json);
            else if (name.SequenceEqual("EventType"u8))
                found.EventType = Value(ref json, text);
            else if (name.SequenceEqual("Properties"u8))
                found.Properties = Value(ref json, text);
            else
                json.Skip();
        }
    }

    // The JSON text of the value after a name.
    private static ReadOnlySpan<byte> Value(scoped ref Utf8JsonReader json, ReadOnlySpan<byte> text)
    {
        json.Read();
        int start = (int)json.TokenStartIndex;
        json.Skip();
        return text[start..(int)json.BytesConsumed];
    }
}
