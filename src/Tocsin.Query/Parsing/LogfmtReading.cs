using System.Text;
using Tocsin.Query.Cells;

namespace Tocsin.Query.Parsing;

/// <summary>Reads key=value pairs that blanks part; other text between them is passed over.</summary>
internal static class LogfmtReading
{
    public static void Read(string text, Action<string, Cell> found)
    {
        int at = 0;
        while (at < text.Length)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }
            int start = at;
            while (at < text.Length && text[at] is not ('=' or '"') && !char.IsWhiteSpace(text[at]))
                at++;
            string key = text[start..at];
            if (at >= text.Length || text[at] != '=')
            {
                if (at < text.Length && text[at] == '"')
                    Quoted(text, ref at);
                continue;
            }
            at++;
            string value = at < text.Length && text[at] == '"' ? Quoted(text, ref at) : Bare(text, ref at);
            if (key.Length > 0)
                found(key, Cell.Of(value));
        }
    }

    private static string Bare(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && !char.IsWhiteSpace(text[at]))
            at++;
        return text[start..at];
    }

    /// <summary>Up to the closing quote, or the end of the text when there is none.</summary>
    private static string Quoted(string text, ref int at)
    {
        var value = new StringBuilder();
        at++;
        while (at < text.Length && text[at] != '"')
        {
            if (text[at] == '\\' && at + 1 < text.Length)
                at++;
            value.Append(text[at++]);
        }
        at = Math.Min(at + 1, text.Length);
        return value.ToString();
    }
}
