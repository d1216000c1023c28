using System.Text.Json;
using Tocsin.Ingest;

namespace Tocsin.Protocols.Shared;

/// <summary>Writes any JSON value with its type: what was a number, a list or an object stays one.</summary>
internal static class JsonTree
{
    /// <param name="json">At the value's first token; afterwards at its last.</param>
    /// <param name="writer">The name is written already.</param>
    public static void Write(scoped ref Utf8JsonReader json, IngestWriter writer)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.String:
                writer.String(json.ValueIsEscaped ? JsonReading.Unescape(json.ValueSpan) : json.ValueSpan);
                break;
            case JsonTokenType.Number:
                WriteNumber(ref json, writer);
                break;
            case JsonTokenType.True or JsonTokenType.False:
                writer.Bool(json.TokenType == JsonTokenType.True);
                break;
            case JsonTokenType.StartObject:
                WriteObject(ref json, writer);
                break;
            case JsonTokenType.StartArray:
                WriteArray(ref json, writer);
                break;
            default:
                writer.Null();
                break;
        }
    }

    // What neither 64 bits nor a double can hold stays as its digits.
    private static void WriteNumber(scoped ref Utf8JsonReader json, IngestWriter writer)
    {
        if (json.TryGetInt64(out long whole))
            writer.Int(whole);
        else if (json.ValueSpan.ContainsAny(".eE"u8) && json.TryGetDouble(out double real) && double.IsFinite(real))
            writer.Double(real);
        else
            writer.String(json.ValueSpan);
    }

    private static void WriteObject(scoped ref Utf8JsonReader json, IngestWriter writer)
    {
        if (!writer.BeginMap())
        {
            json.Skip();
            return;
        }
        while (JsonReading.NextMember(ref json))
        {
            writer.Attribute(JsonReading.Name(ref json));
            json.Read();
            Write(ref json, writer);
        }
        writer.EndMap();
    }

    private static void WriteArray(scoped ref Utf8JsonReader json, IngestWriter writer)
    {
        if (!writer.BeginArray())
        {
            json.Skip();
            return;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            Write(ref json, writer);
        writer.EndArray();
    }
}
