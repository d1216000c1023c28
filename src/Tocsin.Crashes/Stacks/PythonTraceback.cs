using System.Globalization;
using Tocsin.Model.Crashes;

namespace Tocsin.Crashes.Stacks;

/// <summary>Python's tracebacks: frames in reverse order, the causes printed before the exception they led
/// to.</summary>
internal static class PythonTraceback
{
    private const string FileWord = "File \"";

    public static bool IsOne(ReadOnlySpan<string> lines)
    {
        foreach (string line in lines)
        {
            if (Plain(line).StartsWith("Traceback (most recent call last)", StringComparison.Ordinal)
                || IsFrame(Plain(line)))
                return true;
        }
        return false;
    }

    public static CrashException? Read(ReadOnlySpan<string> lines)
    {
        ExceptionBuilder? outer = null;
        var frames = new List<CrashFrame>();
        bool inFrames = false;
        foreach (string line in lines)
        {
            string text = Plain(line);
            if (text.StartsWith("Traceback (most recent call last)", StringComparison.Ordinal))
            {
                frames.Clear();
                inFrames = true;
            }
            else if (IsFrame(text))
            {
                inFrames = true;
                if (Frame(text) is { } frame && frames.Count < StackText.MaxLines)
                    frames.Add(frame);
            }
            else if (inFrames && text.StartsWith("[Previous line repeated ", StringComparison.Ordinal)
                && frames.Count > 0)
            {
                frames[^1] = frames[^1] with { Repeated = 1 + Digits(text) };
            }
            else if (inFrames && text.Length > 0
                && !char.IsWhiteSpace(line.TrimStart('|', '+', ' ').Length == text.Length ? Indent(line) : ' '))
            {
                outer = Finish(text, frames, outer);
                inFrames = false;
            }
            else if (!inFrames && outer is not null && text.Length > 0 && !IsLink(text))
            {
                outer.AddMessage(text);
            }
        }
        return outer is { HasFrames: true } ? outer.Build() : null;
    }

    private static ExceptionBuilder Finish(string header, List<CrashFrame> frames, ExceptionBuilder? cause)
    {
        (string? type, string message) = StackText.Header(header);
        var read = new ExceptionBuilder(type, message);
        for (int i = frames.Count - 1; i >= 0; i--)
            read.AddFrame(frames[i]);
        if (cause is not null && Depth(cause) < StackText.MaxDepth)
            read.Inner.Add(cause);
        frames.Clear();
        return read;
    }

    private static int Depth(ExceptionBuilder chain)
    {
        int depth = 1;
        for (ExceptionBuilder? at = chain; at.Inner.Count > 0 && depth <= StackText.MaxDepth; at = at.Inner[0])
            depth++;
        return depth;
    }

    /// <summary>Source lines and markers stand below a frame, indented deeper than the exception's own line.</summary>
    private static char Indent(string line) => line.TrimStart('|', '+').StartsWith("  ", StringComparison.Ordinal)
        && !line.StartsWith("  |", StringComparison.Ordinal) && !line.StartsWith("  +", StringComparison.Ordinal) ? ' '
        : 'x';

    private static string Plain(string line)
    {
        // Exception groups draw a frame of '|' and '+' around each member.
        string text = line.TrimStart();
        return text.StartsWith("| ", StringComparison.Ordinal) || text.StartsWith("+ ", StringComparison.Ordinal)
            ? text[2..].Trim() : text.Trim();
    }

    private static bool IsFrame(string text) =>
        text.StartsWith(FileWord, StringComparison.Ordinal) && EndOfFile(text) >= 0;

    // Looked for behind the opening quote, which would else be taken for the closing one of an empty name.
    private static int EndOfFile(string text) => text.IndexOf("\", line ", FileWord.Length, StringComparison.Ordinal);

    private static bool IsLink(string text) =>
        text.StartsWith("During handling of the above", StringComparison.Ordinal)
        || text.StartsWith("The above exception was the direct cause", StringComparison.Ordinal);

    private static CrashFrame? Frame(string text)
    {
        int quote = EndOfFile(text);
        string file = text[FileWord.Length..quote];
        string rest = text[(quote + 8)..];
        int comma = rest.IndexOf(", in ", StringComparison.Ordinal);
        string function = comma < 0 ? "<module>" : rest[(comma + 5)..].Trim();
        if (file.Length > 2000 || function.Length > 500)
            return null;
        string module = ModuleName.Of(file);
        return new CrashFrame { Method = $"{module}.{function}", Module = module, File = file,
            Line = Digits(comma < 0 ? rest : rest[..comma]) };
    }

    private static int Digits(string text) =>
        int.TryParse(new string([.. text.Where(char.IsAsciiDigit).Take(9)]), NumberStyles.None,
            CultureInfo.InvariantCulture, out int n) ? n : 0;
}
