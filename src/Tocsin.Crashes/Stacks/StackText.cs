using Tocsin.Model.Crashes;

namespace Tocsin.Crashes.Stacks;

/// <summary>
/// Reads the stack as runtimes print it: .NET, Java and Node ("at …" lines, causes below "---&gt;" or "Caused by:"),
/// and
/// Python tracebacks. Works on hostile text in linear time; what cannot be read is left out.
/// </summary>
internal static class StackText
{
    internal const int MaxText = 256 * 1024, MaxLines = 4000, MaxFrames = 250, MaxDepth = 20;

    /// <summary>The exception in the text; null when there is no frame in it.</summary>
    public static CrashException? Parse(string text)
    {
        if (text.Length > MaxText)
            text = text[..MaxText];
        string[] lines = text.Split('\n', MaxLines + 1);
        int count = Math.Min(lines.Length, MaxLines);
        for (int i = 0; i < count; i++)
            lines[i] = lines[i].TrimEnd('\r');
        ReadOnlySpan<string> all = lines.AsSpan(0, count);
        return PythonTraceback.IsOne(all) ? PythonTraceback.Read(all) : AtStack.Read(all);
    }

    /// <summary>
    /// The exception that ended the program, in the last lines it wrote to standard error. Only text that starts with
    /// the
    /// words with which a runtime announces an uncaught error counts.
    /// </summary>
    public static CrashException? Uncaught(string stderr)
    {
        int start = -1;
        foreach (string words in s_announcements)
            start = Math.Max(start, LastLineStart(stderr, words));
        return start < 0 ? null : Parse(stderr[start..]);
    }

    private static readonly string[] s_announcements =
        ["Unhandled exception. ", "Traceback (most recent call last):", "Exception in thread \"", "Uncaught ",
            "[UnhandledPromiseRejection"];

    private static int LastLineStart(string text, string words)
    {
        int at = text.LastIndexOf(words, StringComparison.Ordinal);
        while (at > 0 && text[at - 1] != '\n')
            at = text.LastIndexOf(words, at - 1, StringComparison.Ordinal);
        return at;
    }

    /// <summary>"Type: message" cut in two. The type is null when the line does not start with a type's name.</summary>
    internal static (string? Type, string Message) Header(string line)
    {
        string text = line.Trim();
        foreach (string words in new[] { "Unhandled exception. ", "Uncaught " })
        {
            if (text.StartsWith(words, StringComparison.Ordinal))
                text = text[words.Length..];
        }
        if (text.StartsWith("Exception in thread \"", StringComparison.Ordinal)
            && text.IndexOf("\" ", 21, StringComparison.Ordinal) is > 0 and var end)
            text = text[(end + 2)..];
        int colon = text.IndexOf(':');
        // A type may carry an error code: "TypeError [ERR_X]: …".
        string type = (colon < 0 ? text : text[..colon]).Trim();
        int code = type.IndexOf(" [", StringComparison.Ordinal);
        if (code > 0)
            type = type[..code];
        if (type.Length is 0 or > 300
            || type.Any(c =>
            !(char.IsLetterOrDigit(c) || c is '.' or '_' or '+' or '`' or '$' or '[' or ']' or ',' or '<' or '>')))
            return (null, text);
        return (type, colon < 0 ? "" : text[(colon + 1)..].Trim());
    }
}
