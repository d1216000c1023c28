using System.Text.Json;
using Tocsin.Ingest;
using Tocsin.Model.Events;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Otlp;

/// <summary>
/// Decodes one LogRecord from JSON: a first walk for the fixed fields, a second for body and attributes.
/// </summary>
internal static class JsonLogs
{
    /// <param name="json">At the start of the object; afterwards at its end.</param>
    /// <param name="ids">Scratch space of <see cref="JsonRequests.IdBytes"/>.</param>
    /// <param name="writer">Takes the record.</param>
    public static void Decode(ref Utf8JsonReader json, byte[] ids, IngestWriter writer)
    {
        Utf8JsonReader values = json;
        ulong time = 0, observed = 0, flags = 0, dropped = 0;
        long severity = 0;
        ReadOnlySpan<byte> text = default, eventName = default;
        ReadOnlySpan<byte> traceId = default, spanId = default;
        while (JsonReading.NextMember(ref json))
        {
            if (json.ValueTextEquals("timeUnixNano"u8))
                time = JsonReading.UInt64(ref json);
            else if (json.ValueTextEquals("observedTimeUnixNano"u8))
                observed = JsonReading.UInt64(ref json);
            else if (json.ValueTextEquals("severityNumber"u8))
                severity = JsonReading.Int64(ref json);
            else if (json.ValueTextEquals("severityText"u8))
                text = JsonReading.Text(ref json);
            else if (json.ValueTextEquals("traceId"u8))
                traceId = JsonReading.Id(ref json, ids.AsSpan(0, 16));
            else if (json.ValueTextEquals("spanId"u8))
                spanId = JsonReading.Id(ref json, ids.AsSpan(16, 8));
            else if (json.ValueTextEquals("eventName"u8))
                eventName = JsonReading.Text(ref json);
            else if (json.ValueTextEquals("flags"u8))
                flags = JsonReading.UInt64(ref json);
            else if (json.ValueTextEquals("droppedAttributesCount"u8))
                dropped = JsonReading.UInt64(ref json);
            else
                json.Skip();
        }
        if (!writer.BeginRow(time, observed, severity, text, traceId, spanId))
            return;
        ProtoRequests.WriteText(Fields.SeverityText, text, writer);
        ProtoRequests.WriteText(Fields.EventName, eventName, writer);
        ProtoRequests.WriteNumber(Fields.Flags, flags, writer);
        writer.DroppedAttributes((long)Math.Min(dropped, uint.MaxValue));
        while (JsonReading.NextMember(ref values))
        {
            if (values.ValueTextEquals("body"u8))
            {
                writer.Field(Fields.Body);
                JsonValues.WriteValue(ref values, writer);
            }
            else if (values.ValueTextEquals("attributes"u8))
                JsonValues.WriteAttributes(ref values, writer);
            else
                values.Skip();
        }
        writer.EndRow();
    }
}
