using System.Text;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Logs;

/// <param name="Pattern">As written: '\' still protects '*' and '?'.</param>
/// <param name="Text">With the '\' taken away.</param>
internal readonly record struct LogQueryWord(string Pattern, string Text, bool IsPattern)
{
    public bool IsStar => Pattern == "*";
}

/// <summary>[a TO b] with both ends inside, {a TO b} with both outside; '*' is no bound.</summary>
internal sealed record LogQueryRange(string Low, bool LowInside, string High, bool HighInside);

/// <summary>
/// Reads the characters of a query one piece at a time; what a piece may be depends on where it stands.
/// </summary>
internal sealed class LogQueryScanner(string text)
{
    public int Position { get; set; }

    /// <summary>Inside a list of arguments a comma ends a word.</summary>
    public bool StopAtComma { get; init; }

    /// <summary>At a '|' that is not half of an OR.</summary>
    public bool AtPipe => Next == '|' && !(Position + 1 < text.Length && text[Position + 1] == '|');

    public bool AtEnd => Position >= text.Length;

    /// <summary>The next character, or 0 at the end.</summary>
    public char Next => AtEnd ? '\0' : text[Position];

    public void SkipSpace()
    {
        while (char.IsWhiteSpace(Next))
            Position++;
    }

    public bool Take(char c)
    {
        if (Next != c || AtEnd)
            return false;
        Position++;
        return true;
    }

    /// <summary>A word or sign that stands alone, such as AND; upper case only.</summary>
    public bool IsOperator(string name)
    {
        if (string.CompareOrdinal(text, Position, name, 0, name.Length) != 0)
            return false;
        int after = Position + name.Length;
        return !char.IsAsciiLetter(name[0]) || after >= text.Length || char.IsWhiteSpace(text[after])
            || text[after] is '(' or ')' or '"';
    }

    public bool TakeOperator(string name)
    {
        if (!IsOperator(name))
            return false;
        Position += name.Length;
        SkipSpace();
        return true;
    }

    /// <summary>A sign that sticks to what follows.</summary>
    public bool TakePrefix(char c)
    {
        if (Next != c || Position + 1 >= text.Length || char.IsWhiteSpace(text[Position + 1]))
            return false;
        Position++;
        return true;
    }

    public Comparison? TakeComparison()
    {
        if (Take('>'))
            return Take('=') ? Comparison.GreaterOrEqual : Comparison.Greater;
        if (Take('<'))
            return Take('=') ? Comparison.LessOrEqual : Comparison.Less;
        return null;
    }

    /// <summary>A name and its bracket, such as in(.</summary>
    public bool TakeCall(string name)
    {
        if (string.CompareOrdinal(text, Position, name + "(", 0, name.Length + 1) != 0)
            return false;
        Position += name.Length + 1;
        return true;
    }

    /// <summary>The name in front of a ':', or null, with nothing taken, when there is none.</summary>
    public string? FieldName()
    {
        int start = Position;
        if (AtEnd || Ends(Next, stopAtColon: true))
            return null;
        LogQueryWord word = Word("a field", stopAtColon: true, skipSpace: false);
        if (Take(':'))
            return word.Text;
        Position = start;
        return null;
    }

    /// <param name="expected">For the error when there is no word.</param>
    public LogQueryWord Word(string expected, bool stopAtColon, bool skipSpace = true)
    {
        int start = Position;
        var plain = new StringBuilder();
        bool pattern = false;
        while (!AtEnd && !Ends(Next, stopAtColon))
        {
            char c = text[Position++];
            if (c == '\\' && !AtEnd)
                plain.Append(text[Position++]);
            else
            {
                // A '?' at the end of a word is a question mark more often than a pattern.
                pattern |= c == '*' || c == '?' && !AtEnd && !Ends(Next, stopAtColon);
                plain.Append(c);
            }
        }
        if (Position == start)
            throw Wrong(expected);
        // A '\' at the very end protects nothing; doubled it means itself wherever the pattern is written next.
        string written = plain[^1] == '\\' && EndsInLoneEscape(start)
            ? text[start..Position] + '\\'
            : text[start..Position];
        if (skipSpace)
            SkipSpace();
        return new LogQueryWord(written, plain.ToString(), pattern);
    }

    /// <summary>
    /// An expression between slashes, or null, with nothing taken, when this is no regular expression: the next bare
    /// slash has to end it, and no bare blank may come before, so /health/live is a word, and so is /cart in
    /// "path:/cart | extend s = ms / 1000".
    /// </summary>
    public string? TakeRegex()
    {
        if (Next != '/')
            return null;
        int end = Position + 1;
        while (end < text.Length && text[end] != '/' && !char.IsWhiteSpace(text[end]))
            end += text[end] == '\\' ? 2 : 1;
        if (end >= text.Length || text[end] != '/' || end == Position + 1
            || end + 1 < text.Length && !Ends(text[end + 1], stopAtColon: false))
            return null;
        string pattern = RegexText.Unescape(text[(Position + 1)..end]);
        Position = end + 1;
        SkipSpace();
        return pattern;
    }

    public string WordOrQuoted(string expected) =>
        Next == '"' ? Quoted() : Word(expected, stopAtColon: false).Text;

    /// <summary>One item of a list that commas part.</summary>
    public string ListItem(string expected)
    {
        if (Next == '"')
            return Quoted();
        int start = Position;
        while (!AtEnd && Next is not (',' or ')' or '('))
            Position++;
        string item = text[start..Position].Trim();
        return item.Length > 0 ? item : throw Wrong(expected);
    }

    /// <summary>Text in quotes; \" is a quote and \\ a backslash inside.</summary>
    public string Quoted()
    {
        Position++;
        var content = new StringBuilder();
        while (!AtEnd && Next != '"')
        {
            if (Next == '\\' && Position + 1 < text.Length && text[Position + 1] is '"' or '\\')
                Position++;
            content.Append(text[Position++]);
        }
        if (!Take('"'))
            throw Wrong("a closing quote '\"'");
        SkipSpace();
        return content.ToString();
    }

    public LogQueryRange? TakeRange()
    {
        if (Next is not ('[' or '{'))
            return null;
        bool lowInside = text[Position++] == '[';
        SkipSpace();
        string low = RangeEnd("the lower end of the range");
        if (!TakeOperator("TO"))
            throw Wrong("TO between the ends of the range");
        string high = RangeEnd("the upper end of the range");
        if (Next is not (']' or '}'))
            throw Wrong("']' or '}' at the end of the range");
        bool highInside = text[Position++] == ']';
        SkipSpace();
        return new LogQueryRange(low, lowInside, high, highInside);
    }

    public LogQueryException Wrong(string expected) => new(Position, expected, FoundWord.At(text, Position));

    private bool EndsInLoneEscape(int start)
    {
        int escapes = 0;
        while (Position - 1 - escapes >= start && text[Position - 1 - escapes] == '\\')
            escapes++;
        return escapes % 2 == 1;
    }

    private string RangeEnd(string expected)
    {
        if (Next == '"')
            return Quoted();
        int start = Position;
        while (!AtEnd && !char.IsWhiteSpace(Next) && Next is not (']' or '}'))
            Position++;
        string end = text[start..Position];
        SkipSpace();
        return end.Length > 0 ? end : throw Wrong(expected);
    }

    private bool Ends(char c, bool stopAtColon) =>
        char.IsWhiteSpace(c) || c is '(' or ')' or '"' or '|' || stopAtColon && c == ':'
        || StopAtComma && c == ',';
}
