using Tocsin.Ingest;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Loki;

/// <summary>
/// Decodes logproto.PushRequest: streams of labels as text and entries. A stream whose labels cannot be read loses its
/// entries and no others.
/// </summary>
internal static class LokiProto
{
    // PushRequest
    private const int Streams = 1 << 3 | ProtoReader.Length;

    // StreamAdapter
    private const int Labels = 1 << 3 | ProtoReader.Length, Entries = 2 << 3 | ProtoReader.Length;

    // EntryAdapter
    private const int Time = 1 << 3 | ProtoReader.Length, Line = 2 << 3 | ProtoReader.Length,
        Metadata = 3 << 3 | ProtoReader.Length;

    // google.protobuf.Timestamp
    private const int Seconds = 1 << 3 | ProtoReader.Varint, Nanos = 2 << 3 | ProtoReader.Varint;

    // LabelPairAdapter
    private const int PairName = 1 << 3 | ProtoReader.Length, PairValue = 2 << 3 | ProtoReader.Length;

    public static string? Decode(ReadOnlySpan<byte> request, IngestWriter writer)
    {
        var stream = new LokiStream(writer);
        var fields = new ProtoReader(request);
        while (fields.Next())
        {
            if (fields.Tag == Streams && !DecodeStream(fields.Bytes, ref stream, writer))
                return "the body is not a valid Loki push request in protobuf";
        }
        return fields.Broken ? "the body is not a valid Loki push request in protobuf" : null;
    }

    private static bool DecodeStream(ReadOnlySpan<byte> message, ref LokiStream stream, IngestWriter writer)
    {
        ReadOnlySpan<byte> labels = default;
        var head = new ProtoReader(message);
        while (head.Next())
        {
            if (head.Tag == Labels)
                labels = head.Bytes;
        }
        stream.Begin();
        bool readable = LokiLabels.Read(labels, ref stream);
        if (readable)
            stream.End();
        var fields = new ProtoReader(message);
        while (fields.Next())
        {
            if (fields.Tag != Entries)
                continue;
            if (!readable)
                writer.Reject(RejectReason.Malformed);
            else if (!DecodeEntry(fields.Bytes, ref stream, writer))
                return false;
        }
        return !fields.Broken;
    }

    private static bool DecodeEntry(ReadOnlySpan<byte> entry, ref LokiStream stream, IngestWriter writer)
    {
        ulong time = 0;
        ReadOnlySpan<byte> line = default, name, value;
        stream.BeginEntry();
        var fields = new ProtoReader(entry);
        while (fields.Next())
        {
            if (fields.Tag == Line)
                line = fields.Bytes;
            else if (fields.Tag == Time && !ReadTime(fields.Bytes, out time))
                return false;
            else if (fields.Tag == Metadata)
            {
                if (!ReadPair(fields.Bytes, out name, out value))
                    return false;
                stream.Look(name, value);
            }
        }
        if (fields.Broken)
            return false;
        if (!stream.BeginRow(time, line))
            return true;
        fields = new ProtoReader(entry);
        while (fields.Next())
        {
            if (fields.Tag == Metadata && ReadPair(fields.Bytes, out name, out value))
                stream.Metadata(name, value);
        }
        writer.EndRow();
        return true;
    }

    private static bool ReadTime(ReadOnlySpan<byte> message, out ulong unixNanos)
    {
        long seconds = 0, nanos = 0;
        var fields = new ProtoReader(message);
        while (fields.Next())
        {
            if (fields.Tag == Seconds)
                seconds = (long)fields.Number;
            else if (fields.Tag == Nanos)
                nanos = (long)fields.Number;
        }
        unixNanos = TimeText.Nanos(seconds, Math.Clamp(nanos, 0, 999_999_999));
        return !fields.Broken;
    }

    private static bool ReadPair(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        var fields = new ProtoReader(message);
        while (fields.Next())
        {
            if (fields.Tag == PairName)
                name = fields.Bytes;
            else if (fields.Tag == PairValue)
                value = fields.Bytes;
        }
        return !fields.Broken;
    }
}
