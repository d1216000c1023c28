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

    private static readonly byte[][] s_severities = [.. Enum.GetValues<LogLevel>().Select(SeverityOf)];

    private static readonly OtlpKey s_template = new("log.record.template"), s_event = new("event.id"),
        s_thread = new("thread.id"), s_user = new("user.id"), s_session = new("session.id"), s_request = new("request.id");

    [ThreadStatic]
    private static Utf8Text? t_record;

    public bool Takes(LogLevel level, string category) => level != LogLevel.None;

    public void Write(LogEvent e)
    {
        var to = t_record ??= new Utf8Text(1024);
        to.Clear(Keep);
        Encode(e, to);
        transport.Enqueue(Lanes.Of(e.Level), e.Logger.Otlp.Name, to.Written);
    }

    public static void Encode(LogEvent e, Utf8Text to)
    {
        var time = (ulong)(e.Time.Ticks - DateTimeOffset.UnixEpoch.Ticks) * 100;
        to.Long(OtlpLog.Time, time);
        to.Long(OtlpLog.ObservedTime, time);
        to.Append(s_severities[(int)e.Level]);
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
        var ids = e.Ids;
        to.Field(OtlpLog.TraceId, ids[..16]);
        to.Field(OtlpLog.SpanId, ids[16..]);
        to.Int(OtlpLog.Flags, (uint)(e.TraceFlags & ActivityTraceFlags.Recorded));
    }

    private static void Context(LogEvent e, Utf8Text to)
    {
        if (e.ParsedTemplate is { IsClean: true } template)
            s_template.Write(to, template.Utf8);
        if (e.EventId.Id != 0)
            s_event.Write(to, e.EventId.Id);
        s_thread.Write(to, e.ThreadId);
        if (e.UserId is { } user)
            s_user.Write(to, user);
        if (e.SessionId is { } session)
            s_session.Write(to, session);
        if (e.RequestId is { } request)
            s_request.Write(to, request);
    }

    private static void Field(LogEvent e, in LogField field, Utf8Text to)
    {
        switch (field.Kind)
        {
            case FieldKind.Null:
                break;
            case FieldKind.Integer:
                field.Key.Otlp.Write(to, field.Bits);
                break;
            case FieldKind.Real:
                field.Key.Otlp.Write(to, BitConverter.Int64BitsToDouble(field.Bits));
                break;
            case FieldKind.Boolean:
                field.Key.Otlp.Write(to, field.Bits != 0);
                break;
            default:
                field.Key.Otlp.Write(to, e.TextOf(field));
                break;
        }
    }

    private static byte[] SeverityOf(LogLevel level)
    {
        var fields = new Utf8Text(32);
        fields.Number(OtlpLog.SeverityNumber, (ulong)level * 4 + 1);
        fields.Field(OtlpLog.SeverityText, level.ToString());
        return fields.Written.ToArray();
    }
}
