using Tocsin.Model.Crashes;

namespace Tocsin.Cli.Run.Stderr;

/// <summary>Keeps stacks and messages to a size worth storing.</summary>
internal static class StackFolding
{
    public const int MaxFrames = 250;
    public const int MaxMessageChars = 8 * 1024;
    public const int MaxInnerDepth = 16;

    /// <summary>
    /// Joins equal neighbours into one repeated frame, then keeps both ends of what is still too long.
    /// </summary>
    public static IReadOnlyList<CrashFrame> Cap(IReadOnlyList<CrashFrame> frames)
    {
        var folded = new List<CrashFrame>();
        foreach (var frame in frames)
        {
            if (folded.Count > 0 && folded[^1] with { Repeated = 1 } == frame with { Repeated = 1 })
            {
                folded[^1] = folded[^1] with { Repeated = folded[^1].Repeated + frame.Repeated };
            }
            else
            {
                folded.Add(frame);
            }
        }

        if (folded.Count <= MaxFrames)
        {
            return folded;
        }

        const int half = MaxFrames / 2;
        var left = folded.Count - MaxFrames + 1;
        return [.. folded[..half], new CrashFrame { Method = $"... {left} frames left out ..." },
            .. folded[^(half - 1)..]];
    }

    public static string Message(IEnumerable<string> lines) => Cap(string.Join('\n', lines).TrimEnd());

    public static string Cap(string text) => text.Length <= MaxMessageChars ? text : text[..MaxMessageChars] + "…";

    /// <summary>Splits "Type: message". False when what stands before the colon cannot be a type name.</summary>
    public static bool TrySplitHeader(string line, out string type, out string message)
    {
        var colon = line.IndexOf(": ");
        type = colon < 0 ? line.TrimEnd(':', ' ') : line[..colon];
        message = colon < 0 ? "" : line[(colon + 2)..];
        return IsTypeName(type);
    }

    private static bool IsTypeName(string text) =>
        text.Length is > 0 and < 512
        && (char.IsLetter(text[0]) || text[0] is '_' or '$')
        && text.All(c => char.IsLetterOrDigit(c)
        || c is '.' or '_' or '+' or '`' or '$' or '[' or ']' or ',' or '<' or '>' or '&');
}
