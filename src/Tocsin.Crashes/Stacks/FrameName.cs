using System.Text;

namespace Tocsin.Crashes.Stacks;

/// <summary>
/// The name by which a stack frame is recognised in every build: no parameters, no generic arguments, and the
/// compiler's
/// own names (state machines, closures, lambdas, local functions) turned back into the method that was written.
/// </summary>
internal static class FrameName
{
    private const int MaxLength = 1000, MaxNesting = 8;

    /// <summary>"Bookings.Fees.&lt;Compute&gt;d__4.MoveNext()" and "Bookings.Fees.Compute(Int32 id)" give
    /// "Bookings.Fees.Compute".</summary>
    public static string Identity(string method) => Identity(method, 0);

    private static string Identity(string method, int nesting)
    {
        string plain = Bare(method);
        if (nesting > MaxNesting)
            return plain;
        var parts = new List<string>();
        bool machine = false;
        foreach (string segment in Split(plain))
        {
            if (machine && segment == "MoveNext")
                continue;
            machine = false;
            if (segment.StartsWith("<>", StringComparison.Ordinal))
                continue;
            if (segment[0] == '<')
                machine = AddGenerated(segment, parts, nesting);
            else
                AddPlain(segment, parts);
        }
        return parts.Count == 0 ? plain : string.Join('.', parts);
    }

    /// <summary>Without "at", "async", parameters, native or Java module.</summary>
    private static string Bare(string method)
    {
        ReadOnlySpan<char> text = method.AsSpan(0, Math.Min(method.Length, MaxLength)).Trim();
        foreach (string prefix in new[] { "at ", "async ", "new " })
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal))
                text = text[prefix.Length..];
        }
        int parameters = text[Math.Min(1, text.Length)..].IndexOf('(');
        if (parameters >= 0)
            text = text[..(parameters + 1)];
        text = text[(text.IndexOf('!') + 1)..];
        int module = text.LastIndexOf('/');
        if (module >= 0 && !text.Contains('<') && !text.Contains("$$", StringComparison.Ordinal))
            text = text[(module + 1)..];
        return text.Trim().ToString();
    }

    /// <summary>Cuts at '.', '+' and '/' outside angle and square brackets; ".ctor" keeps its dot.</summary>
    private static IEnumerable<string> Split(string text)
    {
        var segment = new StringBuilder();
        int depth = 0;
        foreach (char c in text)
        {
            depth += c is '<' or '[' ? 1 : c is '>' or ']' && depth > 0 ? -1 : 0;
            if (depth > 0 || c is not ('.' or '+' or '/'))
            {
                segment.Append(c);
            }
            else if (segment.Length > 0)
            {
                yield return segment.ToString();
                segment.Clear();
            }
            else if (c == '.')
            {
                segment.Append(c);
            }
        }
        if (segment.Length > 0 && segment.ToString() != ".")
            yield return segment.ToString();
    }

    /// <summary>A name the C# compiler made: &lt;Outer&gt;kind…. True when it is a state machine, whose MoveNext is
    /// noise.</summary>
    private static bool AddGenerated(string segment, List<string> parts, int nesting)
    {
        int close = Closing(segment);
        if (close < 0)
        {
            parts.Add(segment);
            return false;
        }
        string written = segment[1..close], kind = segment[(close + 1)..];
        if (kind.StartsWith('F') && kind.Contains("__", StringComparison.Ordinal))
        {
            parts.Add(kind[(kind.IndexOf("__", StringComparison.Ordinal) + 2)..]);
            return false;
        }
        if (written.Length > 0)
            parts.Add(Identity(written, nesting + 1));
        if (kind.StartsWith("b__", StringComparison.Ordinal))
            parts.Add("lambda");
        if (kind.StartsWith("g__", StringComparison.Ordinal))
            parts.Add(kind[3..].Split('|')[0]);
        return kind.StartsWith('d');
    }

    private static int Closing(string segment)
    {
        int depth = 0;
        for (int i = 0; i < segment.Length; i++)
        {
            depth += segment[i] == '<' ? 1 : segment[i] == '>' ? -1 : 0;
            if (depth == 0)
                return i;
        }
        return -1;
    }

    private static void AddPlain(string segment, List<string> parts)
    {
        int end = segment.AsSpan(1).IndexOfAny("`[<@") + 1;
        string name = end > 0 ? segment[..end] : segment;
        if (!name.Contains('$'))
        {
            parts.Add(name);
            return;
        }
        // Java: lambda$compute$0, Outer$Inner, Outer$1, Proxy$$EnhancerBySpringCGLIB$$1a2b
        int proxy = name.IndexOf("$$", StringComparison.Ordinal);
        string[] pieces = (proxy > 0 ? name[..proxy] : name).Split('$', StringSplitOptions.RemoveEmptyEntries);
        bool lambda = pieces.Length > 1 && pieces[0] == "lambda";
        parts.AddRange(pieces.Skip(lambda ? 1 : 0).Where(p => !p.All(char.IsAsciiDigit)));
        if (lambda)
            parts.Add("lambda");
    }
}
