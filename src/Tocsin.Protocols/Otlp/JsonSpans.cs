using System.Text.Json;
using Tocsin.Ingest;
using Tocsin.Model.Events;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Otlp;

/// <summary>
/// Decodes one Span from JSON: a first walk for the fixed fields, a second for events, links and attributes.
/// </summary>
internal static class JsonSpans
{
    /// <inheritdoc cref="JsonLogs.Decode"/>
    public static void Decode(ref Utf8JsonReader json, byte[] ids, IngestWriter writer)
    {
        Utf8JsonReader lists = json;
        var head = new SpanHead();
        ulong dropped = 0;
        while (JsonReading.NextMember(ref json))
        {
            if (json.ValueTextEquals("traceId"u8))
                head.TraceId = JsonReading.Id(ref json, ids.AsSpan(0, 16));
            else if (json.ValueTextEquals("spanId"u8))
                head.SpanId = JsonReading.Id(ref json, ids.AsSpan(16, 8));
            else if (json.ValueTextEquals("parentSpanId"u8))
                head.ParentSpanId = JsonReading.Id(ref json, ids.AsSpan(24, 8));
            else if (json.ValueTextEquals("droppedAttributesCount"u8))
                dropped = JsonReading.UInt64(ref json);
            else if (!ReadText(ref json, ref head) && !ReadNumber(ref json, ref head))
                json.Skip();
        }
        if (!head.BeginRow(writer))
            return;
        writer.DroppedAttributes((long)Math.Min(dropped, uint.MaxValue));
        while (JsonReading.NextMember(ref lists))
        {
            if (lists.ValueTextEquals("attributes"u8))
                JsonValues.WriteAttributes(ref lists, writer);
            else if (lists.ValueTextEquals("events"u8))
                WriteList(ref lists, Fields.SpanEvents, events: true, ids, writer);
            else if (lists.ValueTextEquals("links"u8))
                WriteList(ref lists, Fields.SpanLinks, events: false, ids, writer);
            else
                lists.Skip();
        }
        writer.EndRow();
    }

    private static bool ReadText(scoped ref Utf8JsonReader json, ref SpanHead head)
    {
        if (json.ValueTextEquals("name"u8))
            head.Name = JsonReading.Text(ref json);
        else if (json.ValueTextEquals("traceState"u8))
            head.TraceState = JsonReading.Text(ref json);
        else if (json.ValueTextEquals("status"u8))
            ReadStatus(ref json, ref head);
        else
            return false;
        return true;
    }

    private static bool ReadNumber(scoped ref Utf8JsonReader json, ref SpanHead head)
    {
        if (json.ValueTextEquals("startTimeUnixNano"u8))
            head.Start = JsonReading.UInt64(ref json);
        else if (json.ValueTextEquals("endTimeUnixNano"u8))
            head.End = JsonReading.UInt64(ref json);
        else if (json.ValueTextEquals("kind"u8))
            head.Kind = JsonReading.Int64(ref json);
        else if (json.ValueTextEquals("flags"u8))
            head.Flags = JsonReading.UInt64(ref json);
        else if (json.ValueTextEquals("droppedEventsCount"u8))
            head.DroppedEvents = JsonReading.UInt64(ref json);
        else if (json.ValueTextEquals("droppedLinksCount"u8))
            head.DroppedLinks = JsonReading.UInt64(ref json);
        else
            return false;
        return true;
    }

    private static void ReadStatus(scoped ref Utf8JsonReader json, ref SpanHead head)
    {
        if (!JsonReading.BeginObject(ref json))
            return;
        while (JsonReading.NextMember(ref json))
        {
            if (json.ValueTextEquals("message"u8))
                head.StatusMessage = JsonReading.Text(ref json);
            else if (json.ValueTextEquals("code"u8))
                head.StatusCode = JsonReading.Int64(ref json);
            else
                json.Skip();
        }
    }

    private static void WriteList(
        ref Utf8JsonReader json, ReadOnlySpan<byte> field, bool events, byte[] ids, IngestWriter writer)
    {
        if (!JsonReading.BeginArray(ref json))
            return;
        Utf8JsonReader first = json;
        if (!JsonReading.NextObject(ref first))
        {
            json.Read();
            return;
        }
        writer.Field(field);
        if (!writer.BeginArray())
        {
            json.Skip();
            return;
        }
        while (JsonReading.NextObject(ref json))
        {
            if (events)
                WriteEvent(ref json, writer);
            else
                WriteLink(ref json, ids, writer);
        }
        writer.EndArray();
    }

    private static void WriteEvent(ref Utf8JsonReader json, IngestWriter writer)
    {
        ulong time = 0;
        ReadOnlySpan<byte> name = default;
        Utf8JsonReader attributes = default;
        bool hasAttributes = false;
        while (JsonReading.NextMember(ref json))
        {
            if (json.ValueTextEquals("timeUnixNano"u8))
                time = JsonReading.UInt64(ref json);
            else if (json.ValueTextEquals("name"u8))
                name = JsonReading.Text(ref json);
            else
                KeepAttributes(ref json, ref attributes, ref hasAttributes);
        }
        if (SpanHead.BeginEvent(time, name, hasAttributes, writer))
            EndMember(ref attributes, hasAttributes, writer);
    }

    private static void WriteLink(ref Utf8JsonReader json, byte[] ids, IngestWriter writer)
    {
        ReadOnlySpan<byte> traceId = default, spanId = default, traceState = default;
        Utf8JsonReader attributes = default;
        bool hasAttributes = false;
        while (JsonReading.NextMember(ref json))
        {
            if (json.ValueTextEquals("traceId"u8))
                traceId = JsonReading.Id(ref json, ids.AsSpan(32, 16));
            else if (json.ValueTextEquals("spanId"u8))
                spanId = JsonReading.Id(ref json, ids.AsSpan(48, 8));
            else if (json.ValueTextEquals("traceState"u8))
                traceState = JsonReading.Text(ref json);
            else
                KeepAttributes(ref json, ref attributes, ref hasAttributes);
        }
        if (SpanHead.BeginLink(traceId, spanId, traceState, hasAttributes, writer))
            EndMember(ref attributes, hasAttributes, writer);
    }

    // Remembers where a non-empty list of attributes stands, and passes over the member.
    private static void KeepAttributes(ref Utf8JsonReader json, ref Utf8JsonReader attributes, ref bool hasAttributes)
    {
        if (json.ValueTextEquals("attributes"u8))
        {
            Utf8JsonReader ahead = attributes = json;
            hasAttributes = JsonReading.BeginArray(ref ahead) && JsonReading.NextObject(ref ahead);
        }
        json.Skip();
    }

    private static void EndMember(ref Utf8JsonReader attributes, bool hasAttributes, IngestWriter writer)
    {
        if (hasAttributes && writer.BeginMap())
        {
            JsonValues.WriteAttributes(ref attributes, writer);
            writer.EndMap();
        }
        writer.EndMap();
    }
}
