using Tocsin.Model.Crashes;

namespace Tocsin.Cli.Run.Stderr;

/// <summary>Rust panics, overflowed stacks and failed allocations.</summary>
internal static class RustStderr
{
    private const string Runtime = "rust";
    private const string Panicked = " panicked at ";
    private const int MaxMessageLines = 40;

    public static StderrFinding? Read(string[] lines)
    {
        var at = Array.FindLastIndex(lines, l => IsThread(l) || l.StartsWith("memory allocation of "));
        if (at < 0)
        {
            return null;
        }

        if (lines[at].Contains(Panicked))
        {
            return Panic(lines, at);
        }

        var overflow = IsThread(lines[at]);
        return new StderrFinding(overflow ? CrashClass.StackOverflow : CrashClass.OutOfMemory, Runtime, at, at,
            new CrashException
        {
            Type = overflow ? "stack overflow" : "memory allocation failed",
            Message = StackFolding.Cap(lines[at]),
        });
    }

    private static bool IsThread(string line) =>
        line.StartsWith("thread '")
        && (line.Contains(Panicked) || line.EndsWith(" has overflowed its stack"));

    private static StderrFinding Panic(string[] lines, int at)
    {
        var rest = lines[at][(lines[at].IndexOf(Panicked) + Panicked.Length)..];
        var message = new List<string>();
        var i = at + 1;
        if (rest.StartsWith('\'') && rest.LastIndexOf("', ") is > 0 and var quote)
        {
            message.Add(rest[1..quote]); // before 1.73: panicked at 'message', file:line:column
            rest = rest[(quote + 3)..];
        }

        for (; i < lines.Length && message.Count < MaxMessageLines && !IsAfterMessage(lines[i]); i++)
        {
            message.Add(lines[i]);
        }

        var frames = Frames(lines, ref i);
        if (frames.Count == 0)
        {
            frames.Add(Place(new CrashFrame { Method = "panic" }, rest.TrimEnd(':')));
        }

        return new StderrFinding(CrashClass.Unhandled, Runtime, at, Math.Min(i, lines.Length) - 1, new CrashException
        {
            Type = "panic",
            Message = StackFolding.Message(message),
            Frames = StackFolding.Cap(frames),
        });
    }

    private static bool IsAfterMessage(string line) =>
        line.Length == 0 || line.StartsWith("stack backtrace:")
        || line.StartsWith("note: ");

    /// <summary>Two lines each: "   4: path::function" and "             at file:line:column".</summary>
    private static List<CrashFrame> Frames(string[] lines, ref int i)
    {
        var frames = new List<CrashFrame>();
        for (; i < lines.Length && lines[i].Length > 0; i++)
        {
            var text = lines[i].TrimStart();
            var colon = text.IndexOf(": ");
            if (text.StartsWith("at ") && frames.Count > 0)
            {
                frames[^1] = Place(frames[^1], text[3..]);
            }
            else if (colon > 0 && int.TryParse(text[..colon], out _))
            {
                frames.Add(new CrashFrame { Method = text[(colon + 2)..] });
            }
        }

        return frames;
    }

    private static CrashFrame Place(CrashFrame frame, string place)
    {
        var parts = place.Split(':');
        return parts.Length >= 3 && int.TryParse(parts[^2], out var line)
            ? frame with { File = string.Join(':', parts[..^2]), Line = line }
            : frame with { File = place };
    }
}
