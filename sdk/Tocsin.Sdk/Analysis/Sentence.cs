using System.Text;

namespace TocsinSdk.Analysis;

/// <summary>
/// A sentence of a rule file with places for evidence: "{limit}" takes the value, "{limit|its limit}" falls back to the
/// words after the bar, "{{" is a brace. One that lacks a value without a fallback cannot be said.
/// </summary>
internal static class Sentence
{
    public static string? Fill(string sentence, Func<string, string?> value)
    {
        var text = new StringBuilder(sentence.Length);
        for (var i = 0; i < sentence.Length; i++)
        {
            if (sentence[i] != '{')
            {
                text.Append(sentence[i]);
                continue;
            }
            if (i + 1 < sentence.Length && sentence[i + 1] == '{')
            {
                text.Append('{');
                i++;
                continue;
            }
            var end = sentence.IndexOf('}', i);
            if (end < 0)
                return null;
            var inside = sentence[(i + 1)..end];
            var bar = inside.IndexOf('|');
            var filled = value(bar < 0 ? inside : inside[..bar]) ?? (bar < 0 ? null : inside[(bar + 1)..]);
            if (filled is null)
                return null;
            text.Append(filled);
            i = end;
        }
        return text.ToString();
    }
}
