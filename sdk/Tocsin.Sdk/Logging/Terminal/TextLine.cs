namespace TocsinSdk.Logging.Terminal;

/// <summary>
/// One event for people: "04:05:06.123 INFO  Shop.Orders: 42 shipped", ids and exception below it where there are any.
/// </summary>
internal static class TextLine
{
    private static readonly byte[][] s_levels =
        ["TRACE "u8.ToArray(), "DEBUG "u8.ToArray(), "INFO  "u8.ToArray(), "WARN  "u8.ToArray(), "ERROR "u8.ToArray(), "CRIT  "u8.ToArray()];

    // Grey, cyan, green, yellow, red, white on red.
    private static readonly byte[][] s_colours =
        ["\e[90m"u8.ToArray(), "\e[36m"u8.ToArray(), "\e[32m"u8.ToArray(), "\e[33m"u8.ToArray(), "\e[31m"u8.ToArray(), "\e[97;41m"u8.ToArray()];

    public static void Write(LogEvent e, Utf8Text to, bool colour)
    {
        to.Append(e.Time.LocalDateTime, "HH:mm:ss.fff");
        to.Append((byte)' ');
        Coloured(to, colour ? s_colours[(int)e.Level] : [], s_levels[(int)e.Level]);
        to.Append(e.Category);
        to.Append(": "u8);
        Printable(to, e.Message);
        Id(to, " request="u8, e.RequestId);
        Id(to, " user="u8, e.UserId);
        to.Append((byte)'\n');
        if (e.Exception is not { } exception)
            return;
        for (var (cause, depth) = (exception, 0); cause is not null && depth < 8; cause = cause.InnerException, depth++)
            Exception(cause, depth, e, to);
    }

    private static void Exception(Exception exception, int depth, LogEvent e, Utf8Text to)
    {
        to.Append(depth == 0 ? "      "u8 : "      caused by "u8);
        to.Append(exception.GetType().FullName ?? exception.GetType().Name);
        to.Append(": "u8);
        to.Append(ExceptionJson.MessageOf(exception, e.Logger.Redactor));
        to.Append((byte)'\n');
        foreach (var frame in depth == 0 ? e.Frames : FrameText.Of(exception))
        {
            if (frame is null or { IsHidden: true })
                continue;
            to.Append("        at "u8);
            to.Append(frame.Json.AsSpan(1, frame.Json.Length - 2));
            to.Append((byte)'\n');
        }
    }

    private static void Coloured(Utf8Text to, ReadOnlySpan<byte> colour, ReadOnlySpan<byte> text)
    {
        to.Append(colour);
        to.Append(text);
        if (colour.Length > 0)
            to.Append("\e[0m"u8);
    }

    /// <summary>Control characters other than a line feed and a tab could make the terminal do things.</summary>
    private static void Printable(Utf8Text to, ReadOnlySpan<byte> text)
    {
        foreach (var b in text)
            to.Append(b is < 0x20 and not (byte)'\n' and not (byte)'\t' or 0x7f ? (byte)'?' : b);
    }

    private static void Id(Utf8Text to, ReadOnlySpan<byte> name, string? id)
    {
        if (id is null)
            return;
        to.Append(name);
        var at = to.Length;
        to.Append(id);
        var text = to.Slice(at, to.Length - at).ToArray();
        to.Truncate(at);
        Printable(to, text);
    }
}
