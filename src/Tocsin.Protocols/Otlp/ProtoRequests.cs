using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Otlp;

/// <summary>
/// Decodes ExportLogsServiceRequest and ExportTraceServiceRequest. Both are resources holding scopes holding records,
/// with the same field numbers. False means malformed: the request as a whole is refused.
/// </summary>
/// <remarks>
/// Protobuf allows fields in any order, so a message is walked once for its head and again for its records.
/// </remarks>
internal static class ProtoRequests
{
    // ResourceLogs and ResourceSpans; ScopeLogs and ScopeSpans have the same shape one level below.
    private const int Groups = 1 << 3 | ProtoReader.Length;
    private const int Head = 1 << 3 | ProtoReader.Length, Members = 2 << 3 | ProtoReader.Length,
        SchemaUrl = 3 << 3 | ProtoReader.Length;

    // Resource
    private const int ResourceAttributes = 1 << 3 | ProtoReader.Length;

    // InstrumentationScope
    private const int ScopeName = 1 << 3 | ProtoReader.Length, ScopeVersion = 2 << 3 | ProtoReader.Length,
        ScopeAttributes = 3 << 3 | ProtoReader.Length;

    public static bool Decode(ReadOnlySpan<byte> request, IngestWriter writer)
    {
        var fields = new ProtoReader(request);
        while (fields.Next())
        {
            if (fields.Tag == Groups && !DecodeResource(fields.Bytes, writer))
                return false;
        }
        return !fields.Broken;
    }

    private static bool DecodeResource(ReadOnlySpan<byte> group, IngestWriter writer)
    {
        writer.BeginResource();
        if (!WriteResource(group, writer))
            return false;
        writer.EndResource();
        var fields = new ProtoReader(group);
        while (fields.Next())
        {
            if (fields.Tag == Members && !DecodeScope(fields.Bytes, writer))
                return false;
        }
        return !fields.Broken;
    }

    private static bool DecodeScope(ReadOnlySpan<byte> scope, IngestWriter writer)
    {
        writer.BeginScope();
        if (!WriteScope(scope, writer))
            return false;
        writer.EndScope();
        var fields = new ProtoReader(scope);
        while (fields.Next())
        {
            if (fields.Tag == Members && !DecodeRecord(fields.Bytes, writer))
                return false;
        }
        return !fields.Broken;
    }

    private static bool DecodeRecord(ReadOnlySpan<byte> record, IngestWriter writer) =>
        writer.Dataset == Dataset.Logs ? ProtoLogs.Decode(record, writer) : ProtoSpans.Decode(record, writer);

    private static bool WriteResource(ReadOnlySpan<byte> group, IngestWriter writer)
    {
        ReadOnlySpan<byte> schemaUrl = default;
        var fields = new ProtoReader(group);
        while (fields.Next())
        {
            if (fields.Tag == Head && !ProtoValues.WriteAttributes(fields.Bytes, ResourceAttributes, writer))
                return false;
            if (fields.Tag == SchemaUrl)
                schemaUrl = fields.Bytes;
        }
        WriteText(Fields.SchemaUrl, schemaUrl, writer);
        return !fields.Broken;
    }

    private static bool WriteScope(ReadOnlySpan<byte> scope, IngestWriter writer)
    {
        var fields = new ProtoReader(scope);
        while (fields.Next())
        {
            if (fields.Tag == Head && !WriteScopeHead(fields.Bytes, writer))
                return false;
        }
        return !fields.Broken;
    }

    private static bool WriteScopeHead(ReadOnlySpan<byte> head, IngestWriter writer)
    {
        ReadOnlySpan<byte> name = default, version = default;
        bool attributes = false;
        var fields = new ProtoReader(head);
        while (fields.Next())
        {
            switch (fields.Tag)
            {
                case ScopeName: name = fields.Bytes; break;
                case ScopeVersion: version = fields.Bytes; break;
                case ScopeAttributes: attributes = true; break;
            }
        }
        if (fields.Broken)
            return false;
        WriteText(Fields.ScopeName, name, writer);
        WriteText(Fields.ScopeVersion, version, writer);
        if (!attributes)
            return true;
        writer.Field(Fields.ScopeAttributes);
        if (!writer.BeginMap())
            return true;
        bool whole = ProtoValues.WriteAttributes(head, ScopeAttributes, writer);
        writer.EndMap();
        return whole;
    }

    internal static void WriteText(ReadOnlySpan<byte> field, ReadOnlySpan<byte> text, IngestWriter writer)
    {
        if (text.IsEmpty)
            return;
        writer.Field(field);
        writer.String(text);
    }

    internal static void WriteNumber(ReadOnlySpan<byte> field, ulong number, IngestWriter writer)
    {
        if (number == 0)
            return;
        writer.Field(field);
        writer.Int((long)Math.Min(number, long.MaxValue));
    }
}
