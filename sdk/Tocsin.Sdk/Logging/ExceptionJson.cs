using TocsinSdk.Redaction;

namespace TocsinSdk.Logging;

/// <summary>An exception with its causes: type, message, frames; then module, function and line of the place it came from.</summary>
internal static class ExceptionJson
{
    private const int MaxDepth = 8, MaxFrames = 100;

    public static void Write(Exception exception, LogEvent e, Utf8Text to)
    {
        to.Append(",\"exception\":"u8);
        One(exception, e.Logger.Redactor, to, 0);
    }

    private static void One(Exception exception, Redactor redactor, Utf8Text to, int depth)
    {
        to.Append("{\"type\":"u8);
        to.AppendString(exception.GetType().FullName ?? exception.GetType().Name);
        to.Append(",\"message\":"u8);
        to.AppendString(MessageOf(exception, redactor));
        if (exception.StackTrace is { } stack)
            Frames(redactor.Redact(stack), to);
        if (depth < MaxDepth)
            Causes(exception, redactor, to, depth);
        to.Append((byte)'}');
    }

    private static void Frames(ReadOnlySpan<char> stack, Utf8Text to)
    {
        to.Append(",\"frames\":["u8);
        var count = 0;
        foreach (var line in stack.EnumerateLines())
        {
            var frame = line.Trim();
            if (frame.StartsWith("at "))
                frame = frame[3..];
            if (frame.Length == 0 || count == MaxFrames)
                continue;
            if (count++ > 0)
                to.Append((byte)',');
            to.AppendString(frame);
        }
        to.Append((byte)']');
    }

    private static void Causes(Exception exception, Redactor redactor, Utf8Text to, int depth)
    {
        if (exception is AggregateException { InnerExceptions.Count: > 1 } several)
        {
            to.Append(",\"causes\":["u8);
            for (var i = 0; i < Math.Min(several.InnerExceptions.Count, 8); i++)
            {
                if (i > 0)
                    to.Append((byte)',');
                One(several.InnerExceptions[i], redactor, to, depth + 1);
            }
            to.Append((byte)']');
        }
        else if (exception.InnerException is { } inner)
        {
            to.Append(",\"cause\":"u8);
            One(inner, redactor, to, depth + 1);
        }
    }

    /// <summary>Message is the application's code, and may throw.</summary>
    public static string MessageOf(Exception exception, Redactor redactor)
    {
        try
        {
            return redactor.Redact(exception.Message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return "(its Message threw " + e.GetType().Name + ")";
        }
    }
}
