using Tocsin.Model.Crashes;

namespace Tocsin.Cli.Run.Stderr;

/// <summary>An exception that ended a Java thread, with its causes.</summary>
internal static class JavaStderr
{
    private const string Marker = "Exception in thread \"";
    private const int MaxMessageLines = 40;

    public static StderrFinding? Read(string[] lines)
    {
        var at = Array.FindLastIndex(lines, l => l.StartsWith(Marker));
        var quote = at < 0 ? -1 : lines[at].IndexOf("\" ", Marker.Length);
        if (quote < 0)
        {
            return null;
        }

        var chain = Causes(lines, at, lines[at][(quote + 2)..], out var last);
        CrashException? exception = null;
        for (var i = Math.Min(chain.Count, StackFolding.MaxInnerDepth) - 1; i >= 0; i--)
        {
            exception = exception is null ? chain[i] : chain[i] with { Inner = [exception] };
        }

        var kind = exception!.Type switch
        {
            "java.lang.OutOfMemoryError" => CrashClass.OutOfMemory,
            "java.lang.StackOverflowError" => CrashClass.StackOverflow,
            _ => CrashClass.Unhandled,
        };
        return new StderrFinding(kind, "jvm", at, last, exception);
    }

    private static List<CrashException> Causes(string[] lines, int at, string header, out int last)
    {
        const string cause = "Caused by: ";
        var chain = new List<CrashException>();
        while (true)
        {
            var message = new List<string>();
            var frames = new List<CrashFrame>();
            var i = at + 1;
            for (; i < lines.Length && !IsStack(lines[i]) && message.Count < MaxMessageLines; i++)
            {
                message.Add(lines[i]);
            }

            var hasStack = i < lines.Length && IsStack(lines[i]);
            for (; i < lines.Length && lines[i].StartsWith('\t'); i++)
            {
                // Suppressed exceptions are indented one step more; they are neither site nor cause.
                if (lines[i].StartsWith("\tat "))
                {
                    frames.Add(Frame(lines[i]["\tat ".Length..]));
                }
            }

            var named = StackFolding.TrySplitHeader(header, out var type, out var text);
            chain.Add(new CrashException
            {
                Type = named ? type : "Throwable",
                Message = StackFolding.Message([named ? text : header, .. hasStack ? message : []]),
                Frames = StackFolding.Cap(frames),
            });
            last = hasStack ? i - 1 : at;
            if (!hasStack || i >= lines.Length || !lines[i].StartsWith(cause))
            {
                return chain;
            }

            (at, header) = (i, lines[i][cause.Length..]);
        }
    }

    private static bool IsStack(string line) =>
        line.StartsWith("\tat ") || line.StartsWith("\t... ")
        || line.StartsWith("Caused by: ");

    /// <summary>"module/package.Class.method(File.java:12)".</summary>
    private static CrashFrame Frame(string text)
    {
        var open = text.LastIndexOf('(');
        if (open <= 0 || !text.EndsWith(')'))
        {
            return new CrashFrame { Method = text };
        }

        var slash = text.LastIndexOf('/', open);
        var place = text[(open + 1)..^1].Split(':');
        return new CrashFrame
        {
            Method = text[(slash + 1)..open],
            Module = slash > 0 ? text[..slash] : null,
            File = place.Length == 2 ? place[0] : null,
            Line = place.Length == 2 && int.TryParse(place[1], out var number) ? number : null,
        };
    }
}
