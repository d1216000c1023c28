using System.Globalization;

namespace TocsinSdk.Crashes;

/// <summary>One call of a stack, crash site first.</summary>
internal readonly record struct StackFrameText(string Method, string? File, int? Line, int Repeated);

/// <summary>
/// Takes the runtime's stack text apart. The text is used and not the frames of <see
/// cref="System.Diagnostics.StackTrace"/>, because the runtime names async methods, lambdas and generics in it the way
/// developers know them.
/// </summary>
internal static class StackText
{
    /// <summary>A stack overflow has hundreds of thousands of frames; both ends tell the story.</summary>
    public const int MaxFrames = 250;

    public static List<StackFrameText> Parse(string? text)
    {
        var frames = new List<StackFrameText>();
        foreach (var raw in (text ?? "").AsSpan().EnumerateLines())
        {
            var line = raw.Trim();
            if (!line.StartsWith("at "))
                continue;
            var frame = Frame(line[3..]);
            if (frames.Count > 0 && frames[^1] is var last && last.Method == frame.Method && last.Line == frame.Line)
                frames[^1] = last with { Repeated = last.Repeated + 1 };
            else
                frames.Add(frame);
        }
        return Bounded(frames);
    }

    private static StackFrameText Frame(ReadOnlySpan<char> text)
    {
        var at = text.LastIndexOf(":line ");
        if (at < 0 || !int.TryParse(text[(at + 6)..], NumberStyles.None, CultureInfo.InvariantCulture, out var line))
            return new StackFrameText(text.ToString(), null, null, 1);
        var file = text[..at].LastIndexOf(") in ");
        return file < 0
            ? new StackFrameText(text[..at].ToString(), null, line, 1)
            : new StackFrameText(text[..(file + 1)].ToString(), text[(file + 5)..at].ToString(), line, 1);
    }

    public static List<StackFrameText> Bounded(List<StackFrameText> frames)
    {
        if (frames.Count <= MaxFrames)
            return frames;
        var left = frames.Count - (MaxFrames - 1);
        var bounded = frames.GetRange(0, MaxFrames / 2);
        bounded.Add(new StackFrameText($"[{left} frames left out]", null, null, 1));
        bounded.AddRange(frames.GetRange(MaxFrames / 2 + left, frames.Count - MaxFrames / 2 - left));
        return bounded;
    }
}
