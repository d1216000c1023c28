using System.Text.Json;
using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Seq;

/// <summary>Writes one event as a record. One per request.</summary>
internal sealed class SeqRecord(
    IReadOnlyList<(byte[] Name, byte[] Value)> constants, LineErrors errors, IngestWriter writer)
{
    private static readonly byte[] s_service = CommonNames.Service.ToArray(), s_host = CommonNames.Host.ToArray(),
        s_scope = Fields.ScopeName.ToArray();

    private static readonly FieldNames
        s_serviceNames = new(["service.name", "ServiceName", "Application", "ApplicationName"], exact: true),
        s_hostNames = new(["host.name", "MachineName", "HostName"], exact: true),
        s_scopeNames = new(["SourceContext"], exact: true);

    private readonly SeqMessage _message = new();
    private readonly LineStream _stream = new(constants, writer);
    private readonly byte[] _ids = new byte[HexId.TraceBytes + HexId.SpanBytes];

    /// <param name="found">Valid JSON all through.</param>
    /// <param name="number">Of the event in the request.</param>
    public void Write(scoped in SeqEvent found, int number)
    {
        ulong time = 0;
        if (!found.Time.IsEmpty && !TimeText.TryParse(found.Time, out time))
        {
            errors.Malformed(number, "the time is not ISO 8601", writer);
            return;
        }
        BeginStream(in found);
        // Serilog leaves the level out when it is Information.
        bool begun = writer.BeginRow(
            time, 0, found.Level.IsEmpty ? Severity.Info : 0, found.Level,
            HexId.Read(found.TraceId, _ids.AsSpan(0, HexId.TraceBytes)),
            HexId.Read(found.SpanId, _ids.AsSpan(HexId.TraceBytes)));
        if (begun)
            WriteFields(in found);
        if (!begun || !writer.EndRow())
            errors.Rejected(number, writer);
    }

    private void BeginStream(scoped in SeqEvent found)
    {
        _stream.Begin();
        if (IsObject(found.Resource))
            _stream.Add(null, found.Resource);
        if (IsObject(found.Properties))
            AddKnown(in found);
        _stream.End();
    }

    // Copies the properties that best fit, if they are text: both names find them.
    private void AddKnown(scoped in SeqEvent found)
    {
        Best service = default, host = default, scope = default;
        Utf8JsonReader json = JsonReading.Open(found.Properties);
        json.Read();
        while (JsonReading.NextMember(ref json))
        {
            ReadOnlySpan<byte> name = json.ValueSpan;
            json.Read();
            int start = (int)json.TokenStartIndex;
            bool text = json.TokenType == JsonTokenType.String;
            json.Skip();
            if (!text)
                continue;
            service.Offer(s_serviceNames.Rank(name), start, (int)json.BytesConsumed);
            host.Offer(s_hostNames.Rank(name), start, (int)json.BytesConsumed);
            scope.Offer(s_scopeNames.Rank(name), start, (int)json.BytesConsumed);
        }
        Add(in found, s_service, service);
        Add(in found, s_host, host);
        Add(in found, s_scope, scope, builtIn: true);
    }

    private void Add(scoped in SeqEvent found, byte[] field, Best best, bool builtIn = false)
    {
        if (best.End > 0 && !_stream.IsConstant(field))
            _stream.Add(field, found.Properties[best.Start..best.End], builtIn);
    }

    private void WriteFields(scoped in SeqEvent found)
    {
        Text(Fields.SeverityText, found.Level);
        Text(Fields.Body, found.Message.IsEmpty ? _message.Render(in found) : found.Message);
        Text("log.record.template"u8, found.Template);
        Text("log.logger"u8, found.Scope);
        if (!found.EventType.IsEmpty)
        {
            writer.Field("log.record.event_type"u8);
            WriteValue(found.EventType);
        }
        WriteException(found.Exception);
        if (IsObject(found.Properties))
            WriteProperties(in found);
    }

    // "Namespace.Type: message" is the first line of what .NET writes.
    private void WriteException(ReadOnlySpan<byte> exception)
    {
        if (exception.IsEmpty)
            return;
        ReadOnlySpan<byte> head = exception[..Length(exception.IndexOfAny("\r\n"u8), exception.Length)];
        int colon = head.IndexOf(": "u8);
        ReadOnlySpan<byte> type = head[..Length(colon, head.Length)];
        if (!type.IsEmpty && !type.ContainsAny(" ('\""u8))
        {
            Text("exception.type"u8, type);
            if (colon >= 0)
                Text("exception.message"u8, head[(colon + 2)..]);
        }
        Text("exception.stacktrace"u8, exception);
    }

    private void WriteProperties(scoped in SeqEvent found)
    {
        Utf8JsonReader json = JsonReading.Open(found.Properties);
        json.Read();
        while (JsonReading.NextMember(ref json))
        {
            bool write = found.IsProperty(ref json, out ReadOnlySpan<byte> name);
            if (write)
                writer.Attribute(name);
            json.Read();
            if (write)
                JsonTree.Write(ref json, writer);
            else
                json.Skip();
        }
    }

    private void WriteValue(ReadOnlySpan<byte> text)
    {
        Utf8JsonReader json = JsonReading.Open(text);
        json.Read();
        JsonTree.Write(ref json, writer);
    }

    private void Text(ReadOnlySpan<byte> field, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return;
        writer.Field(field);
        writer.String(text);
    }

    private static bool IsObject(ReadOnlySpan<byte> json) => !json.IsEmpty && json[0] == '{';

    private static int Length(int found, int otherwise) => found < 0 ? otherwise : found;

    // Where the most trusted value so far stands in the properties.
    private struct Best
    {
        public int Start, End;
        private int _rank;

        public void Offer(int rank, int start, int end)
        {
            if (rank >= 0 && (End == 0 || rank < _rank))
                (_rank, Start, End) = (rank, start, end);
        }
    }
}
