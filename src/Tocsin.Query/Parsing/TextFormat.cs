using System.Text.RegularExpressions;
using Tocsin.Query.Cells;
using Tocsin.Query.Expressions;
using Tocsin.Query.Logs;
using Tocsin.Query.Pipes;

namespace Tocsin.Query.Parsing;

/// <summary>Reads one text and names the values in it. Never throws.</summary>
internal delegate void TextReading(string text, Action<string, Cell> found);

/// <summary>How a text holds values.</summary>
public abstract record TextFormat
{
    private const string Expected = "json, logfmt, pattern \"<name> …\" or regexp /(?<name>…)/";

    public sealed override string ToString() => Print();

    /// <summary>Names that are known before any text is read.</summary>
    internal virtual IReadOnlyList<string> Names => [];

    internal static TextFormat Parse(PipeParser parser)
    {
        if (parser.TakeWord("json"))
            return new JsonFormat();
        if (parser.TakeWord("logfmt"))
            return new LogfmtFormat();
        int at = parser.Scanner.Position;
        if (parser.TakeWord("pattern"))
            return PatternFormat.Of(parser);
        if (parser.TakeWord("regexp") || parser.TakeWord("regex"))
            return RegexFormat.Of(parser);
        throw new LogQueryException(at, Expected, FoundWord.At(parser.Scanner.Text, at));
    }

    internal abstract TextReading CreateReader();

    private protected abstract string Print();
}

/// <summary>A JSON object; fields of objects inside it are named a.b.</summary>
public sealed record JsonFormat : TextFormat
{
    internal override TextReading CreateReader() => JsonReading.Read;

    private protected override string Print() => "json";
}

/// <summary>key=value key="quoted value"</summary>
public sealed record LogfmtFormat : TextFormat
{
    internal override TextReading CreateReader() => LogfmtReading.Read;

    private protected override string Print() => "logfmt";
}

/// <summary>Text with names in angle brackets where the values are; &lt;_&gt; is a value nobody wants.</summary>
public sealed record PatternFormat(string Pattern) : TextFormat
{
    internal override IReadOnlyList<string> Names =>
        [.. new PatternReading(Pattern).Names.Where(n => n.Length > 0).Distinct()];

    internal static PatternFormat Of(PipeParser parser)
    {
        int at = parser.Scanner.Position;
        string pattern = parser.Scanner.Quoted("a pattern in quotes, such as \"<ip> - <user>\"");
        var reading = new PatternReading(pattern);
        if (reading.Wrong is { } wrong)
            throw new LogQueryException(at, wrong, LiteralText.Quoted(pattern));
        return new PatternFormat(pattern);
    }

    internal override TextReading CreateReader() => new PatternReading(Pattern).Read;

    private protected override string Print() => $"pattern {LiteralText.Quoted(Pattern)}";
}

/// <summary>A regular expression whose named groups are the values.</summary>
public sealed record RegexFormat(string Pattern) : TextFormat
{
    internal override IReadOnlyList<string> Names => NamesOf(RegexText.Create(Pattern, 0));

    internal static RegexFormat Of(PipeParser parser)
    {
        int at = parser.Scanner.Position;
        string pattern = parser.Scanner.Next is '"' or '\''
            ? parser.Scanner.Quoted("a regular expression")
            : parser.Scanner.Regex("a regular expression such as /took (?<ms>\\d+)ms/");
        if (NamesOf(RegexText.Create(pattern, at)).Count == 0)
            throw new LogQueryException(at, "at least one named group such as (?<name>…)", $"'/{pattern}/'");
        return new RegexFormat(pattern);
    }

    internal override TextReading CreateReader()
    {
        Regex regex = RegexText.Create(Pattern, 0);
        IReadOnlyList<string> names = NamesOf(regex);
        return (text, found) =>
        {
            Match match = regex.Match(text);
            foreach (string name in names)
            {
                if (match.Success && match.Groups[name] is { Success: true } group)
                    found(name, Cell.Of(group.Value));
            }
        };
    }

    private protected override string Print() => $"regexp {RegexText.Print(Pattern)}";

    private static List<string> NamesOf(Regex regex) =>
        [.. regex.GetGroupNames().Where(n => !char.IsAsciiDigit(n[0]))];
}
