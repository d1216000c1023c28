using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TocsinSdk.Logging;
using TocsinSdk.Transport;

namespace TocsinSdk.Telemetry;

/// <summary>
/// Encodes each event as an OTLP LogRecord on the thread that logs, without garbage but for exceptions, and copies it
/// into the queue.
/// </summary>
internal sealed class OtlpLogSink(TelemetryTransport transport) : ILogSink
{
    private const int Keep = 64 << 10;

    private static readonly string[] s_levels = [.. Enum.GetNames<LogLevel>()];

    [ThreadStatic]
    private static Utf8Text? t_record;

    public bool Takes(LogLevel level, string category) => level != LogLevel.None;

    public void Write(LogEvent e)
    {
        var to = t_record ??= new Utf8Text(1024);
        to.Clear(Keep);
        Encode(e, to);
        Span<byte> logger = stackalloc byte[256];
        transport.Enqueue(Lanes.Of(e.Level), logger[..Utf8Of(e.Category, logger)], to.Written);
    }

    public static void Encode(LogEvent e, Utf8Text to)
    {
        var time = (ulong)(e.Time.Ticks - DateTimeOffset.UnixEpoch.Ticks) * 100;
        to.Long(OtlpLog.Time, time);
        to.Long(OtlpLog.ObservedTime, time);
        to.Number(OtlpLog.SeverityNumber, (ulong)e.Level * 4 + 1);
        to.Field(OtlpLog.SeverityText, s_levels[(int)e.Level]);
        OtlpLog.Body(to, e.Message);
        if (e.TraceId != default)
            Trace(e, to);
        if (e.EventId.Name is { Length: > 0 } name)
            to.Field(OtlpLog.EventName, name);
        Context(e, to);
        foreach (ref readonly var field in e.Fields)
            Field(e, field, to);
        if (e.Exception is { } exception)
            ExceptionFields.Write(exception, e, to);
    }

    private static void Trace(LogEvent e, Utf8Text to)
    {
        Span<byte> id = stackalloc byte[16];
        e.TraceId.CopyTo(id);
        to.Field(OtlpLog.TraceId, id);
        e.SpanId.CopyTo(id[..8]);
        to.Field(OtlpLog.SpanId, id[..8]);
        to.Int(OtlpLog.Flags, (uint)(e.TraceFlags & ActivityTraceFlags.Recorded));
    }

    private static void Context(LogEvent e, Utf8Text to)
    {
        if (e.ParsedTemplate is { IsClean: true } template)
            OtlpLog.Attribute(to, "log.record.template", template.Text);
        if (e.EventId.Id != 0)
            OtlpLog.Attribute(to, "event.id", e.EventId.Id);
        OtlpLog.Attribute(to, "thread.id", e.ThreadId);
        if (e.UserId is { } user)
            OtlpLog.Attribute(to, "user.id", user);
        if (e.SessionId is { } session)
            OtlpLog.Attribute(to, "session.id", session);
        if (e.RequestId is { } request)
            OtlpLog.Attribute(to, "request.id", request);
    }

    private static void Field(LogEvent e, in LogField field, Utf8Text to)
    {
        switch (field.Kind)
        {
            case FieldKind.Null:
                break;
            case FieldKind.Integer:
                OtlpLog.Attribute(to, field.Key.Name, field.Bits);
                break;
            case FieldKind.Real:
                OtlpLog.Attribute(to, field.Key.Name, BitConverter.Int64BitsToDouble(field.Bits));
                break;
            case FieldKind.Boolean:
                OtlpLog.Attribute(to, field.Key.Name, field.Bits != 0);
                break;
            default:
                OtlpLog.Attribute(to, field.Key.Name, e.TextOf(field));
                break;
        }
    }

    private static int Utf8Of(string text, Span<byte> to)
    {
        System.Text.Unicode.Utf8.FromUtf16(text, to, out _, out var written);
        return written;
    }
}
