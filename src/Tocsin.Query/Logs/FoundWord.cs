using Tocsin.Query.Expressions;

namespace Tocsin.Query.Logs;

/// <summary>What stands at a place of a query, as its writer would name it: a whole word, number, text or sign.</summary>
internal static class FoundWord
{
    private const int Longest = 40;

    public static string At(string text, int at)
    {
        if (at >= text.Length)
            return "the end of the query";
        if (char.IsWhiteSpace(text[at]))
            return "a blank";
        string word = text[at..End(text, at)];
        return word.Length <= Longest ? $"'{word}'" : $"'{word[..Longest]}…'";
    }

    private static int End(string text, int at)
    {
        char c = text[at];
        if (c is '"' or '\'' or '`')
            return text.IndexOf(c, at + 1) is > 0 and var close ? close + 1 : text.Length;
        if (c is '=' or '<' or '>' or '!')
            return Run(text, at, static s => s is '=' or '<' or '>' or '!');
        int after = at + 1 < text.Length ? text[at + 1] : 0;
        if (c is '|' or '&' && after == c)
            return at + 2;
        if (IsWordPart(c) || c is '-' or '+' && IsWordPart((char)after))
            return Run(text, at + 1, IsWordPart);
        return char.IsHighSurrogate(c) && char.IsLowSurrogate((char)after) ? at + 2 : at + 1;
    }

    private static bool IsWordPart(char c) => LiteralText.IsNamePart(c) || char.IsLetterOrDigit(c);

    private static int Run(string text, int at, Func<char, bool> belongs)
    {
        while (at < text.Length && belongs(text[at]))
            at++;
        return at;
    }
}
