using TocsinSdk.Redaction;

namespace TocsinSdk.Logging;

/// <summary>An exception with its causes: type, message, frames; then module, function and line of the place it came from.</summary>
internal static class ExceptionJson
{
    private const int MaxDepth = 8, MaxFrames = 100;

    public static void Write(Exception exception, LogEvent e, Utf8Text to)
    {
        to.Append(",\"exception\":"u8);
        One(exception, e.Frames, e.Logger.Redactor, to, 0);
        if (FrameText.PlaceIn(e.Frames) is { } frame)
            Place(frame, to);
    }

    private static void Place(FrameText frame, Utf8Text to)
    {
        if (frame.Module is { } module)
        {
            to.Append(",\"module\":"u8);
            to.Append(module);
        }
        to.Append(",\"function\":"u8);
        to.Append(frame.Function);
        if (frame.Line == 0)
            return;
        to.Append(",\"line\":"u8);
        to.Append(frame.Line);
    }

    private static void One(Exception exception, FrameText?[] frames, Redactor redactor, Utf8Text to, int depth)
    {
        to.Append("{\"type\":"u8);
        to.AppendString(exception.GetType().FullName ?? exception.GetType().Name);
        to.Append(",\"message\":"u8);
        to.AppendString(MessageOf(exception, redactor));
        Frames(frames, to);
        if (depth < MaxDepth)
            Causes(exception, redactor, to, depth);
        to.Append((byte)'}');
    }

    private static void Frames(FrameText?[] frames, Utf8Text to)
    {
        var count = 0;
        foreach (var frame in frames)
        {
            if (frame is null or { IsHidden: true } || count == MaxFrames)
                continue;
            if (count++ == 0)
                to.Append(",\"frames\":["u8);
            else
                to.Append((byte)',');
            to.Append(frame.Json);
        }
        if (count > 0)
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
                One(several.InnerExceptions[i], FrameText.Of(several.InnerExceptions[i]), redactor, to, depth + 1);
            }
            to.Append((byte)']');
        }
        else if (exception.InnerException is { } inner)
        {
            to.Append(",\"cause\":"u8);
            One(inner, FrameText.Of(inner), redactor, to, depth + 1);
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
