using System.Globalization;
using Tocsin.Model.Crashes;

namespace Tocsin.Crashes.Stacks;

/// <summary>Stacks whose frames are "at …" lines, crash site first: .NET, Java, Node.</summary>
internal static class AtStack
{
    public static CrashException? Read(ReadOnlySpan<string> lines)
    {
        ExceptionBuilder? root = null;
        var open = new Stack<ExceptionBuilder>();
        int repeated = 1;
        bool suppressed = false;
        foreach (string line in lines)
        {
            string text = line.Trim();
            if (text.StartsWith("at ", StringComparison.Ordinal))
            {
                if (root is null)
                    open.Push(root = new ExceptionBuilder(null, ""));
                if (!suppressed && Frame(text[3..]) is { } frame)
                    open.Peek().AddFrame(frame with { Repeated = repeated });
                if (text.EndsWith("<---", StringComparison.Ordinal))
                    Pop(open);
            }
            else if (text.StartsWith("--- End of inner", StringComparison.Ordinal))
            {
                Pop(open);
            }
            else if (text.StartsWith("--->", StringComparison.Ordinal) && root is not null)
            {
                // "(Inner Exception #1)" belongs to the aggregate itself, not to the one printed before it.
                bool numbered = text.Contains("(Inner Exception #", StringComparison.Ordinal);
                Push(open, numbered && text.IndexOf(") ", StringComparison.Ordinal) is > 0 and var end
                    ? text[(end + 2)..] : text[4..]);
            }
            else if (text.StartsWith("Caused by: ", StringComparison.Ordinal) && root is not null)
            {
                suppressed = false;
                Push(open, text[11..]);
            }
            else if (text.StartsWith("Suppressed: ", StringComparison.Ordinal))
            {
                suppressed = true;
            }
            else if (text.StartsWith("Repeat", StringComparison.Ordinal)
                && text.EndsWith("times:", StringComparison.Ordinal))
            {
                repeated = Number(text);
            }
            else if (text.StartsWith("-----", StringComparison.Ordinal))
            {
                // The second dashed line ends what repeats.
                if (open.Count > 0 && open.Peek().Frames.Count > 0)
                    repeated = 1;
            }
            else if (root is null && text.Length > 0)
            {
                (string? type, string message) = StackText.Header(text);
                open.Push(root = new ExceptionBuilder(type, message));
            }
            else if (text.Length > 0 && open.Peek() is { HasFrames: false } current
                && !text.StartsWith("---", StringComparison.Ordinal))
            {
                current.AddMessage(text);
            }
        }
        return root is { HasFrames: true } ? root.Build() : null;
    }

    private static void Push(Stack<ExceptionBuilder> open, string header)
    {
        if (open.Count >= StackText.MaxDepth)
            return;
        (string? type, string message) = StackText.Header(header);
        var inner = new ExceptionBuilder(type, message);
        open.Peek().Inner.Add(inner);
        open.Push(inner);
    }

    private static void Pop(Stack<ExceptionBuilder> open)
    {
        if (open.Count > 1)
            open.Pop();
    }

    private static int Number(string text) =>
        int.TryParse(new string([.. text.Where(char.IsAsciiDigit)]), CultureInfo.InvariantCulture, out int n)
            ? Math.Max(1, n) : 1;

    /// <summary>Which runtime printed the line shows in how it names the place.</summary>
    private static CrashFrame? Frame(string text)
    {
        text = text.Replace("<---", "").Trim();
        if (text.Length is 0 or > 4000)
            return null;
        return Node(text) ?? Java(text) ?? DotNet(text);
    }

    /// <summary>"Object.compute (/app/fees.js:10:5)", "async /app/fees.js:10:5"</summary>
    private static CrashFrame? Node(string text)
    {
        string place = text, function = "";
        int open = text.LastIndexOf(" (", StringComparison.Ordinal);
        if (open > 0 && text.EndsWith(')'))
        {
            function = text[..open];
            place = text[(open + 2)..^1];
        }
        int column = place.LastIndexOf(':');
        int line = column > 0 ? place.LastIndexOf(':', column - 1) : -1;
        if (line <= 0 || !IsNumber(place.AsSpan(column + 1)) || !IsNumber(place.AsSpan(line + 1, column - line - 1)))
            return null;
        string file = place[..line].Replace("async ", "", StringComparison.Ordinal);
        foreach (string prefix in new[] { "async ", "new ", "Object.", "Module.", "exports." })
        {
            if (function.StartsWith(prefix, StringComparison.Ordinal))
                function = function[prefix.Length..];
        }
        int alias = function.IndexOf(" [as ", StringComparison.Ordinal);
        if (alias > 0)
            function = function[..alias];
        string module = ModuleName.Of(file);
        return new CrashFrame
        {
            Method = $"{module}.{(function.Length > 0 ? function : "anonymous")}",
            Module = module,
            File = file,
            Line = ToNumber(place[(line + 1)..column]),
        };
    }

    /// <summary>"com.acme.Fees.compute(Fees.java:12)"</summary>
    private static CrashFrame? Java(string text)
    {
        int open = text.LastIndexOf('(');
        if (open <= 0 || !text.EndsWith(')') || text.Contains(" in ", StringComparison.Ordinal))
            return null;
        string place = text[(open + 1)..^1];
        int colon = place.LastIndexOf(':');
        bool numbered = colon > 0 && IsNumber(place.AsSpan(colon + 1));
        bool source = place is "Native Method" or "Unknown Source" or "<generated>"
            || place.EndsWith(".java", StringComparison.Ordinal) || place.EndsWith(".kt", StringComparison.Ordinal);
        if (!numbered && !source)
            return null;
        return new CrashFrame
        {
            Method = text[..open],
            File = numbered ? place[..colon] : null,
            Line = numbered ? ToNumber(place[(colon + 1)..]) : null,
        };
    }

    /// <summary>"Bookings.Fees.Compute(Int32 id) in /src/Fees.cs:line 12"</summary>
    private static CrashFrame DotNet(string text)
    {
        int file = text.IndexOf(" in ", StringComparison.Ordinal);
        int line = text.LastIndexOf(":line ", StringComparison.Ordinal);
        if (file <= 0 || line <= file)
            return new CrashFrame { Method = text };
        return new CrashFrame { Method = text[..file], File = text[(file + 4)..line],
            Line = ToNumber(text[(line + 6)..]) };
    }

    private static bool IsNumber(ReadOnlySpan<char> text) =>
        text.Length is > 0 and < 10 && !text.ContainsAnyExceptInRange('0', '9');

    private static int? ToNumber(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : null;
}
