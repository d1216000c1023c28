using System.Text;
using System.Text.RegularExpressions;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Logs;
using Tocsin.Query.Plans;

namespace Tocsin.Query.Expressions;

/// <summary>Functions on text. Other values are taken as the text they show; missing gives missing.</summary>
internal static class Texts
{
    /// <summary>Characters of the longest text a function makes; more is cut.</summary>
    public const int Longest = 1 << 20;

    public static Cell ToText(in Cell value) => value.IsMissing ? value : Cell.Of(value.ToString());

    public static Cell Map(in Cell value, Func<string, string> map) =>
        value.IsMissing ? value : Cell.Of(map(value.ToString()));

    /// <summary>In code points.</summary>
    public static Cell Length(in Cell value) =>
        value.IsMissing ? value : Cell.Of((long)value.ToString().EnumerateRunes().Count());

    public static Cell Concat(ReadOnlySpan<Cell> values)
    {
        var text = new StringBuilder();
        foreach (Cell value in values)
        {
            text.Append(value.ToString());
            if (text.Length > Longest)
                return Cell.Of(text.ToString(0, Longest));
        }
        return Cell.Of(text.ToString());
    }

    /// <summary>Counts code points, from 0.</summary>
    public static Cell Substring(ReadOnlySpan<Cell> arguments)
    {
        if (arguments[0].IsMissing || arguments[1].Kind != CellKind.Int)
            return Cell.Missing;
        long start = arguments[1].AsInt;
        long count = arguments.Length < 3 ? long.MaxValue : arguments[2].Kind == CellKind.Int ? arguments[2].AsInt : -1;
        if (start < 0 || count < 0)
            return Cell.Missing;
        var text = new StringBuilder();
        long at = 0;
        foreach (Rune rune in arguments[0].ToString().EnumerateRunes())
        {
            if (at >= start && at - start < count)
                text.Append(rune.ToString());
            at++;
        }
        return Cell.Of(text.ToString());
    }

    public static Cell Replace(ReadOnlySpan<Cell> arguments)
    {
        if (arguments[0].IsMissing || arguments[1].IsMissing || arguments[2].IsMissing)
            return arguments[0];
        string text = arguments[0].ToString(), old = arguments[1].ToString(), by = arguments[2].ToString();
        // Each replacement may make the text longer.
        if (old.Length == 0 || (long)text.Length / old.Length * by.Length > Longest)
            return arguments[0];
        return Cell.Of(text.Replace(old, by, StringComparison.Ordinal));
    }

    /// <summary>Any part of a word, in any case.</summary>
    public static Cell Contains(in Cell text, in Cell part) => Cell.Of(
        !text.IsMissing && !part.IsMissing
            && text.ToString().Contains(part.ToString(), StringComparison.OrdinalIgnoreCase));

    public static Cell StartsWith(in Cell text, in Cell start) => Cell.Of(
        !text.IsMissing && !start.IsMissing && text.ToString().StartsWith(start.ToString(), StringComparison.Ordinal));

    public static Cell EndsWith(in Cell text, in Cell end) => Cell.Of(
        !text.IsMissing && !end.IsMissing && text.ToString().EndsWith(end.ToString(), StringComparison.Ordinal));

    public static FunctionBody Matches(Items<Expression> arguments, QueryContext context)
    {
        Regex regex = Pattern(arguments);
        return a => Cell.Of(!a[0].IsMissing && regex.IsMatch(a[0].ToString()));
    }

    /// <summary>The text of a group, by number or name; without one the first group, or the whole match.</summary>
    public static FunctionBody Extract(Items<Expression> arguments, QueryContext context)
    {
        Regex regex = Pattern(arguments);
        int first = regex.GetGroupNumbers().Length > 1 ? 1 : 0;
        return a =>
        {
            if (a[0].IsMissing || regex.Match(a[0].ToString()) is not { Success: true } match)
                return Cell.Missing;
            Group group = a.Length < 3 ? match.Groups[first] : match.Groups[a[2].ToString()];
            return group.Success ? Cell.Of(group.Value) : Cell.Missing;
        };
    }

    private static Regex Pattern(Items<Expression> arguments) =>
        RegexText.Create(((PatternLiteral)arguments[1]).Pattern, 0);
}
