using System.Text;
using Tocsin.Query.Expressions;
using Tocsin.Query.Logs;

namespace Tocsin.Query.Pipes;

/// <summary>Reads what stands behind a pipe, piece by piece; blanks between pieces mean nothing.</summary>
internal sealed class PipeScanner(string text)
{
    public string Text => text;

    public int Position { get; set; }

    public bool AtEnd => Position >= text.Length;

    /// <summary>The next character, or 0 at the end.</summary>
    public char Next => AtEnd ? '\0' : text[Position];

    private char After => Position + 1 < text.Length ? text[Position + 1] : '\0';

    /// <summary>The name that stands here, if one does; nothing is taken.</summary>
    public string Word
    {
        get
        {
            int end = Position;
            while (end < text.Length && LiteralText.IsNamePart(text[end]))
                end++;
            return text[Position..end];
        }
    }

    /// <summary>At the end of the query or at the next pipe.</summary>
    public bool AtPipeEnd => AtEnd || Next == '|' && After != '|';

    public void SkipSpace()
    {
        while (!AtEnd && char.IsWhiteSpace(Next))
            Position++;
    }

    public bool Take(char c)
    {
        if (AtEnd || Next != c)
            return false;
        Position++;
        SkipSpace();
        return true;
    }

    /// <summary>A sign of one or more characters.</summary>
    public bool TakeSign(string sign)
    {
        if (!IsSign(sign))
            return false;
        Position += sign.Length;
        SkipSpace();
        return true;
    }

    public bool IsSign(string sign) => string.CompareOrdinal(text, Position, sign, 0, sign.Length) == 0;

    /// <summary>A bare word of the language, in any case; not the start of a longer name.</summary>
    public bool TakeWord(string word)
    {
        if (!IsWord(word))
            return false;
        Position += word.Length;
        SkipSpace();
        return true;
    }

    public bool IsWord(string word)
    {
        if (string.Compare(text, Position, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) != 0)
            return false;
        int end = Position + word.Length;
        return end >= text.Length || !LiteralText.IsNamePart(text[end]) && text[end] != ':';
    }

    /// <summary>At signs that look like a comparison and are none, such as === and =>.</summary>
    public bool AtStrangeComparison
    {
        get
        {
            int end = Position + 1;
            while (end < text.Length && text[end] is '=' or '<' or '>')
                end++;
            return Next is '=' or '<' or '>' or '!' && text[Position..end] is not ("=" or "==" or "!" or "!=" or "<" or "<=" or ">" or ">=");
        }
    }

    public bool AtName => !AtEnd && (LiteralText.IsNameStart(Next) || Next == '`');

    /// <summary>A bare name or one in backticks. Blanks after it stay when <paramref name="keepSpace"/>.</summary>
    public string Name(string expected, bool keepSpace = false)
    {
        if (!AtName)
            throw Wrong(expected);
        string name = Next == '`' ? QuotedName() : BareName();
        if (!keepSpace)
            SkipSpace();
        return name;
    }

    /// <summary>The characters of a number, its exponent and its unit.</summary>
    public string NumberWord()
    {
        int start = Position;
        while (!AtEnd && (char.IsAsciiLetterOrDigit(Next) || Next is '.' or 'µ'
            || Next is '+' or '-' && Position > start && text[Position - 1] is 'e' or 'E' && char.IsAsciiDigit(After)))
            Position++;
        string word = text[start..Position];
        SkipSpace();
        return word;
    }

    /// <summary>Text in double or single quotes; \" \' \\ \n \r \t inside.</summary>
    public string Quoted(string expected)
    {
        char quote = Next;
        if (AtEnd || quote is not ('"' or '\''))
            throw Wrong(expected);
        Position++;
        var content = new StringBuilder();
        while (!AtEnd && Next != quote)
        {
            char c = text[Position++];
            if (c == '\\' && !AtEnd)
            {
                char escaped = text[Position++];
                c = escaped switch { 'n' => '\n', 'r' => '\r', 't' => '\t', _ => escaped };
                if (escaped is not ('n' or 'r' or 't' or '"' or '\'' or '\\'))
                    content.Append('\\');
            }
            content.Append(c);
        }
        if (AtEnd)
            throw Wrong($"a closing quote {quote}");
        Position++;
        SkipSpace();
        return content.ToString();
    }

    /// <summary>An expression between slashes, checked.</summary>
    public string Regex(string expected)
    {
        int at = Position;
        if (AtEnd || Next != '/')
            throw Wrong(expected);
        int end = at + 1;
        while (end < text.Length && text[end] != '/')
            end += text[end] == '\\' ? 2 : 1;
        if (end >= text.Length)
        {
            Position = text.Length;
            throw Wrong("a closing '/'");
        }
        string pattern = RegexText.Unescape(text[(at + 1)..end]);
        RegexText.Create(pattern, at);
        Position = end + 1;
        SkipSpace();
        return pattern;
    }

    public LogQueryException Wrong(string expected) =>
        new(Math.Min(Position, text.Length), expected, FoundWord.At(text, Position));

    private string BareName()
    {
        int start = Position;
        while (!AtEnd && LiteralText.IsNamePart(Next))
            Position++;
        return text[start..Position];
    }

    private string QuotedName()
    {
        Position++;
        var name = new StringBuilder();
        while (!AtEnd)
        {
            if (Next == '`' && After != '`')
            {
                Position++;
                return name.Length > 0 ? name.ToString() : throw Wrong("a name between the backticks");
            }
            Position += Next == '`' ? 1 : 0;
            name.Append(text[Position++]);
        }
        throw Wrong("a closing backtick '`'");
    }
}
