using Tocsin.Model.Crashes;

namespace Tocsin.Cli.Run.Stderr;

/// <summary>Python tracebacks: chained, grouped, and those of the interpreter's own fatal errors.</summary>
internal static class PythonStderr
{
    private const string Runtime = "python";
    private const string Traceback = "Traceback (most recent call last):";
    private const string Cause = "The above exception was the direct cause of the following exception:";
    private const string Context = "During handling of the above exception, another exception occurred:";
    private const int MaxMessageLines = 40;

    public static StderrFinding? Read(string[] lines) => Chain(lines) ?? Fatal(lines) ?? Syntax(lines);

    private static StderrFinding? Chain(string[] lines)
    {
        CrashException? exception = null;
        int first = 0, last = 0;
        var chained = false;
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i] is Cause or Context)
            {
                chained = exception is not null;
            }
            else if (lines[i].EndsWith("Exception Group " + Traceback))
            {
                (exception, first) = (Group(lines, i, out last), i);
                i = last;
            }
            else if (lines[i] == Traceback)
            {
                var inner = chained ? exception : null;
                if (ReadBlock(lines, i, out var end) is not { } block)
                {
                    continue;
                }

                exception = inner is null ? block : block with { Inner = [inner] };
                (first, last, chained) = (inner is null ? i : first, end, false);
                i = end;
            }
        }

        return exception is null
            ? null
            : new StderrFinding(ClassOf(exception.Type), Runtime, first, last, Shorten(exception, 0));
    }

    private static CrashClass ClassOf(string type) => type switch
    {
        "MemoryError" => CrashClass.OutOfMemory,
        "RecursionError" => CrashClass.StackOverflow,
        _ => CrashClass.Unhandled,
    };

    private static CrashException Shorten(CrashException exception, int depth) =>
        depth >= StackFolding.MaxInnerDepth
            ? exception with { Inner = [] }
            : exception with { Inner = [.. exception.Inner.Select(e => Shorten(e, depth + 1))] };

    private static CrashException? ReadBlock(string[] lines, int at, out int last)
    {
        var frames = new List<CrashFrame>();
        var i = at + 1;
        for (; i < lines.Length && lines[i].StartsWith("  "); i++)
        {
            AddFrame(frames, lines[i]);
        }

        last = i;
        if (i >= lines.Length || !StackFolding.TrySplitHeader(lines[i], out var type, out var text))
        {
            return null;
        }

        var message = new List<string> { text };
        bool More(int at) => at < lines.Length && message.Count < MaxMessageLines;
        for (i++; More(i) && lines[i] is not (Cause or Context or Traceback); i++)
        {
            message.Add(lines[i]);
            last = lines[i].Length > 0 ? i : last;
        }

        frames.Reverse(); // Python prints the crash site last
        return new CrashException
        {
            Type = type,
            Message = StackFolding.Message(message),
            Frames = StackFolding.Cap(frames),
        };
    }

    private static void AddFrame(List<CrashFrame> frames, string line)
    {
        const string repeated = "  [Previous line repeated ";
        if (line.StartsWith("  File \"") && Frame(line) is { } frame)
        {
            frames.Add(frame);
        }
        else if (line.StartsWith(repeated) && frames.Count > 0
            && int.TryParse(line[repeated.Length..].Split(' ')[0], out var times) && times > 0)
        {
            frames[^1] = frames[^1] with { Repeated = frames[^1].Repeated + times };
        }
    }

    /// <summary>File "x.py", line 3, in f; the fatal-error form has no comma before "in".</summary>
    private static CrashFrame? Frame(string line)
    {
        var text = line.Trim();
        var quote = text.LastIndexOf("\", line ");
        if (quote < "File \"".Length)
        {
            return null;
        }

        var rest = text[(quote + "\", line ".Length)..];
        var digits = rest.TakeWhile(char.IsAsciiDigit).Count();
        var method = rest[digits..].TrimStart(',', ' ');
        return new CrashFrame
        {
            Method = method.StartsWith("in ") ? method[3..] : "<module>",
            File = text["File \"".Length..quote],
            Line = int.TryParse(rest[..digits], out var number) ? number : null,
        };
    }

    /// <summary>
    /// Every line of a group is drawn in a frame of "|" and "+"; its members are separated by "+---- n ----".
    /// </summary>
    private static CrashException? Group(string[] lines, int at, out int last)
    {
        var parts = new List<List<string>> { new() };
        last = at;
        for (var i = at; i < lines.Length; i++)
        {
            var text = lines[i].TrimStart();
            if (text.StartsWith("+-"))
            {
                parts.Add([]);
            }
            else if (text.StartsWith("| "))
            {
                parts[^1].Add(text[2..]);
            }
            else if (i > at)
            {
                break;
            }

            last = i;
        }

        var members = parts.Select(Member).ToList();
        return members[0] is { } head ? head with { Inner = [.. members.Skip(1).OfType<CrashException>()] } : null;
    }

    private static CrashException? Member(List<string> lines)
    {
        var block = lines.Count > 0 && lines[0].EndsWith(Traceback) ? lines : [Traceback, .. lines];
        return ReadBlock([.. block], 0, out _);
    }

    private static StderrFinding? Fatal(string[] lines)
    {
        const string marker = "Fatal Python error: ";
        var at = Array.FindLastIndex(lines, l => l.StartsWith(marker));
        if (at < 0)
        {
            return null;
        }

        var frames = new List<CrashFrame>();
        var last = at;
        for (var i = at + 1; i < lines.Length && (lines[i].Length == 0 || lines[i].StartsWith("  ")
            || lines[i].Contains("(most recent call first)")); i++)
        {
            AddFrame(frames, lines[i]);
            last = i;
        }

        return new StderrFinding(CrashClass.NativeAbort, Runtime, at, last, new CrashException
        {
            Type = "Fatal Python error",
            Message = StackFolding.Cap(lines[at][marker.Length..]),
            Frames = StackFolding.Cap(frames),
        });
    }

    /// <summary>Syntax errors of the main script come without a traceback.</summary>
    private static StderrFinding? Syntax(string[] lines)
    {
        var at = Array.FindLastIndex(lines, l => l.StartsWith("SyntaxError: ")
            || l.StartsWith("IndentationError: ") || l.StartsWith("TabError: "));
        var file = at < 0 ? -1 : Array.FindLastIndex(lines, at, l => l.StartsWith("  File \""));
        if (file < 0 || at - file > 4 || !StackFolding.TrySplitHeader(lines[at], out var type, out var message))
        {
            return null;
        }

        return new StderrFinding(CrashClass.Unhandled, Runtime, file, at, new CrashException
        {
            Type = type,
            Message = StackFolding.Cap(message),
            Frames = Frame(lines[file]) is { } frame ? [frame] : [],
        });
    }
}
