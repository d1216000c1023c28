using Tocsin.Model.Crashes;

namespace Tocsin.Cli.Run.Stderr;

/// <summary>What Node.js writes when it gives up: uncaught errors and rejections, V8's fatal errors.</summary>
internal static class NodeStderr
{
    private const string Runtime = "node";
    private const int MaxMessageLines = 40;
    private const int MaxCauses = 8;

    public static StderrFinding? Read(string[] lines) => Fatal(lines) ?? Uncaught(lines);

    /// <summary>The place, the source line, a line of carets, then the error as util.inspect prints it.</summary>
    private static StderrFinding? Uncaught(string[] lines)
    {
        var end = Array.FindLastIndex(lines, l => l.StartsWith("Node.js v"));
        var caret = Array.FindLastIndex(lines, end < 0 ? lines.Length - 1 : end, IsCaretLine);
        var start = caret + 1;
        while (start < lines.Length && lines[start].Length == 0)
        {
            start++;
        }

        // Without the closing version line (Node before 17) the frames have to prove that this is an error.
        if (caret < 2 || start >= lines.Length || (end < 0 && !(start + 1 < lines.Length && IsFrame(lines[start + 1]))))
        {
            return null;
        }

        var error = ReadError(lines, start, out var last, 0);
        var kind = error.Type == "RangeError" && error.Message.StartsWith("Maximum call stack")
            ? CrashClass.StackOverflow
            : CrashClass.Unhandled;
        return new StderrFinding(kind, Runtime, caret - 2, Math.Max(end, last), error);
    }

    private static bool IsCaretLine(string line) => line.Contains('^') && line.AsSpan().Trim().Trim('^').IsEmpty;

    private static bool IsFrame(string line) => line.TrimStart().StartsWith("at ") && line.StartsWith("   ");

    private static CrashException ReadError(string[] lines, int at, out int last, int depth)
    {
        var header = lines[at].Trim();
        const string cause = "[cause]: ";
        header = header.StartsWith(cause) ? header[cause.Length..] : header;
        header = header.StartsWith("Uncaught ") ? header["Uncaught ".Length..] : header;
        var message = new List<string>();
        var i = at + 1;
        while (i < lines.Length && message.Count < MaxMessageLines && !IsFrame(lines[i]) && !IsAfterMessage(lines[i]))
        {
            message.Add(lines[i++]);
        }

        var frames = new List<CrashFrame>();
        var open = false;
        for (; i < lines.Length && (IsFrame(lines[i]) || lines[i].TrimStart().StartsWith("... ")) && !open; i++)
        {
            open = lines[i].EndsWith(" {");
            if (IsFrame(lines[i]))
            {
                frames.Add(Frame(lines[i].TrimStart()["at ".Length..].TrimEnd(' ', '{')));
            }
        }

        last = Math.Min(i, lines.Length) - 1;
        var named = TrySplit(header, frames.Count > 0, out var type, out var text);
        var inner = open && depth < MaxCauses ? CauseBelow(lines, i, ref last, depth) : null;
        return new CrashException
        {
            Type = named ? type : "Uncaught",
            Message = StackFolding.Message([named ? text : header, .. message]),
            Frames = StackFolding.Cap(frames),
            Inner = inner is null ? [] : [inner],
        };
    }

    private static bool IsAfterMessage(string line) =>
        line.StartsWith("Node.js v") || line.StartsWith("(Use `node");

    private static CrashException? CauseBelow(string[] lines, int from, ref int last, int depth)
    {
        for (var i = from; i < lines.Length && lines[i].StartsWith(' '); i++)
        {
            if (lines[i].TrimStart().StartsWith("[cause]: "))
            {
                return ReadError(lines, i, out last, depth + 1);
            }
        }

        return null;
    }

    /// <summary>
    /// "TypeError: text", "Error [ERR_X]: text", or anything at all when a value that is no error was thrown.
    /// </summary>
    private static bool TrySplit(string header, bool hasFrames, out string type, out string message)
    {
        var open = header.EndsWith(" {") ? header[..^2] : header;
        var bracket = open.IndexOf(" [");
        var colon = open.IndexOf("]: ");
        if (bracket > 0 && colon > bracket)
        {
            (type, message) = (open[..bracket], open[(colon + 3)..]);
            return type.All(char.IsLetterOrDigit);
        }

        return StackFolding.TrySplitHeader(open, out type, out message)
            && (hasFrames || type.EndsWith("Error"));
    }

    /// <summary>"fn (file:line:column)" or only the place.</summary>
    private static CrashFrame Frame(string text)
    {
        var open = text.LastIndexOf(" (");
        var named = open > 0 && text.EndsWith(')');
        var place = named ? text[(open + 2)..^1] : text;
        var parts = place.Split(':');
        var line = parts.Length >= 3 && int.TryParse(parts[^2], out var number) && int.TryParse(parts[^1], out _)
            ? number
            : (int?)null;
        return new CrashFrame
        {
            Method = named ? text[..open] : line is null ? text : "<anonymous>",
            File = line is null ? null : string.Join(':', parts[..^2]),
            Line = line,
        };
    }

    private static StderrFinding? Fatal(string[] lines)
    {
        var at = Array.FindLastIndex(lines, l => l.StartsWith("FATAL ERROR: ")
            || l.StartsWith("# Fatal error in ") || l == "----- JavaScript stack trace -----");
        if (at < 0)
        {
            return null;
        }

        var heading = Array.FindLastIndex(lines, at, l => l.StartsWith("FATAL ERROR: "));
        var message = heading >= 0
            ? lines[heading]["FATAL ERROR: ".Length..]
            : lines[at].StartsWith('#') ? lines[at][2..] : "";
        var script = Array.FindLastIndex(lines, l => l == "----- JavaScript stack trace -----");
        var native = Array.FindLastIndex(lines, l => l == "----- Native stack trace -----");
        var frames = NumberedFrames(lines, script >= 0 ? script : native, out var last);
        var memory = message.Contains("out of memory", StringComparison.OrdinalIgnoreCase);
        var first = new[] { heading, native, script, at }.Where(i => i >= 0).Min();
        return new StderrFinding(memory ? CrashClass.OutOfMemory : CrashClass.NativeAbort, Runtime, first,
            Math.Max(last, at), new CrashException
            {
                Type = heading >= 0 ? "FATAL ERROR" : "abort",
                Message = StackFolding.Cap(message),
                Frames = StackFolding.Cap(frames),
            });
    }

    /// <summary>" 1: name (place)" or " 1: 0xb78db3 name [module]".</summary>
    private static List<CrashFrame> NumberedFrames(string[] lines, int heading, out int last)
    {
        var frames = new List<CrashFrame>();
        last = heading;
        for (var i = heading + 1; heading >= 0 && i < lines.Length; i++)
        {
            var text = lines[i].TrimStart();
            var colon = text.IndexOf(": ");
            if (colon > 0 && int.TryParse(text[..colon], out _))
            {
                frames.Add(Numbered(text[(colon + 2)..]));
                last = i;
            }
            else if (text.Length > 0)
            {
                break;
            }
        }

        return frames;
    }

    private static CrashFrame Numbered(string text)
    {
        if (!text.StartsWith("0x"))
        {
            return Frame(text);
        }

        var name = text[(text.IndexOf(' ') + 1)..];
        var module = name.EndsWith(']') ? name.LastIndexOf('[') : -1;
        return module < 0
            ? new CrashFrame { Method = name }
            : new CrashFrame
            {
                Method = module == 0 ? text[..text.IndexOf(' ')] : name[..module].TrimEnd(),
                Module = name[(module + 1)..^1],
            };
    }
}
