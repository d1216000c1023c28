using Tocsin.Storage.Scan;

namespace Tocsin.Query.Logs;

/// <summary>
/// Recursive descent over the characters of a query.
/// <code>
/// query := or? end                     or    := and (("OR" | "||") and)*
/// and   := not (("AND" | "&amp;&amp;")? not)*    not   := ("NOT" | "!" | "-") not | group | term
/// group := "(" or ")"                  term  := field ":" value | text
/// </code>
/// </summary>
internal sealed class LogQueryParser(string text)
{
    /// <summary>How deep brackets and NOTs may nest; the parser and the predicates recurse.</summary>
    private const int MaxDepth = 100;

    private readonly LogQueryScanner _scanner = new(text);
    private int _depth;

    public Predicate Parse()
    {
        _scanner.SkipSpace();
        if (_scanner.AtEnd)
            return Predicate.All;
        Predicate query = Or(null);
        if (!_scanner.AtEnd)
            throw _scanner.Wrong("a word, a field or the end of the query");
        return query;
    }

    /// <param name="field">Inside field:( ... ) the field that bare values belong to.</param>
    private Predicate Or(LogField? field)
    {
        var parts = new List<Predicate> { And(field) };
        while (_scanner.TakeOperator("OR") || _scanner.TakeOperator("||"))
            parts.Add(And(field));
        return parts.Count == 1 ? parts[0] : new Or(parts);
    }

    private Predicate And(LogField? field)
    {
        var parts = new List<Predicate> { Not(field) };
        while (true)
        {
            bool spelledOut = _scanner.TakeOperator("AND") || _scanner.TakeOperator("&&");
            if (!spelledOut && (_scanner.AtEnd || _scanner.Next is ')' or '|' || _scanner.IsOperator("OR")))
                break;
            parts.Add(Not(field));
        }
        parts.RemoveAll(p => parts.Count > 1 && p == Predicate.All);
        return parts.Count switch { 0 => Predicate.All, 1 => parts[0], _ => new And(parts) };
    }

    private Predicate Not(LogField? field)
    {
        if (++_depth > MaxDepth)
            throw new LogQueryException(_scanner.Position, $"at most {MaxDepth} brackets inside each other", "more");
        Predicate predicate = _scanner.TakeOperator("NOT") || _scanner.TakePrefix('!') || _scanner.TakePrefix('-')
            ? new Not(Not(field))
            : Primary(field);
        _depth--;
        return predicate;
    }

    private Predicate Primary(LogField? field)
    {
        if (_scanner.Take('('))
            return Group(field);
        if (field is not null)
            return Value(field);
        if (_scanner.Next == '"')
            return new TextContains(_scanner.Quoted());
        if (_scanner.TakeOperator("*:*"))
            return Predicate.All;
        if (_scanner.FieldName() is { } name)
            return Field(LogField.Named(name));
        return Text(_scanner.Word("a word, a \"phrase\" or field:value", stopAtColon: false));
    }

    private Predicate Group(LogField? field)
    {
        _scanner.SkipSpace();
        Predicate inner = Or(field);
        if (!_scanner.Take(')'))
            throw _scanner.Wrong("a closing bracket ')'");
        _scanner.SkipSpace();
        return inner;
    }

    private Predicate Field(LogField field) => _scanner.Take('(') ? Group(field) : Value(field);

    private Predicate Value(LogField field)
    {
        int at = _scanner.Position;
        string expected = $"a value after '{field.Name}:'";
        if (_scanner.TakeComparison() is { } comparison)
            return field.Compare(comparison, _scanner.WordOrQuoted(expected), at);
        if (_scanner.Take('='))
            return field.Exactly(_scanner.WordOrQuoted(expected), at);
        if (_scanner.TakeRange() is { } range)
            return Range(field, range, at);
        if (_scanner.TakeCall("in"))
            return In(field, at);
        if (_scanner.Next == '"')
            return field.Has(_scanner.Quoted(), at);
        LogQueryWord word = _scanner.Word(expected, stopAtColon: false);
        if (word.IsStar)
            return field.Exists();
        return word.IsPattern ? field.Like(word.Pattern, at) : field.Has(word.Text, at);
    }

    private Predicate In(LogField field, int at)
    {
        var parts = new List<Predicate>();
        do
        {
            _scanner.SkipSpace();
            parts.Add(field.Exactly(_scanner.ListItem($"a value inside {field.Name}:in( )"), at));
            _scanner.SkipSpace();
        }
        while (_scanner.Take(','));
        if (!_scanner.Take(')'))
            throw _scanner.Wrong("',' or ')'");
        _scanner.SkipSpace();
        return parts.Count == 1 ? parts[0] : new Or(parts);
    }

    private static Predicate Range(LogField field, LogQueryRange range, int at)
    {
        var parts = new List<Predicate>();
        if (range.Low != "*")
            parts.Add(field.Compare(range.LowInside ? Comparison.GreaterOrEqual : Comparison.Greater, range.Low, at));
        if (range.High != "*")
            parts.Add(field.Compare(range.HighInside ? Comparison.LessOrEqual : Comparison.Less, range.High, at));
        return parts.Count switch { 0 => field.Exists(), 1 => parts[0], _ => new And(parts) };
    }

    private static Predicate Text(LogQueryWord word)
    {
        if (word.IsStar)
            return Predicate.All;
        return word.IsPattern ? new TextMatches(word.Pattern) : new TextContains(word.Text);
    }
}
