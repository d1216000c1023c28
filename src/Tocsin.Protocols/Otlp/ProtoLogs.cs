using Tocsin.Ingest;
using Tocsin.Model.Events;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Otlp;

/// <summary>Decodes one LogRecord: a first walk for the fixed fields, a second for body and attributes.</summary>
internal static class ProtoLogs
{
    private const int Time = 1 << 3 | ProtoReader.Fixed64, SeverityNumber = 2 << 3 | ProtoReader.Varint,
        SeverityText = 3 << 3 | ProtoReader.Length, Body = 5 << 3 | ProtoReader.Length,
        Attributes = 6 << 3 | ProtoReader.Length, DroppedAttributes = 7 << 3 | ProtoReader.Varint,
        Flags = 8 << 3 | ProtoReader.Fixed32, TraceId = 9 << 3 | ProtoReader.Length,
        SpanId = 10 << 3 | ProtoReader.Length, Observed = 11 << 3 | ProtoReader.Fixed64,
        EventName = 12 << 3 | ProtoReader.Length;

    public static bool Decode(ReadOnlySpan<byte> record, IngestWriter writer)
    {
        ulong time = 0, observed = 0, severity = 0, flags = 0, dropped = 0;
        ReadOnlySpan<byte> text = default, body = default, traceId = default, spanId = default, eventName = default;
        bool hasBody = false;
        var fields = new ProtoReader(record);
        while (fields.Next())
        {
            switch (fields.Tag)
            {
                case Time: time = fields.Number; break;
                case Observed: observed = fields.Number; break;
                case SeverityNumber: severity = fields.Number; break;
                case SeverityText: text = fields.Bytes; break;
                case Body: body = fields.Bytes; hasBody = true; break;
                case DroppedAttributes: dropped = fields.Number; break;
                case Flags: flags = fields.Number; break;
                case TraceId: traceId = fields.Bytes; break;
                case SpanId: spanId = fields.Bytes; break;
                case EventName: eventName = fields.Bytes; break;
            }
        }
        if (fields.Broken)
            return false;
        if (!writer.BeginRow(time, observed, (long)severity, text, traceId, spanId))
            return true;
        ProtoRequests.WriteText(Fields.SeverityText, text, writer);
        ProtoRequests.WriteText(Fields.EventName, eventName, writer);
        ProtoRequests.WriteNumber(Fields.Flags, flags, writer);
        writer.DroppedAttributes((long)Math.Min(dropped, uint.MaxValue));
        if (hasBody)
        {
            writer.Field(Fields.Body);
            if (!ProtoValues.WriteValue(body, writer))
                return false;
        }
        if (!ProtoValues.WriteAttributes(record, Attributes, writer))
            return false;
        writer.EndRow();
        return true;
    }
}
