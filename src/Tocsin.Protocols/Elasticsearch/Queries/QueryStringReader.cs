using System.Text;
using System.Text.Json;
using Tocsin.Query.Logs;
using Tocsin.Query.Plans;
using Tocsin.Query.Records;
using Tocsin.Storage.Scan;

namespace Tocsin.Protocols.Elasticsearch.Queries;

/// <param name="And">Words side by side must all be there; else any.</param>
internal sealed record QueryStringSettings(bool And = false)
{
    /// <summary>Where words without a field are looked for; none or "*" for the text of the record.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>Of dates without an offset.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;
}

/// <summary>
/// Reads Lucene's query syntax by recursive descent.
/// <code>
/// group := part+                      part := ("+" | "-" | "!" | "NOT")? or
/// or    := and (("OR" | "||") and)*   and  := not (("AND" | "&amp;&amp;") not)*
/// not   := ("NOT" | "!" | "-") not | "(" group ")" | field ":" value | text
/// </code>
/// With the default operator OR, parts with '+' must hold, parts with '-' must not, and of the others one must hold when
/// none has a '+'.
/// </summary>
internal sealed class QueryStringReader
{
    private const int MaxDepth = 50, MaxLength = 10_000;

    private readonly QueryStringText _text;
    private readonly QueryStringSettings _settings;
    private readonly FieldConditions _fields;
    private readonly ElasticJson _at;
    private int _depth;

    private QueryStringReader(ElasticJson at, QueryStringSettings settings, FieldConditions fields)
    {
        _at = at;
        _text = new QueryStringText(at.Text(), at.Path);
        (_settings, _fields) = (settings, fields);
    }

    public static Condition Read(ElasticJson query, QueryStringSettings settings, FieldConditions fields)
    {
        var reader = new QueryStringReader(query, settings, fields);
        if (query.Text().Length > MaxLength)
            throw ElasticException.Parsing($"[{query.Path}] has more than {MaxLength} characters");
        reader._text.SkipSpace();
        // Lucene finds nothing for no words.
        if (reader._text.AtEnd)
            return Condition.None;
        Condition condition = reader.Group(null);
        return reader._text.AtEnd ? condition : throw reader._text.Wrong("a word, a field or the end");
    }

    /// <param name="field">Inside field:( ... ) the field that bare values belong to.</param>
    private Condition Group(string? field)
    {
        var must = new List<Condition>();
        var may = new List<Condition>();
        bool required = false;
        do
        {
            bool plus = _text.TakePrefix('+');
            Condition part = Or(field);
            if (plus || _settings.And || part is Opposite)
                must.Add(part);
            else
                may.Add(part);
            required |= plus || _settings.And;
        }
        while (!_text.AtEnd && _text.Next != ')');
        if (!required && may.Count > 0)
            must.Add(FieldConditions.Combine(may, 1));
        return FieldConditions.Combine(must, must.Count);
    }

    private Condition Or(string? field)
    {
        var parts = new List<Condition> { And(field) };
        while (_text.TakeWord("OR") || _text.TakeSign("||"))
            parts.Add(And(field));
        return FieldConditions.Combine(parts, 1);
    }

    private Condition And(string? field)
    {
        var parts = new List<Condition> { Not(field) };
        while (_text.TakeWord("AND") || _text.TakeSign("&&"))
            parts.Add(Not(field));
        return FieldConditions.Combine(parts, parts.Count);
    }

    private Condition Not(string? field)
    {
        if (++_depth > MaxDepth)
            throw _text.Wrong($"at most {MaxDepth} brackets inside each other");
        Condition condition;
        if (_text.TakeWord("NOT") || _text.TakePrefix('!') || _text.TakePrefix('-'))
            condition = new Opposite(Not(field));
        else
            condition = Primary(field);
        _depth--;
        return condition;
    }

    private Condition Primary(string? field)
    {
        _text.TakePrefix('+');
        if (_text.Take('('))
        {
            Condition group = Group(field);
            if (!_text.Take(')'))
                throw _text.Wrong("a closing bracket ')'");
            _text.TakeBoost();
            return group;
        }
        return field is null && _text.Field() is { } name ? Primary(name) : Value(field);
    }

    private Condition Value(string? field)
    {
        Condition condition = field is null ? Text() : field == "_exists_" ? _fields.Exists(_text.Word().Text)
            : field == "*" && _text.TakeSign("*") ? Condition.All
            : OfField(field);
        _text.TakeBoost();
        return condition;
    }

    private Condition OfField(string field)
    {
        if (_text.Comparison() is { } comparison)
            return Compare(field, comparison, _text.Word().Text);
        if (_text.Next is '[' or '{')
            return Range(field);
        if (_text.Regex() is { } regex)
            return _fields.Regex(field, regex, _at);
        if (_text.Next == '"')
            return _fields.Phrase(field, Json(_text.Quoted()));
        QueryStringWord word = _text.Word();
        if (word.IsStar)
            return _fields.Exists(field);
        return word.IsPattern ? _fields.Pattern(field, word.Pattern, _at) : _fields.Phrase(field, Json(word.Text));
    }

    private Condition Range(string field)
    {
        QueryStringRange range = _text.Range();
        var parts = new List<Condition>();
        if (range.Low != "*")
            parts.Add(Compare(field, range.LowInside ? Comparison.GreaterOrEqual : Comparison.Greater, range.Low));
        if (range.High != "*")
            parts.Add(Compare(field, range.HighInside ? Comparison.LessOrEqual : Comparison.Less, range.High));
        return parts.Count == 0 ? _fields.Exists(field) : FieldConditions.Combine(parts, parts.Count);
    }

    private Condition Compare(string field, Comparison comparison, string bound) =>
        _fields.Compare(field, comparison, Json(bound), _settings.Zone, null);

    private Condition Text()
    {
        bool everywhere = _settings.Fields.Count == 0 || _settings.Fields.Contains("*");
        if (!everywhere)
        {
            int start = _text.Position;
            var parts = new List<Condition>();
            foreach (string field in _settings.Fields)
            {
                _text.Position = start;
                parts.Add(OfField(field));
            }
            return FieldConditions.Combine(parts, 1);
        }
        if (_text.Regex() is { } regex)
            return Compile(new TextRegex($"^(?:{regex})$"));
        if (_text.Next == '"')
            return Compile(new Words(_text.Quoted()));
        QueryStringWord word = _text.Word();
        return word.IsStar ? Condition.All : Compile(word.IsPattern ? new WordsLike(word.Pattern) : new Words(word.Text));
    }

    private Condition Compile(Filter filter)
    {
        LogQueryResult compiled = FilterReading.Compile(filter);
        return compiled.Predicate is { } predicate ? new Holds(predicate) : throw _at.Wrong(compiled.Error!.Expected);
    }

    private ElasticJson Json(string text) => new(JsonSerializer.SerializeToElement(text), _at.Path);
}

/// <param name="Pattern">As written: '\' still protects '*' and '?'.</param>
internal readonly record struct QueryStringWord(string Pattern, string Text, bool IsPattern)
{
    public bool IsStar => Pattern == "*";
}

/// <summary>[a TO b] with both ends inside, {a TO b} with both outside; '*' is no bound.</summary>
internal sealed record QueryStringRange(string Low, bool LowInside, string High, bool HighInside);

/// <summary>The characters of a query string, one piece at a time.</summary>
internal sealed class QueryStringText(string text, string path)
{
    public int Position { get; set; }

    public bool AtEnd => Position >= text.Length;

    public char Next => AtEnd ? '\0' : text[Position];

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

    /// <summary>A sign that sticks to what follows.</summary>
    public bool TakePrefix(char c)
    {
        if (AtEnd || Next != c || Position + 1 >= text.Length || char.IsWhiteSpace(text[Position + 1]))
            return false;
        Position++;
        return true;
    }

    public bool TakeSign(string sign)
    {
        if (string.CompareOrdinal(text, Position, sign, 0, sign.Length) != 0)
            return false;
        Position += sign.Length;
        SkipSpace();
        return true;
    }

    /// <summary>AND, OR and NOT, in upper case and alone.</summary>
    public bool TakeWord(string word)
    {
        int after = Position + word.Length;
        return string.CompareOrdinal(text, Position, word, 0, word.Length) == 0
            && (after >= text.Length || char.IsWhiteSpace(text[after]) || text[after] is '(' or '"')
            && TakeSign(word);
    }

    public Comparison? Comparison()
    {
        if (!AtEnd && Next is '>' or '<')
        {
            bool greater = text[Position++] == '>';
            bool equal = !AtEnd && Next == '=';
            Position += equal ? 1 : 0;
            return greater ? equal ? Storage.Scan.Comparison.GreaterOrEqual : Storage.Scan.Comparison.Greater
                : equal ? Storage.Scan.Comparison.LessOrEqual : Storage.Scan.Comparison.Less;
        }
        return null;
    }

    /// <summary>The name in front of a ':', or null with nothing taken.</summary>
    public string? Field()
    {
        int start = Position;
        if (AtEnd || Ends(Next))
            return null;
        QueryStringWord word = Unspaced();
        if (!AtEnd && Next == ':')
        {
            Position++;
            SkipSpace();
            return word.Pattern == "*" ? "*" : word.Text;
        }
        Position = start;
        return null;
    }

    public QueryStringWord Word()
    {
        if (Next == '"' && !AtEnd)
            return Quote();
        QueryStringWord word = Unspaced();
        SkipSpace();
        return word;
    }

    public string Quoted()
    {
        Position++;
        var content = new StringBuilder();
        while (!AtEnd && Next != '"')
        {
            if (Next == '\\' && Position + 1 < text.Length)
                Position++;
            content.Append(text[Position++]);
        }
        if (!Take('"'))
            throw Wrong("a closing quote '\"'");
        return content.ToString();
    }

    public QueryStringRange Range()
    {
        bool lowInside = text[Position++] == '[';
        SkipSpace();
        string low = RangeEnd();
        if (!TakeWord("TO"))
            throw Wrong("TO between the ends of the range");
        string high = RangeEnd();
        if (AtEnd || Next is not (']' or '}'))
            throw Wrong("']' or '}' at the end of the range");
        bool highInside = Next == ']';
        Take(Next);
        return new QueryStringRange(low, lowInside, high, highInside);
    }

    /// <summary>An expression between slashes, or null with nothing taken.</summary>
    public string? Regex()
    {
        if (AtEnd || Next != '/')
            return null;
        int end = Position + 1;
        while (end < text.Length && text[end] != '/')
            end += text[end] == '\\' ? 2 : 1;
        if (end >= text.Length)
            throw Wrong("a closing slash '/', or \\/ for a slash that is meant");
        string regex = text[(Position + 1)..end].Replace("\\/", "/", StringComparison.Ordinal);
        Position = end + 1;
        SkipSpace();
        return regex;
    }

    /// <summary>^2 behind a term would change its score, and there is none.</summary>
    public void TakeBoost()
    {
        if (!AtEnd && Next == '~')
            throw Wrong("no '~': near and similar words are not supported");
        if (AtEnd || Next != '^')
            return;
        Position++;
        int start = Position;
        while (!AtEnd && (char.IsAsciiDigit(Next) || Next == '.'))
            Position++;
        if (Position == start)
            throw Wrong("a number after '^'");
        SkipSpace();
    }

    public ElasticException Wrong(string expected)
    {
        string found = AtEnd ? "the end" : $"'{Next}'";
        return new ElasticException("query_shard_exception",
            $"Failed to parse query [{text}] in [{path}]: expected {expected} but found {found} at position {Position + 1}");
    }

    private QueryStringWord Quote()
    {
        string quoted = Quoted();
        return new QueryStringWord(quoted, quoted, false);
    }

    private QueryStringWord Unspaced()
    {
        int start = Position;
        var plain = new StringBuilder();
        bool pattern = false;
        while (!AtEnd && !Ends(Next))
        {
            char c = text[Position++];
            if (c == '\\' && !AtEnd)
            {
                plain.Append(text[Position++]);
                continue;
            }
            pattern |= c is '*' or '?';
            plain.Append(c);
        }
        return Position == start ? throw Wrong("a word, a \"phrase\" or field:value") : new QueryStringWord(text[start..Position], plain.ToString(), pattern);
    }

    private string RangeEnd()
    {
        if (!AtEnd && Next == '"')
            return Quoted();
        int start = Position;
        while (!AtEnd && !char.IsWhiteSpace(Next) && Next is not (']' or '}'))
            Position++;
        string end = text[start..Position];
        SkipSpace();
        return end.Length > 0 ? end : throw Wrong("an end of the range");
    }

    private static bool Ends(char c) => char.IsWhiteSpace(c) || c is '(' or ')' or '"' or ':' or '^' or '~' or '[' or ']' or '{' or '}';
}
