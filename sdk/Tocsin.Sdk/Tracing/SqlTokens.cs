namespace TocsinSdk.Tracing;

/// <summary>What differs between databases in where a literal ends.</summary>
internal enum SqlDialect : byte
{
    /// <summary>Not known: where two readings are possible, the rest of the text counts as a literal.</summary>
    Unknown,

    /// <summary>PostgreSQL: dollar quotes, E'' strings, brackets are arrays.</summary>
    Postgres,

    /// <summary>MySQL, MariaDB: backslash escapes, double quotes are strings.</summary>
    MySql,

    /// <summary>SQL Server, SQLite, Oracle and the others: brackets quote names.</summary>
    Standard,
}

internal enum SqlToken : byte
{
    Word, QuotedName, Literal, Parameter, Symbol,
}

/// <summary>
/// Cuts a statement into tokens, leaving out blanks and comments. Never fails: what is not closed reaches to the end.
/// </summary>
internal ref struct SqlTokens(ReadOnlySpan<char> text, SqlDialect dialect)
{
    private readonly ReadOnlySpan<char> _text = text;
    private readonly SqlDialect _dialect = dialect;
    private int _next;

    public SqlToken Kind { get; private set; }

    /// <summary>First character of the token.</summary>
    public int Start { get; private set; }

    /// <summary>Behind the last character of the token.</summary>
    public readonly int End => _next;

    public readonly ReadOnlySpan<char> Text => _text[Start.._next];

    /// <summary>The token without its quotes.</summary>
    public readonly ReadOnlySpan<char> Name =>
        Kind == SqlToken.QuotedName && Text.Length >= 2 ? Text[1..^1] : Text;

    public readonly bool Is(char symbol) => Kind == SqlToken.Symbol && Text[0] == symbol;

    public readonly bool Is(string word) =>
        Kind == SqlToken.Word && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>The character right behind the token; 0 at the end.</summary>
    public readonly char Following => At(_next);

    public bool MoveNext()
    {
        SkipBlanks();
        Start = _next;
        if (_next >= _text.Length)
            return false;
        var c = _text[_next];
        Kind = c switch
        {
            '\'' => String(backslash: _dialect == SqlDialect.MySql),
            '"' when _dialect == SqlDialect.MySql => Quoted('"', backslash: true, SqlToken.Literal),
            '"' or '`' => Quoted(c, backslash: false, SqlToken.QuotedName),
            '[' when BracketQuotes() => Quoted(']', backslash: false, SqlToken.QuotedName),
            '$' => Dollar(),
            '@' or ':' when IsWordStart(At(_next + 1)) || At(_next + 1) == '@' => Parameter(),
            '?' => Symbol(SqlToken.Parameter),
            '.' when char.IsAsciiDigit(At(_next + 1)) && !EndsName() => Number(),
            _ when char.IsAsciiDigit(c) => Number(),
            _ when IsWordStart(c) => Word(),
            _ => Symbol(SqlToken.Symbol),
        };
        return true;
    }

    private void SkipBlanks()
    {
        while (_next < _text.Length)
        {
            if (char.IsWhiteSpace(_text[_next]))
                _next++;
            else if (_text[_next..].StartsWith("--"))
                SkipTo(_text[_next..].IndexOfAny('\n', '\r'));
            else if (_text[_next..].StartsWith("/*"))
                SkipComment();
            else
                return;
        }
    }

    private void SkipTo(int offset) => _next = offset < 0 ? _text.Length : _next + offset;

    // PostgreSQL nests them; where another database does not, the rest is then left out, never shown.
    private void SkipComment()
    {
        var depth = 0;
        while (_next < _text.Length)
        {
            if (_text[_next..].StartsWith("/*"))
                (depth, _next) = (depth + 1, _next + 2);
            else if (_text[_next..].StartsWith("*/"))
                (depth, _next) = (depth - 1, _next + 2);
            else
                _next++;
            if (depth == 0)
                return;
        }
    }

    private SqlToken String(bool backslash)
    {
        var start = _next;
        Quoted('\'', backslash, SqlToken.Literal);
        // 'it\'s': one database ends the string at the second quote, another at the third.
        if (!backslash && _dialect == SqlDialect.Unknown && _text[start.._next].Contains('\\'))
            _next = _text.Length;
        return SqlToken.Literal;
    }

    private SqlToken Quoted(char quote, bool backslash, SqlToken kind)
    {
        for (_next++; _next < _text.Length; _next++)
        {
            if (backslash && _text[_next] == '\\')
            {
                _next++;
            }
            else if (_text[_next] == quote)
            {
                if (At(_next + 1) != quote)
                {
                    _next++;
                    return kind;
                }
                _next++;
            }
        }
        _next = _text.Length;
        // What began as a name and has no end may be anything.
        return SqlToken.Literal;
    }

    private SqlToken Dollar()
    {
        if (char.IsAsciiDigit(At(_next + 1)))
            return Parameter();
        var tag = _next + 1;
        while (IsWordPart(At(tag)) && At(tag) != '$')
            tag++;
        if (At(tag) != '$' || _dialect is SqlDialect.MySql or SqlDialect.Standard)
            return IsWordStart(At(_next + 1)) ? Parameter() : Symbol(SqlToken.Symbol);
        var fence = _text[_next..(tag + 1)];
        var end = _text[(tag + 1)..].IndexOf(fence);
        _next = end < 0 ? _text.Length : tag + 1 + end + fence.Length;
        return SqlToken.Literal;
    }

    private SqlToken Parameter()
    {
        for (_next++; IsWordPart(At(_next)) || At(_next) == '@'; _next++)
        {
        }
        return SqlToken.Parameter;
    }

    private SqlToken Number()
    {
        for (_next++; _next < _text.Length; _next++)
        {
            var c = _text[_next];
            var exponent = c is '+' or '-' && _text[_next - 1] is 'e' or 'E' && !_text[Start..].StartsWith("0x");
            if (!IsWordPart(c) && c != '.' && !exponent)
                break;
        }
        return SqlToken.Literal;
    }

    private SqlToken Word()
    {
        while (IsWordPart(At(_next)))
            _next++;
        var word = _text[Start.._next];
        if (At(_next) == '\'')
        {
            if (word is "E" or "e")
                return Quoted('\'', backslash: true, SqlToken.Literal);
            if (word.Length == 1 && "NnXxBb".Contains(word[0]) || word[0] == '_')
                return String(backslash: _dialect == SqlDialect.MySql);
        }
        if (word is "U" or "u" && At(_next) == '&' && At(_next + 1) == '\'')
        {
            _next++;
            return String(backslash: false);
        }
        return SqlToken.Word;
    }

    private SqlToken Symbol(SqlToken kind)
    {
        // "::" is a cast and not the beginning of a parameter.
        _next += _text[_next] == ':' && At(_next + 1) == ':' ? 2 : 1;
        return kind;
    }

    private readonly bool BracketQuotes() =>
        _dialect != SqlDialect.Postgres && _dialect != SqlDialect.MySql && IsWordStart(At(_next + 1)) && !EndsName();

    // a[b] and t.5: what comes before belongs to a name.
    private readonly bool EndsName() => _next > 0 && (IsWordPart(_text[_next - 1]) || _text[_next - 1] is ']' or '"');

    private readonly char At(int index) => (uint)index < (uint)_text.Length ? _text[index] : '\0';

    private static bool IsWordStart(char c) => char.IsLetter(c) || c == '_';

    private static bool IsWordPart(char c) => char.IsLetterOrDigit(c) || c is '_' or '$';
}
