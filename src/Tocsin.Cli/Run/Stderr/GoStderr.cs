using Tocsin.Model.Crashes;

namespace Tocsin.Cli.Run.Stderr;

/// <summary>Go's panics and fatal errors: a headline, then the goroutines, the failing one first.</summary>
internal static class GoStderr
{
    private const int MaxMessageLines = 40;

    public static StderrFinding? Read(string[] lines)
    {
        var goroutine = Array.FindIndex(lines, IsGoroutine);
        if (goroutine < 0)
        {
            return null;
        }

        var at = Array.FindLastIndex(lines, goroutine, IsHeadline);
        if (at < 0 || goroutine - at > MaxMessageLines)
        {
            return null;
        }

        var line = lines[at].TrimStart();
        var panic = line.StartsWith("panic: ");
        var text = line[(line.IndexOf(": ") + 2)..];
        var frames = Frames(lines, goroutine + 1);
        var more = lines[(at + 1)..goroutine].Where(l => !l.StartsWith("[signal "));
        return new StderrFinding(ClassOf(panic, text), "go", at, Array.FindLastIndex(lines, l => l.Length > 0),
            new CrashException
        {
            Type = !panic ? "fatal error" : text.StartsWith("runtime error: ") ? "runtime error" : "panic",
            Message = StackFolding.Message([text, .. more]),
            Frames = StackFolding.Cap(frames),
        });
    }

    private static bool IsGoroutine(string line) =>
        line.StartsWith("goroutine ") && line.EndsWith("]:");

    private static bool IsHeadline(string line)
    {
        var text = line.TrimStart('\t');
        return text.StartsWith("panic: ") || text.StartsWith("fatal error: ");
    }

    private static CrashClass ClassOf(bool panic, string text) => text switch
    {
        _ when panic => CrashClass.Unhandled,
        _ when text.Contains("stack overflow") => CrashClass.StackOverflow,
        _ when text.Contains("out of memory") => CrashClass.OutOfMemory,
        _ when text.StartsWith("unexpected signal") => CrashClass.NativeAbort,
        _ => CrashClass.Unhandled,
    };

    /// <summary>Two lines each: "pkg.Func(args)" and a tab with "file.go:12 +0x1d".</summary>
    private static List<CrashFrame> Frames(string[] lines, int from)
    {
        var frames = new List<CrashFrame>();
        for (var i = from; i < lines.Length && lines[i].Length > 0; i++)
        {
            if (lines[i].StartsWith('\t') || i + 1 >= lines.Length || !lines[i + 1].StartsWith('\t'))
            {
                continue;
            }

            var place = lines[i + 1].Trim().Split(' ')[0];
            var colon = place.LastIndexOf(':');
            var call = lines[i].LastIndexOf('(');
            frames.Add(new CrashFrame
            {
                Method = call > 0 && lines[i].EndsWith(')') ? lines[i][..call] : lines[i],
                File = colon > 0 ? place[..colon] : place,
                Line = colon > 0 && int.TryParse(place[(colon + 1)..], out var number) ? number : null,
            });
        }

        return frames;
    }
}
