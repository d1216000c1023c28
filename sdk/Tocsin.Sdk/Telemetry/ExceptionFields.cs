using System.Globalization;
using TocsinSdk.Logging;
using TocsinSdk.Transport;

namespace TocsinSdk.Telemetry;

/// <summary>exception.* of a log record, and code.* from the frame it was thrown in.</summary>
internal static class ExceptionFields
{
    public static void Write(Exception exception, LogEvent e, Utf8Text to)
    {
        var redactor = e.Logger.Redactor;
        OtlpLog.Attribute(to, "exception.type", exception.GetType().FullName ?? exception.GetType().Name);
        OtlpLog.Attribute(to, "exception.message", ExceptionJson.MessageOf(exception, redactor));
        OtlpLog.Attribute(to, "exception.stacktrace", Whole(exception, e));
        if (exception.StackTrace is { Length: > 0 } stack)
            Code(stack.AsSpan(), to);
    }

    /// <summary>ToString is the application's code, and may throw.</summary>
    private static ReadOnlySpan<char> Whole(Exception exception, LogEvent e)
    {
        try
        {
            var text = e.Logger.Redactor.Redact(exception.ToString());
            return text.AsSpan(0, Math.Min(text.Length, FieldValue.MaxText));
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            return exception.StackTrace;
        }
    }

    // "   at Shop.Orders.Ship(Int32 id) in /src/Orders.cs:line 12"
    private static void Code(ReadOnlySpan<char> stack, Utf8Text to)
    {
        var end = stack.IndexOfAny('\r', '\n');
        var frame = (end < 0 ? stack : stack[..end]).Trim();
        var bracket = frame.IndexOf('(');
        if (!frame.StartsWith("at ") || bracket < 4)
            return;
        OtlpLog.Attribute(to, "code.function.name", frame[3..bracket]);
        var file = frame.LastIndexOf(") in ");
        var line = frame.LastIndexOf(":line ");
        if (file < 0 || line < file)
            return;
        OtlpLog.Attribute(to, "code.file.path", frame[(file + 5)..line]);
        if (int.TryParse(frame[(line + 6)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            OtlpLog.Attribute(to, "code.line.number", number);
    }
}
