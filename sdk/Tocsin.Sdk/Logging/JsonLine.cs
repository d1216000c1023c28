namespace TocsinSdk.Logging;

/// <summary>One event as one line of JSON. The fields are listed in docs/formats/log-line.md.</summary>
internal static class JsonLine
{
    private static readonly byte[][] s_levels =
    [
        "\",\"level\":\"TRACE\",\"logger\":"u8.ToArray(), "\",\"level\":\"DEBUG\",\"logger\":"u8.ToArray(),
        "\",\"level\":\"INFO\",\"logger\":"u8.ToArray(), "\",\"level\":\"WARNING\",\"logger\":"u8.ToArray(),
        "\",\"level\":\"ERROR\",\"logger\":"u8.ToArray(), "\",\"level\":\"CRITICAL\",\"logger\":"u8.ToArray(),
    ];

    private static readonly byte[] s_process =
        System.Text.Encoding.ASCII.GetBytes($",\"process\":{Environment.ProcessId},\"thread\":");

    public static void Write(LogEvent e, Utf8Text to)
    {
        to.Append("{\"timestamp\":\""u8);
        TimeText.Append(to, e.Time);
        to.Append(s_levels[(int)e.Level]);
        to.Append(e.Logger.Json);
        to.Append(",\"message\":\""u8);
        to.AppendEscaped(e.Message);
        to.Append((byte)'"');
        if (e.ParsedTemplate is { IsClean: true } template)
        {
            to.Append(",\"template\":"u8);
            to.Append(template.Json);
        }
        if (e.EventId.Id != 0 || e.EventId.Name is not null)
            Event(e, to);
        if (e.Count > 0)
            Properties(e, to);
        if (e.Exception is { } exception)
            ExceptionJson.Write(exception, e, to);
        to.Append(s_process);
        to.Append(e.ThreadId);
        if (e.TraceId != default)
            Trace(e, to);
        Optional(to, ",\"request_id\":"u8, e.RequestId);
        Optional(to, ",\"user_id\":"u8, e.UserId);
        Optional(to, ",\"session_id\":"u8, e.SessionId);
        to.Append("}\n"u8);
    }

    private static void Event(LogEvent e, Utf8Text to)
    {
        if (e.EventId.Id != 0)
        {
            to.Append(",\"event_id\":"u8);
            to.Append(e.EventId.Id);
        }
        Optional(to, ",\"event\":"u8, e.EventId.Name);
    }

    private static void Properties(LogEvent e, Utf8Text to)
    {
        var between = ",\"properties\":{"u8;
        foreach (ref readonly var field in e.Fields)
        {
            to.Append(between);
            between = ","u8;
            to.Append(field.Key.Json);
            if (field.Kind == FieldKind.Text)
            {
                to.Append(":\""u8);
                to.AppendEscaped(e.TextOf(field));
                to.Append((byte)'"');
            }
            else
            {
                to.Append((byte)':');
                to.Append(e.TextOf(field));
            }
        }
        to.Append((byte)'}');
    }

    private static void Trace(LogEvent e, Utf8Text to)
    {
        to.Append(",\"trace_id\":\""u8);
        to.Append(e.TraceId.ToHexString());
        to.Append("\",\"span_id\":\""u8);
        to.Append(e.SpanId.ToHexString());
        to.Append((byte)'"');
    }

    private static void Optional(Utf8Text to, ReadOnlySpan<byte> name, string? value)
    {
        if (value is null)
            return;
        to.Append(name);
        to.AppendString(value);
    }
}
