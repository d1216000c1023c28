using System.Text.Json;
using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Otlp;

/// <summary>
/// Decodes the JSON form of ExportLogsServiceRequest and ExportTraceServiceRequest. False means malformed.
/// </summary>
/// <remarks>
/// Members may come in any order, so an object is walked once for its head and again, from a copy of the reader, for
/// its records. Unknown members are passed over.
/// </remarks>
internal static class JsonRequests
{
    /// <summary>Ids of a span (16, 8, 8) and of one of its links (16, 8), decoded from hexadecimal.</summary>
    public const int IdBytes = 56;

    public static bool Decode(ReadOnlySpan<byte> request, IngestWriter writer)
    {
        byte[] ids = new byte[IdBytes];
        Utf8JsonReader json = JsonReading.Open(request);
        try
        {
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
                return false;
            ReadOnlySpan<byte> groups = writer.Dataset == Dataset.Logs ? "resourceLogs"u8 : "resourceSpans"u8;
            while (JsonReading.NextMember(ref json))
            {
                if (!json.ValueTextEquals(groups))
                    json.Skip();
                else if (JsonReading.BeginArray(ref json))
                {
                    while (JsonReading.NextObject(ref json))
                        DecodeResource(ref json, ids, writer);
                }
            }
            return !json.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void DecodeResource(ref Utf8JsonReader json, byte[] ids, IngestWriter writer)
    {
        Utf8JsonReader head = json;
        writer.BeginResource();
        WriteResource(ref head, writer);
        writer.EndResource();
        ReadOnlySpan<byte> scopes = writer.Dataset == Dataset.Logs ? "scopeLogs"u8 : "scopeSpans"u8;
        while (JsonReading.NextMember(ref json))
        {
            if (!json.ValueTextEquals(scopes))
                json.Skip();
            else if (JsonReading.BeginArray(ref json))
            {
                while (JsonReading.NextObject(ref json))
                    DecodeScope(ref json, ids, writer);
            }
        }
    }

    private static void DecodeScope(ref Utf8JsonReader json, byte[] ids, IngestWriter writer)
    {
        Utf8JsonReader head = json;
        writer.BeginScope();
        WriteScope(ref head, writer);
        writer.EndScope();
        bool logs = writer.Dataset == Dataset.Logs;
        ReadOnlySpan<byte> records = logs ? "logRecords"u8 : "spans"u8;
        while (JsonReading.NextMember(ref json))
        {
            if (!json.ValueTextEquals(records))
                json.Skip();
            else if (JsonReading.BeginArray(ref json))
            {
                while (JsonReading.NextObject(ref json))
                {
                    if (logs)
                        JsonLogs.Decode(ref json, ids, writer);
                    else
                        JsonSpans.Decode(ref json, ids, writer);
                }
            }
        }
    }

    private static void WriteResource(ref Utf8JsonReader json, IngestWriter writer)
    {
        ReadOnlySpan<byte> schemaUrl = default;
        while (JsonReading.NextMember(ref json))
        {
            if (json.ValueTextEquals("resource"u8))
                WriteResourceAttributes(ref json, writer);
            else if (json.ValueTextEquals("schemaUrl"u8))
                schemaUrl = JsonReading.Text(ref json);
            else
                json.Skip();
        }
        ProtoRequests.WriteText(Fields.SchemaUrl, schemaUrl, writer);
    }

    private static void WriteResourceAttributes(ref Utf8JsonReader json, IngestWriter writer)
    {
        if (!JsonReading.BeginObject(ref json))
            return;
        while (JsonReading.NextMember(ref json))
        {
            if (json.ValueTextEquals("attributes"u8))
                JsonValues.WriteAttributes(ref json, writer);
            else
                json.Skip();
        }
    }

    private static void WriteScope(ref Utf8JsonReader json, IngestWriter writer)
    {
        while (JsonReading.NextMember(ref json))
        {
            if (json.ValueTextEquals("scope"u8))
                WriteScopeHead(ref json, writer);
            else
                json.Skip();
        }
    }

    private static void WriteScopeHead(ref Utf8JsonReader json, IngestWriter writer)
    {
        if (!JsonReading.BeginObject(ref json))
            return;
        ReadOnlySpan<byte> name = default, version = default;
        Utf8JsonReader attributes = default;
        bool hasAttributes = false;
        while (JsonReading.NextMember(ref json))
        {
            if (json.ValueTextEquals("name"u8))
                name = JsonReading.Text(ref json);
            else if (json.ValueTextEquals("version"u8))
                version = JsonReading.Text(ref json);
            else
            {
                if (json.ValueTextEquals("attributes"u8))
                {
                    attributes = json;
                    hasAttributes = true;
                }
                json.Skip();
            }
        }
        ProtoRequests.WriteText(Fields.ScopeName, name, writer);
        ProtoRequests.WriteText(Fields.ScopeVersion, version, writer);
        if (!hasAttributes)
            return;
        writer.Field(Fields.ScopeAttributes);
        if (!writer.BeginMap())
            return;
        JsonValues.WriteAttributes(ref attributes, writer);
        writer.EndMap();
    }
}
