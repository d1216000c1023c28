using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Model.Events;

namespace Tocsin.Protocols.Otlp;

/// <summary>The fixed fields of a span, and how they are stored; the same for protobuf and JSON.</summary>
internal ref struct SpanHead
{
    private const int StatusError = 2;

    public ReadOnlySpan<byte> TraceId, SpanId, ParentSpanId, TraceState, Name, StatusMessage;
    public ulong Start, End, Flags, DroppedEvents, DroppedLinks;
    public long Kind, StatusCode;
    public bool HasEvents, HasLinks;

    /// <summary>Begins the row; false when the span is rejected. A span without ids belongs to no trace.</summary>
    public readonly bool BeginRow(IngestWriter writer)
    {
        if (!IsId(TraceId, 16) || !IsId(SpanId, 8))
        {
            writer.Reject(RejectReason.InvalidId);
            return false;
        }
        long severity = StatusCode == StatusError ? Severity.Error : Severity.Info;
        if (!writer.BeginRow(Start, 0, severity, default, TraceId, SpanId))
            return false;
        ProtoRequests.WriteText(Fields.Name, Name, writer);
        WriteInt(Fields.Kind, Kind, writer);
        WriteInt(Fields.Duration, (long)Math.Min(End > Start && Start > 0 ? End - Start : 0, long.MaxValue), writer);
        WriteInt(Fields.StatusCode, StatusCode, writer);
        ProtoRequests.WriteText(Fields.StatusMessage, StatusMessage, writer);
        ProtoRequests.WriteText(Fields.TraceState, TraceState, writer);
        if (IsId(ParentSpanId, 8))
        {
            writer.Field(Fields.ParentSpanId);
            writer.Bytes(ParentSpanId);
        }
        ProtoRequests.WriteNumber(Fields.Flags, Flags, writer);
        ProtoRequests.WriteNumber(Fields.DroppedEvents, DroppedEvents, writer);
        ProtoRequests.WriteNumber(Fields.DroppedLinks, DroppedLinks, writer);
        return true;
    }

    /// <summary>
    /// Opens an event's map; with attributes it ends with the name of their map. False: skip the event.
    /// </summary>
    public static bool BeginEvent(ulong time, ReadOnlySpan<byte> name, bool attributes, IngestWriter writer)
    {
        if (!writer.BeginMap())
            return false;
        writer.Field("name"u8);
        writer.String(name);
        writer.Field("time"u8);
        writer.Int((long)Math.Min(time, long.MaxValue));
        if (attributes)
            writer.Field("attributes"u8);
        return true;
    }

    /// <summary>Opens a link's map; with attributes it ends with the name of their map. False: skip the link.</summary>
    public static bool BeginLink(
        ReadOnlySpan<byte> traceId, ReadOnlySpan<byte> spanId, ReadOnlySpan<byte> traceState, bool attributes,
        IngestWriter writer)
    {
        if (!writer.BeginMap())
            return false;
        writer.Field("trace_id"u8);
        writer.Bytes(traceId);
        writer.Field("span_id"u8);
        writer.Bytes(spanId);
        ProtoRequests.WriteText("trace_state"u8, traceState, writer);
        if (attributes)
            writer.Field("attributes"u8);
        return true;
    }

    private static bool IsId(ReadOnlySpan<byte> id, int length) =>
        id.Length == length && id.ContainsAnyExcept((byte)0);

    private static void WriteInt(ReadOnlySpan<byte> field, long value, IngestWriter writer)
    {
        writer.Field(field);
        writer.Int(value);
    }
}
