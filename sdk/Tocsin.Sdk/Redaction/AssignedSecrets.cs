using System.Buffers;

namespace TocsinSdk.Redaction;

/// <summary>
/// Secrets with their name before them: password=x, "apiKey": "x", Authorization: Bearer x, ...;Password=x y;...
/// </summary>
internal static class AssignedSecrets
{
    private const int MaxName = 64, MaxBlanks = 4;

    private static readonly SearchValues<char> s_ends = SearchValues.Create(" \t\r\n;,&)}]>\"'\\");

    public static void Find(ReadOnlySpan<char> text, SensitiveKeys keys, List<(int, int)> found)
    {
        for (var at = 0; at < text.Length;)
        {
            var next = text[at..].IndexOfAny('=', ':');
            if (next < 0)
                return;
            at += next;
            var name = NameBefore(text, at);
            if (name.Length > 0 && keys.Contains(name) && Value(text, at, name, keys) is { } value)
            {
                found.Add(value);
                at = value.To;
            }
            else
                at++;
        }
    }

    private static ReadOnlySpan<char> NameBefore(ReadOnlySpan<char> text, int separator)
    {
        var end = separator;
        while (end > 0 && separator - end < MaxBlanks && text[end - 1] is ' ' or '"' or '\'' or '\\' or '[' or ']')
            end--;
        var from = end;
        while (from > 0 && end - from < MaxName && (char.IsLetterOrDigit(text[from - 1]) || text[from - 1] is '_' or '-'))
            from--;
        return text[from..end];
    }

    private static (int From, int To)? Value(ReadOnlySpan<char> text, int separator, ReadOnlySpan<char> name, SensitiveKeys keys)
    {
        var from = separator + 1;
        if (from < text.Length && text[from] is '=' or '>')
            from++;
        var tight = from;
        while (from < text.Length && from - tight < MaxBlanks && text[from] == ' ')
            from++;
        if (from == text.Length || text[from] is ':' or '\r' or '\n')
            return null;
        var quoted = text[from] is '"' or '\'' or '\\';
        var spoken = text[separator] == ':' && from > tight && !quoted;
        if (spoken && !keys.IsPlain(name))
            return null;
        var value = quoted ? Quoted(text, from) : (from, Unquoted(text, from, separator, name));
        var held = text[value.Item1..value.Item2];
        return held.Length == 0 || held is "null" or "(null)" || held[0] == '[' ? null : value;
    }

    private static (int, int) Quoted(ReadOnlySpan<char> text, int from)
    {
        // \" is how a quote looks inside a text that is itself quoted.
        while (from < text.Length && text[from] == '\\')
            from++;
        if (from == text.Length)
            return (from, from);
        var quote = text[from++];
        var to = from;
        while (to < text.Length && text[to] != quote)
            to += text[to] == '\\' && to + 1 < text.Length && text[to + 1] != quote ? 2 : 1;
        to = Math.Min(to, text.Length);
        while (to > from && text[to - 1] == '\\')
            to--;
        return (from, to);
    }

    private static int Unquoted(ReadOnlySpan<char> text, int from, int separator, ReadOnlySpan<char> name)
    {
        var rest = text[from..];
        if (name.EndsWith("cookie", StringComparison.OrdinalIgnoreCase)
            || name.Contains("connection", StringComparison.OrdinalIgnoreCase))
            return EndOf(text, from, rest.IndexOfAny('\r', '\n'));
        // In a connection string a password may hold blanks.
        if (text[separator] == '=' && (name.EndsWith("password", StringComparison.OrdinalIgnoreCase)
            || name.Equals("pwd", StringComparison.OrdinalIgnoreCase))
            && rest.IndexOfAny(';', '\n') is >= 0 and var semicolon && rest[semicolon] == ';')
            return from + semicolon;
        var to = EndOf(text, from, rest.IndexOfAny(s_ends));
        if (text[from..to] is var scheme && to < text.Length && text[to] == ' ' && IsScheme(scheme))
            to = EndOf(text, to + 1, text[(to + 1)..].IndexOfAny(s_ends));
        return to;
    }

    private static bool IsScheme(ReadOnlySpan<char> word) =>
        word.Equals("bearer", StringComparison.OrdinalIgnoreCase) || word.Equals("basic", StringComparison.OrdinalIgnoreCase)
        || word.Equals("digest", StringComparison.OrdinalIgnoreCase) || word.Equals("token", StringComparison.OrdinalIgnoreCase);

    private static int EndOf(ReadOnlySpan<char> text, int from, int length) => length < 0 ? text.Length : from + length;
}
