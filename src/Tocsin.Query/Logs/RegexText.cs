using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace Tocsin.Query.Logs;

/// <summary>
/// Regular expressions in queries: matched in time linear in the text, bounded in size, checked when parsed.
/// </summary>
internal static class RegexText
{
    public const int MaxLength = 1000;

    /// <summary>
    /// Making one takes longer than many a search, and a query asks for the same one when it is read, built and run. A used one may
    /// hold some megabytes, so few are kept, and none that is long.
    /// </summary>
    private const int MostKept = 32, LongestKept = 100;

    private static readonly ConcurrentDictionary<string, Regex> s_kept = new(StringComparer.Ordinal);

    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <summary>The expression, or what is wrong with it.</summary>
    public static Regex? TryCreate(string pattern, out string? wrong)
    {
        wrong = null;
        if (pattern.Length > MaxLength)
        {
            wrong = $"one of {pattern.Length} characters";
            return null;
        }
        if (s_kept.TryGetValue(pattern, out Regex? kept))
            return kept;
        try
        {
            var made = new Regex(pattern, Linear);
            if (pattern.Length <= LongestKept)
                Keep(pattern, made);
            return made;
        }
        catch (RegexParseException error)
        {
            wrong = $"none: {Sentence(error)}";
            return null;
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException or OutOfMemoryException)
        {
            wrong = $"none that can be matched in linear time: {error.Message}";
            return null;
        }
    }

    public static Regex Create(string pattern, int at) =>
        TryCreate(pattern, out string? wrong) ?? throw new LogQueryException(
            at, $"a regular expression of at most {MaxLength} characters without look-around and back-references",
            $"'{Short(pattern)}', which is {wrong}");

    /// <summary>Between slashes, with slashes inside escaped.</summary>
    public static string Print(string pattern)
    {
        var text = new StringBuilder("/");
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\' && i + 1 < pattern.Length)
                text.Append(pattern[i++]);
            else if (pattern[i] == '/')
                text.Append('\\');
            text.Append(pattern[i]);
        }
        return text.Append('/').ToString();
    }

    /// <summary>What <see cref="Print"/> has escaped becomes plain again.</summary>
    public static string Unescape(string written)
    {
        var text = new StringBuilder(written.Length);
        for (int i = 0; i < written.Length; i++)
        {
            if (written[i] == '\\' && i + 1 < written.Length)
            {
                if (written[i + 1] != '/')
                    text.Append('\\');
                i++;
            }
            text.Append(written[i]);
        }
        return text.ToString();
    }

    private static void Keep(string pattern, Regex regex)
    {
        // Those that are still asked for come back at once.
        if (s_kept.Count >= MostKept)
            s_kept.Clear();
        s_kept[pattern] = regex;
    }

    /// <summary>The framework's own words, without the pattern that they repeat.</summary>
    private static string Sentence(RegexParseException error) =>
        error.Message[(error.Message.LastIndexOf($"at offset {error.Offset}. ", StringComparison.Ordinal) is >= 0 and var at
            ? at + $"at offset {error.Offset}. ".Length : 0)..].TrimEnd('.') + $" at its character {error.Offset + 1}";

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
