using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Tocsin.Ingest;
using Tocsin.Model.Events;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Syslog;

/// <summary>Writes messages as records; a new resource is begun where host or application change. One per batch.</summary>
internal sealed class SyslogRecord(
    IReadOnlyList<(byte[] Name, byte[] Value)> constants, TimeZoneInfo zone, IngestWriter writer)
{
    private static readonly byte[][] s_severities =
    [
        .. new[] { "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug" }.Select(Encoding.ASCII.GetBytes),
    ];

    private static readonly byte[][] s_facilities =
    [
        .. new[]
        {
            "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp",
            "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
        }.Select(Encoding.ASCII.GetBytes),
    ];

    private readonly ArrayBufferWriter<byte> _stream = new(256);
    private int _hostLength = -1;

    /// <param name="frame">One message.</param>
    /// <param name="sender">Its address, the host of messages that name none.</param>
    /// <returns>False when the writer rejected it.</returns>
    public bool Write(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> sender)
    {
        SyslogMessage message = SyslogMessage.Parse(frame, new SyslogClock(writer.Now, zone));
        BeginStream(message.Host.IsEmpty ? sender : message.Host, message.App);
        byte severity = message.Severity < 0 ? (byte)0 : LevelNumber.FromSyslog(message.Severity);
        if (!writer.BeginRow(message.UnixNanos, 0, severity, default, default, default))
            return false;
        if (message.Severity >= 0)
            Text(Fields.SeverityText, s_severities[message.Severity]);
        writer.Field(Fields.Body);
        writer.String(message.Text);
        if (message.Facility >= 0)
            Text("syslog.facility"u8, s_facilities[message.Facility]);
        WriteProcess(message.ProcessId);
        Text("syslog.msg_id"u8, message.MessageId);
        if (!message.StructuredData.IsEmpty)
        {
            writer.Field("syslog.structured_data"u8);
            StructuredElements.Write(message.StructuredData, writer);
        }
        return writer.EndRow();
    }

    private void BeginStream(ReadOnlySpan<byte> host, ReadOnlySpan<byte> app)
    {
        if (_hostLength == host.Length && _stream.WrittenSpan[.._hostLength].SequenceEqual(host)
            && _stream.WrittenSpan[_hostLength..].SequenceEqual(app))
            return;
        _stream.ResetWrittenCount();
        _stream.Write(host);
        _stream.Write(app);
        _hostLength = host.Length;
        writer.BeginResource();
        bool hasHost = false, hasApp = false;
        foreach ((byte[] name, byte[] value) in constants)
        {
            writer.Attribute(name);
            writer.String(value);
            hasHost |= CommonNames.Host.SequenceEqual(name);
            hasApp |= CommonNames.Service.SequenceEqual(name);
        }
        if (!hasHost)
            Text(CommonNames.Host, host);
        if (!hasApp)
            Text(CommonNames.Service, app);
        writer.EndResource();
    }

    private void WriteProcess(ReadOnlySpan<byte> id)
    {
        if (id.IsEmpty)
            return;
        if (Utf8Parser.TryParse(id, out int number, out int used) && used == id.Length
            && id[0] is not ((byte)'0' or (byte)'+'))
        {
            writer.Field("process.pid"u8);
            writer.Int(number);
        }
        else
        {
            Text("syslog.proc_id"u8, id);
        }
    }

    private void Text(ReadOnlySpan<byte> field, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return;
        writer.Field(field);
        writer.String(text);
    }
}
