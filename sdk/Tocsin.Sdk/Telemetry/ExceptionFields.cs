using TocsinSdk.Logging;
using TocsinSdk.Transport;

namespace TocsinSdk.Telemetry;

/// <summary>exception.* of a log record, and code.* from the frame it came from.</summary>
internal static class ExceptionFields
{
    public static void Write(Exception exception, LogEvent e, Utf8Text to)
    {
        var redactor = e.Logger.Redactor;
        OtlpLog.Attribute(to, "exception.type", exception.GetType().FullName ?? exception.GetType().Name);
        OtlpLog.Attribute(to, "exception.message", ExceptionJson.MessageOf(exception, redactor));
        OtlpLog.Attribute(to, "exception.stacktrace", Whole(exception, e));
        if (FrameText.PlaceIn(e.Frames) is { } frame)
            to.Append(frame.Code);
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
}
