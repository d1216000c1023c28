using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Otlp;

/// <summary>Decodes one Span: a first walk for the fixed fields, then events, links and attributes.</summary>
internal static class ProtoSpans
{
    private const int TraceId = 1 << 3 | ProtoReader.Length, SpanId = 2 << 3 | ProtoReader.Length,
        TraceState = 3 << 3 | ProtoReader.Length, ParentSpanId = 4 << 3 | ProtoReader.Length,
        Name = 5 << 3 | ProtoReader.Length, Kind = 6 << 3 | ProtoReader.Varint, Start = 7 << 3 | ProtoReader.Fixed64,
        End = 8 << 3 | ProtoReader.Fixed64, Attributes = 9 << 3 | ProtoReader.Length,
        DroppedAttributes = 10 << 3 | ProtoReader.Varint, Events = 11 << 3 | ProtoReader.Length,
        DroppedEvents = 12 << 3 | ProtoReader.Varint, Links = 13 << 3 | ProtoReader.Length,
        DroppedLinks = 14 << 3 | ProtoReader.Varint, Status = 15 << 3 | ProtoReader.Length,
        Flags = 16 << 3 | ProtoReader.Fixed32;

    // Status
    private const int StatusMessage = 2 << 3 | ProtoReader.Length, StatusCode = 3 << 3 | ProtoReader.Varint;

    // Span.Event
    private const int EventTime = 1 << 3 | ProtoReader.Fixed64, EventName = 2 << 3 | ProtoReader.Length,
        EventAttributes = 3 << 3 | ProtoReader.Length;

    // Span.Link
    private const int LinkTraceId = 1 << 3 | ProtoReader.Length, LinkSpanId = 2 << 3 | ProtoReader.Length,
        LinkTraceState = 3 << 3 | ProtoReader.Length, LinkAttributes = 4 << 3 | ProtoReader.Length;

    public static bool Decode(ReadOnlySpan<byte> span, IngestWriter writer)
    {
        var head = new SpanHead();
        ulong dropped = 0;
        var fields = new ProtoReader(span);
        while (fields.Next())
        {
            switch (fields.Tag)
            {
                case TraceId: head.TraceId = fields.Bytes; break;
                case SpanId: head.SpanId = fields.Bytes; break;
                case ParentSpanId: head.ParentSpanId = fields.Bytes; break;
                case TraceState: head.TraceState = fields.Bytes; break;
                case Name: head.Name = fields.Bytes; break;
                case Kind: head.Kind = (long)fields.Number; break;
                case Start: head.Start = fields.Number; break;
                case End: head.End = fields.Number; break;
                case Flags: head.Flags = fields.Number; break;
                case DroppedAttributes: dropped = fields.Number; break;
                case DroppedEvents: head.DroppedEvents = fields.Number; break;
                case DroppedLinks: head.DroppedLinks = fields.Number; break;
                case Events: head.HasEvents = true; break;
                case Links: head.HasLinks = true; break;
                case Status:
                    if (!DecodeStatus(fields.Bytes, ref head))
                        return false;
                    break;
            }
        }
        if (fields.Broken)
            return false;
        if (!head.BeginRow(writer))
            return true;
        writer.DroppedAttributes((long)Math.Min(dropped, uint.MaxValue));
        if ((head.HasEvents && !WriteEvents(span, writer)) || (head.HasLinks && !WriteLinks(span, writer)))
            return false;
        if (!ProtoValues.WriteAttributes(span, Attributes, writer))
            return false;
        writer.EndRow();
        return true;
    }

    private static bool DecodeStatus(ReadOnlySpan<byte> status, ref SpanHead head)
    {
        var fields = new ProtoReader(status);
        while (fields.Next())
        {
            if (fields.Tag == StatusMessage)
                head.StatusMessage = fields.Bytes;
            else if (fields.Tag == StatusCode)
                head.StatusCode = (long)fields.Number;
        }
        return !fields.Broken;
    }

    private static bool WriteEvents(ReadOnlySpan<byte> span, IngestWriter writer)
    {
        writer.Field(Fields.SpanEvents);
        if (!writer.BeginArray())
            return true;
        var fields = new ProtoReader(span);
        while (fields.Next())
        {
            if (fields.Tag == Events && !WriteEvent(fields.Bytes, writer))
                return false;
        }
        writer.EndArray();
        return !fields.Broken;
    }

    private static bool WriteEvent(ReadOnlySpan<byte> spanEvent, IngestWriter writer)
    {
        ulong time = 0;
        ReadOnlySpan<byte> name = default;
        bool attributes = false;
        var fields = new ProtoReader(spanEvent);
        while (fields.Next())
        {
            switch (fields.Tag)
            {
                case EventTime: time = fields.Number; break;
                case EventName: name = fields.Bytes; break;
                case EventAttributes: attributes = true; break;
            }
        }
        if (fields.Broken)
            return false;
        return !SpanHead.BeginEvent(time, name, attributes, writer)
            || EndMember(spanEvent, EventAttributes, attributes, writer);
    }

    private static bool WriteLinks(ReadOnlySpan<byte> span, IngestWriter writer)
    {
        writer.Field(Fields.SpanLinks);
        if (!writer.BeginArray())
            return true;
        var fields = new ProtoReader(span);
        while (fields.Next())
        {
            if (fields.Tag == Links && !WriteLink(fields.Bytes, writer))
                return false;
        }
        writer.EndArray();
        return !fields.Broken;
    }

    private static bool WriteLink(ReadOnlySpan<byte> link, IngestWriter writer)
    {
        ReadOnlySpan<byte> traceId = default, spanId = default, traceState = default;
        bool attributes = false;
        var fields = new ProtoReader(link);
        while (fields.Next())
        {
            switch (fields.Tag)
            {
                case LinkTraceId: traceId = fields.Bytes; break;
                case LinkSpanId: spanId = fields.Bytes; break;
                case LinkTraceState: traceState = fields.Bytes; break;
                case LinkAttributes: attributes = true; break;
            }
        }
        if (fields.Broken)
            return false;
        return !SpanHead.BeginLink(traceId, spanId, traceState, attributes, writer)
            || EndMember(link, LinkAttributes, attributes, writer);
    }

    // The attributes of an event or link, then the end of its map.
    private static bool EndMember(ReadOnlySpan<byte> member, int tag, bool attributes, IngestWriter writer)
    {
        if (attributes && writer.BeginMap())
        {
            if (!ProtoValues.WriteAttributes(member, tag, writer))
                return false;
            writer.EndMap();
        }
        writer.EndMap();
        return true;
    }
}
