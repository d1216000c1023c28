using Tocsin.Query.Plans;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Logs;

/// <summary>
/// Recursive descent over the characters of a filter, which ends at the end of the text or at a '|'.
/// <code>
/// query := or? end                     or    := and (("OR" | "||") and)*
/// and   := not (("AND" | "&amp;&amp;")? not)*    not   := ("NOT" | "!" | "-") not | group | term
/// group := "(" or ")"                  term  := field ":" value | text
/// </code>
/// Every value is checked where it stands, so that the finished tree always gives a predicate.
/// </summary>
internal sealed class LogQueryParser(LogQueryScanner scanner)
{
    /// <summary>How deep brackets and NOTs may nest; the parser and the predicates recurse.</summary>
    private const int MaxDepth = 100;

    private readonly LogQueryScanner _scanner = scanner;
    private int _depth;

    /// <summary>The filter; the scanner then stands at the end of the text or at a '|'.</summary>
    public Filter Parse()
    {
        _scanner.SkipSpace();
        if (_scanner.AtEnd || _scanner.AtPipe)
            return Filter.All;
        Filter query = Or(null);
        if (!_scanner.AtEnd && !_scanner.AtPipe)
            throw _scanner.Wrong(_scanner.Next == ')' ? "a '(' in front of this bracket" : "a word, a field or the end of the query");
        return query;
    }

    /// <summary>One field:value, where the scanner stands at the value.</summary>
    public Filter ValueOf(string field) => Field(LogField.Named(field));

    /// <param name="field">Inside field:( ... ) the field that bare values belong to.</param>
    private Filter Or(LogField? field)
    {
        var parts = new List<Filter> { And(field) };
        while (_scanner.TakeOperator("OR") || _scanner.TakeOperator("||"))
            parts.Add(And(field));
        return parts.Count == 1 ? parts[0] : new Either([.. parts]);
    }

    private Filter And(LogField? field)
    {
        var parts = new List<Filter> { Not(field) };
        while (true)
        {
            bool spelledOut = _scanner.TakeOperator("AND") || _scanner.TakeOperator("&&");
            if (!spelledOut && (_scanner.AtEnd || _scanner.Next is ')' or '|' || _scanner.IsOperator("OR")))
                break;
            parts.Add(Not(field));
        }
        parts.RemoveAll(p => p == Filter.All);
        return parts.Count switch { 0 => Filter.All, 1 => parts[0], _ => new Both([.. parts]) };
    }

    private Filter Not(LogField? field)
    {
        if (++_depth > MaxDepth)
            throw new LogQueryException(_scanner.Position, $"at most {MaxDepth} brackets inside each other", "more");
        Filter filter = _scanner.TakeOperator("NOT") || _scanner.TakePrefix('!') || _scanner.TakePrefix('-')
            ? new Negation(Not(field))
            : Primary(field);
        _depth--;
        return filter;
    }

    private Filter Primary(LogField? field)
    {
        if (_scanner.Take('('))
            return Group(field);
        if (field is not null)
            return Value(field);
        if (_scanner.Next == '"')
            return new Words(_scanner.Quoted());
        if (_scanner.IsOperator("AND") || _scanner.IsOperator("OR"))
            throw _scanner.Wrong("a condition on either side of AND and OR, or the word itself in quotes");
        if (_scanner.TakeOperator("*:*"))
            return Filter.All;
        int at = _scanner.Position;
        if (_scanner.TakeRegex() is { } regex)
        {
            RegexText.Create(regex, at);
            return new TextRegex(regex);
        }
        if (_scanner.FieldName() is { } name)
            return Field(LogField.Named(name));
        return Text(_scanner.Word("a word, a \"phrase\" or field:value", stopAtColon: false));
    }

    private Filter Group(LogField? field)
    {
        _scanner.SkipSpace();
        Filter inner = Or(field);
        if (!_scanner.Take(')'))
            throw _scanner.Wrong("a closing bracket ')'");
        _scanner.SkipSpace();
        return inner;
    }

    private Filter Field(LogField field) => _scanner.Take('(') ? Group(field) : Value(field);

    private Filter Value(LogField field)
    {
        int at = _scanner.Position;
        string expected = $"a value after '{field.Name}:'" + (char.IsWhiteSpace(_scanner.Next) ? ", without a blank between" : "");
        if (_scanner.TakeComparison() is { } comparison)
            return Term(field, new Compares(comparison, _scanner.WordOrQuoted(expected)), at);
        if (_scanner.Take('='))
            return Term(field, new IsExactly(_scanner.WordOrQuoted(expected)), at);
        if (_scanner.TakeRange() is { } range)
            return Range(field, range, at);
        if (_scanner.TakeCall("in"))
            return In(field, at);
        if (_scanner.TakeRegex() is { } regex)
            return Term(field, new FitsRegex(regex), at);
        if (_scanner.Next == '"')
            return Term(field, new HasWords(_scanner.Quoted()), at);
        LogQueryWord word = _scanner.Word(expected, stopAtColon: false);
        return Term(field, word.IsStar ? new IsThere()
            : word.IsPattern ? new FitsPattern(word.Pattern)
            : new HasWords(word.Text), at);
    }

    private Filter In(LogField field, int at)
    {
        var parts = new List<Filter>();
        do
        {
            _scanner.SkipSpace();
            parts.Add(Term(field, new IsExactly(_scanner.ListItem($"a value inside {field.Name}:in( )")), at));
            _scanner.SkipSpace();
        }
        while (_scanner.Take(','));
        if (!_scanner.Take(')'))
            throw _scanner.Wrong($"',' or the closing bracket ')' of {field.Name}:in( )");
        _scanner.SkipSpace();
        return parts.Count == 1 ? parts[0] : new Either([.. parts]);
    }

    private static Filter Range(LogField field, LogQueryRange range, int at)
    {
        var parts = new List<Filter>();
        if (range.Low != "*")
            parts.Add(Term(field, new Compares(
                range.LowInside ? Comparison.GreaterOrEqual : Comparison.Greater, range.Low), at));
        if (range.High != "*")
            parts.Add(Term(field, new Compares(
                range.HighInside ? Comparison.LessOrEqual : Comparison.Less, range.High), at));
        return parts.Count switch
        {
            0 => Term(field, new IsThere(), at),
            1 => parts[0],
            _ => new Both([.. parts]),
        };
    }

    /// <summary>The value has to make sense for the field; the predicate itself is made later.</summary>
    private static FieldFilter Term(LogField field, FieldTest test, int at)
    {
        test.On(field, at);
        return new FieldFilter(field.Name, test);
    }

    private static Filter Text(LogQueryWord word)
    {
        if (word.IsStar)
            return Filter.All;
        return word.IsPattern ? new WordsLike(word.Pattern) : new Words(word.Text);
    }
}
