using Tocsin.Model.Crashes;

namespace Tocsin.Cli.Run.Stderr;

/// <summary>
/// The last words of the .NET runtime. Its first line tells the kind of death, which exit code 134 does not.
/// </summary>
internal static class DotNetStderr
{
    private const string Runtime = "dotnet";

    public static StderrFinding? Read(string[] lines)
    {
        for (var i = lines.Length - 1; i >= 0; i--)
        {
            if (ReadAt(lines, i) is { } finding)
            {
                return finding;
            }
        }

        return null;
    }

    private static StderrFinding? ReadAt(string[] lines, int at)
    {
        var line = lines[at];
        var unhandled = line.IndexOf("Unhandled exception. ", StringComparison.OrdinalIgnoreCase);
        if (unhandled >= 0)
        {
            return Unhandled(lines, at, line[(unhandled + "Unhandled exception. ".Length)..]);
        }

        return line switch
        {
            _ when line.StartsWith("Unhandled Exception: ") =>
                Unhandled(lines, at, line["Unhandled Exception: ".Length..]),
            _ when line.StartsWith("Process terminated.") =>
                FailFast(lines, at, line["Process terminated.".Length..].Trim()),
            _ when line.StartsWith("Fatal error.") =>
                Fatal(lines, at, line["Fatal error.".Length..].Trim()),
            "Stack overflow." => Overflow(lines, at),
            "Out of memory." => OutOfMemory(at),
            _ => null,
        };
    }

    private static StderrFinding Unhandled(string[] lines, int at, string header)
    {
        var exception = DotNetException.Read(lines, at, header, out var last);
        var kind = exception.Type == "System.OutOfMemoryException" ? CrashClass.OutOfMemory : CrashClass.Unhandled;
        return new StderrFinding(kind, Runtime, at, last, exception);
    }

    private static StderrFinding OutOfMemory(int at) => new(CrashClass.OutOfMemory, Runtime, at, at,
        new CrashException { Type = "System.OutOfMemoryException", Message = "Out of memory." });

    private static StderrFinding FailFast(string[] lines, int at, string rest)
    {
        var message = new List<string> { rest };
        var i = at + 1;
        while (i < lines.Length && i - at <= DotNetException.MaxMessageLines && !DotNetException.IsFrame(lines[i]))
        {
            message.Add(lines[i++]);
        }

        var frames = Frames(lines, ref i);
        var exception = new CrashException
        {
            Type = "FailFast",
            Message = StackFolding.Message(message).TrimStart(),
            Frames = StackFolding.Cap(frames),
        };
        var last = Math.Min(i, lines.Length) - 1;

        // FailFast with an exception prints that one after its own stack.
        if (frames.Count > 0 && i < lines.Length && StackFolding.TrySplitHeader(lines[i], out var type, out _)
            && type.Contains('.'))
        {
            exception = exception with { Inner = [DotNetException.Read(lines, i, lines[i], out last)] };
        }

        return new StderrFinding(CrashClass.FailFast, Runtime, at, last, exception);
    }

    private static StderrFinding? Fatal(string[] lines, int at, string rest)
    {
        var headerAt = rest.Length > 0 ? at : at + 1; // runtimes before 10 print both on one line
        if (headerAt >= lines.Length)
        {
            return null;
        }

        var exception = DotNetException.Read(lines, headerAt, rest.Length > 0 ? rest : lines[headerAt], out var last);
        var kind = exception.Type == "System.AccessViolationException"
            ? CrashClass.AccessViolation
            : CrashClass.NativeAbort;
        return new StderrFinding(kind, Runtime, at, last, exception);
    }

    private static StderrFinding Overflow(string[] lines, int at)
    {
        var i = at + 1;
        var frames = Frames(lines, ref i);
        return new StderrFinding(CrashClass.StackOverflow, Runtime, at, Math.Min(i, lines.Length) - 1,
            new CrashException
        {
            Type = "System.StackOverflowException",
            Message = "The stack overflowed.",
            Frames = StackFolding.Cap(frames),
        });
    }

    /// <summary>Frames, among them groups "Repeated N times:" between dashed lines.</summary>
    private static List<CrashFrame> Frames(string[] lines, ref int i)
    {
        var frames = new List<CrashFrame>();
        var repeated = 1;
        for (var dashes = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            if (DotNetException.IsFrame(line))
            {
                frames.Add(DotNetException.Frame(line) with { Repeated = repeated });
            }
            else if (line.StartsWith("Repeat") && line.EndsWith("times:"))
            {
                repeated = line.Split(' ') is [_, var count, _] && int.TryParse(count, out var times) && times > 0
                    ? times
                    : 1;
                dashes = 0;
            }
            else if (line.StartsWith("------"))
            {
                repeated = ++dashes == 2 ? 1 : repeated;
            }
            else if (line.Length > 0)
            {
                break;
            }
        }

        return frames;
    }
}
