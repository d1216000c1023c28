using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Tocsin.Ingest;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Otlp;

/// <summary>Decodes KeyValue and AnyValue from JSON. Malformed input throws <see cref="JsonException"/>.</summary>
internal static class JsonValues
{
    /// <summary>Writes the array of KeyValue after a name.</summary>
    public static void WriteAttributes(ref Utf8JsonReader json, IngestWriter writer)
    {
        if (!JsonReading.BeginArray(ref json))
            return;
        while (JsonReading.NextObject(ref json))
            WriteAttribute(ref json, writer);
    }

    /// <summary>Writes the AnyValue after a name. Of several members the first counts; none is null.</summary>
    public static void WriteValue(ref Utf8JsonReader json, IngestWriter writer)
    {
        if (JsonReading.BeginObject(ref json))
            WriteMembers(ref json, writer);
        else
            writer.Null();
    }

    private static void WriteAttribute(ref Utf8JsonReader json, IngestWriter writer)
    {
        ReadOnlySpan<byte> key = default;
        bool hasKey = false, written = false;
        Utf8JsonReader value = default;
        bool waiting = false;
        while (JsonReading.NextMember(ref json))
        {
            if (json.ValueTextEquals("key"u8))
            {
                key = JsonReading.Text(ref json);
                hasKey = true;
            }
            else if (json.ValueTextEquals("value"u8) && hasKey && !written)
            {
                // Fast path: the name came first.
                writer.Attribute(key);
                WriteValue(ref json, writer);
                written = true;
            }
            else if (json.ValueTextEquals("value"u8) && !written)
            {
                value = json;
                waiting = true;
                json.Skip();
            }
            else
            {
                json.Skip();
            }
        }
        if (written)
            return;
        writer.Attribute(key);
        if (waiting)
            WriteValue(ref value, writer);
        else
            writer.Null();
    }

    private static void WriteMembers(ref Utf8JsonReader json, IngestWriter writer)
    {
        bool written = false;
        while (JsonReading.NextMember(ref json))
        {
            if (written || !WriteMember(ref json, writer))
                json.Skip();
            else
                written = true;
        }
        if (!written)
            writer.Null();
    }

    // False when the member is not one of the oneof; then its value is still to be skipped.
    private static bool WriteMember(ref Utf8JsonReader json, IngestWriter writer)
    {
        if (json.ValueTextEquals("stringValue"u8))
            writer.String(JsonReading.Text(ref json));
        else if (json.ValueTextEquals("intValue"u8))
            writer.Int(JsonReading.Int64(ref json));
        else if (json.ValueTextEquals("boolValue"u8))
            writer.Bool(JsonReading.Bool(ref json));
        else if (json.ValueTextEquals("doubleValue"u8))
            writer.Double(JsonReading.Double(ref json));
        else if (json.ValueTextEquals("bytesValue"u8))
            WriteBytes(JsonReading.Text(ref json), writer);
        else if (json.ValueTextEquals("arrayValue"u8))
            WriteArray(ref json, writer);
        else if (json.ValueTextEquals("kvlistValue"u8))
            WriteMap(ref json, writer);
        else
            return false;
        return true;
    }

    private static void WriteBytes(ReadOnlySpan<byte> base64, IngestWriter writer)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(Base64.GetMaxDecodedFromUtf8Length(base64.Length));
        OperationStatus status = Base64.DecodeFromUtf8(base64, bytes, out _, out int length);
        if (status == OperationStatus.Done)
            writer.Bytes(bytes.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(bytes);
        if (status != OperationStatus.Done)
            throw new JsonException("expected base64");
    }

    private static void WriteArray(ref Utf8JsonReader json, IngestWriter writer)
    {
        if (!writer.BeginArray())
        {
            json.Skip();
            return;
        }
        if (BeginValues(ref json))
        {
            while (JsonReading.NextObject(ref json))
                WriteMembers(ref json, writer);
            EndValues(ref json);
        }
        writer.EndArray();
    }

    private static void WriteMap(ref Utf8JsonReader json, IngestWriter writer)
    {
        if (!writer.BeginMap())
        {
            json.Skip();
            return;
        }
        if (BeginValues(ref json))
        {
            while (JsonReading.NextObject(ref json))
                WriteAttribute(ref json, writer);
            EndValues(ref json);
        }
        writer.EndMap();
    }

    // {"values":[ … ]}: enters the array; false when there is none, and then the object is behind us.
    private static bool BeginValues(ref Utf8JsonReader json)
    {
        if (!JsonReading.BeginObject(ref json))
            return false;
        while (JsonReading.NextMember(ref json))
        {
            if (!json.ValueTextEquals("values"u8))
                json.Skip();
            else if (JsonReading.BeginArray(ref json))
                return true;
        }
        return false;
    }

    private static void EndValues(ref Utf8JsonReader json)
    {
        while (JsonReading.NextMember(ref json))
            json.Skip();
    }
}
