using Tocsin.Model.Crashes;

namespace Tocsin.Cli.Run.Stderr;

/// <summary>What the C and C++ libraries say before they abort.</summary>
internal static class NativeStderr
{
    private const string Runtime = "native";
    /// <summary>Inside .NET: it could not raise its own exception, most often for lack of memory.</summary>
    private const string RuntimeFault = "PAL_SEHException";

    private const string Terminate = "terminate called after throwing an instance of '";
    private const string What = "  what():  ";
    private const int MaxMessageLines = 40;

    private static readonly string[] LibraryWords =
    [
        "*** stack smashing detected ***", "*** buffer overflow detected ***", "double free or corruption", "free(): ",
        "malloc(): ",
        "malloc_consolidate(): ", "realloc(): ", "munmap_chunk(): ", "corrupted size vs. prev_size",
        "corrupted double-linked list",
        "pure virtual method called", "terminate called without an active exception",
    ];

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
        if (line.StartsWith(Terminate))
        {
            return Uncaught(lines, at);
        }

        if (Array.Exists(LibraryWords, w => line.StartsWith(w)))
        {
            var abort = new CrashException { Type = "abort", Message = StackFolding.Cap(line) };
            return new StderrFinding(CrashClass.NativeAbort, Runtime, at, at, abort);
        }

        if (line.Contains("ERROR: AddressSanitizer: "))
        {
            var message = line[(line.IndexOf("AddressSanitizer: ") + "AddressSanitizer: ".Length)..];
            return new StderrFinding(CrashClass.NativeAbort, Runtime, at, lines.Length - 1,
                new CrashException
                {
                    Type = "AddressSanitizer",
                    Message = StackFolding.Cap(message),
                    Frames = SanitizerFrames(lines, at),
                });
        }

        return line.Contains(": Assertion `") && line.EndsWith("' failed.")
            ? Assertion(line, at)
            : null;
    }

    private static StderrFinding Uncaught(string[] lines, int at)
    {
        var type = lines[at][Terminate.Length..].TrimEnd('\'');
        var message = new List<string>();
        var last = at;
        if (at + 1 < lines.Length && lines[at + 1].StartsWith(What))
        {
            message.Add(lines[at + 1][What.Length..]);
            for (last = at + 1;
                last + 1 < lines.Length && lines[last + 1].Length > 0 && message.Count < MaxMessageLines; last++)
            {
                message.Add(lines[last + 1]);
            }
        }

        var exception = new CrashException { Type = type, Message = StackFolding.Message(message) };
        return type == RuntimeFault
            ? new StderrFinding(CrashClass.NativeAbort, "dotnet", at, last, exception)
            : new StderrFinding(CrashClass.Unhandled, Runtime, at, last, exception);
    }

    /// <summary>"program: file.c:13: function: Assertion `x' failed."</summary>
    private static StderrFinding Assertion(string line, int at)
    {
        var parts = line[..line.IndexOf(": Assertion `")].Split(": ");
        var place = parts.Length >= 3 ? parts[^2].Split(':') : [];
        var frame = place.Length == 2 && int.TryParse(place[1], out var number)
            ? new CrashFrame { Method = parts[^1], File = place[0], Line = number }
            : null;
        return new StderrFinding(CrashClass.NativeAbort, Runtime, at, at, new CrashException
        {
            Type = "Assertion failed",
            Message = StackFolding.Cap(line[(line.IndexOf('`') + 1)..line.LastIndexOf('\'')]),
            Frames = frame is null ? [] : [frame],
        });
    }

    /// <summary>"    #0 0x4f8d in function file.c:12:3", until the first empty line.</summary>
    private static IReadOnlyList<CrashFrame> SanitizerFrames(string[] lines, int at)
    {
        var stack = lines.Skip(at + 1)
            .SkipWhile(l => !l.TrimStart().StartsWith("#0 "))
            .TakeWhile(l => l.TrimStart().StartsWith('#'));
        return StackFolding.Cap([.. stack.Select(SanitizerFrame)]);
    }

    private static CrashFrame SanitizerFrame(string line)
    {
        var words = line.Trim().Split(' ');
        var named = words is [_, _, "in", _, ..];
        var place = named && words.Length > 4 ? words[^1].Split(':') : [];
        return new CrashFrame
        {
            Method = named ? words[3] : line.Trim(),
            File = place.Length > 1 ? place[0] : null,
            Line = place.Length > 1 && int.TryParse(place[1], out var number) ? number : null,
        };
    }
}
