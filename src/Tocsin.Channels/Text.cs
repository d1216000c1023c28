using System.Text;

namespace Tocsin.Channels;

/// <summary>Cutting and masking of text that leaves the house.</summary>
public static class Text
{
    public const string Mask = "•••";

    /// <summary>At most <paramref name="max"/> UTF-16 units, with … for what is missing; never half a character.</summary>
    public static string Cut(string text, int max)
    {
        if (text.Length <= max)
            return text;
        if (max <= 1)
            return max == 1 ? "…" : "";
        int end = max - 1;
        if (char.IsHighSurrogate(text[end - 1]))
            end--;
        return string.Concat(text.AsSpan(0, end), "…");
    }

    /// <summary>One line without control characters, so that it can stand in a header, a subject or a log.</summary>
    public static string OneLine(string text, int max)
    {
        var line = new StringBuilder(Math.Min(text.Length, max + 1));
        foreach (char c in text)
        {
            if (line.Length > max)
                break;
            if (!char.IsControl(c) && c is not ('\u2028' or '\u2029'))
                line.Append(c);
            else if (line.Length > 0 && line[^1] != ' ')
                line.Append(' ');
        }
        return Cut(line.ToString().Trim(), max);
    }

    /// <summary>As it is, but of the control characters only line feeds and tabs stay.</summary>
    public static string Lines(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        var clean = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (!char.IsControl(c) || c is '\n' or '\t')
                clean.Append(c);
        }
        return clean.ToString();
    }

    /// <summary>Tokens of chat services are part of the path and the query, so only the origin may be shown.</summary>
    public static string MaskUrl(Uri url) => $"{url.Scheme}://{url.Authority}/{Mask}";

    /// <summary>The address when it is an ordinary web address, else null: nobody should click on javascript:.</summary>
    public static string? WebAddress(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" ? url.AbsoluteUri : null;

    public static string Plural(int count, string one, string many) => count == 1 ? $"1 {one}" : $"{count} {many}";
}
