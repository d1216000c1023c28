using Tocsin.Query.Records;
using Tocsin.Storage.Scan;

namespace Tocsin.Protocols.Elasticsearch.Queries;

/// <summary>Reads the query part of a search. Scores do not exist, so what only changes them is read and forgotten.</summary>
internal sealed class QueryReader(FieldConditions fields)
{
    /// <summary>How deep clauses may nest; the conditions recurse.</summary>
    private const int MaxDepth = 50;

    /// <summary>Clauses of one query; Elasticsearch allows 1024 by default.</summary>
    private const int MaxClauses = 1024;

    private int _clauses, _depth;

    public FieldConditions Fields => fields;

    public Condition Read(ElasticJson query)
    {
        (string name, ElasticJson body) = query.Single("kind of query");
        if (++_clauses > MaxClauses)
            throw new ElasticException("too_many_nested_clauses", $"[{query.Path}]: a query has at most {MaxClauses} clauses");
        if (++_depth > MaxDepth)
            throw ElasticException.Parsing($"[{query.Path}]: at most {MaxDepth} queries inside each other");
        Condition condition = Clause(query, name, body);
        _depth--;
        return condition;
    }

    private Condition Clause(ElasticJson query, string name, ElasticJson body) => name switch
    {
        "match_all" => Ignoring(body, Condition.All),
        "match_none" => Ignoring(body, Condition.None),
        "bool" => Bool(body),
        "query_string" => QueryString(body),
        "term" => Field(body, "value", ["boost", "case_insensitive", "_name"], Term),
        "terms" => Terms(body),
        "match" => Field(body, "query", s_match, Match),
        "match_phrase" => Field(body, "query", ["slop", "analyzer", "zero_terms_query", "boost", "_name"], Phrase),
        "match_phrase_prefix" => Field(body, "query", ["boost", "_name"], PhrasePrefix),
        "multi_match" => MultiMatch(body),
        "range" => Range(body),
        "exists" => Exists(body),
        "prefix" => Field(body, "value", ["boost", "rewrite", "case_insensitive", "_name"], Prefix),
        "wildcard" => Field(body, body.Members().FirstOrDefault().Value.Member("wildcard") is null ? "value" : "wildcard",
            ["boost", "rewrite", "case_insensitive", "_name"], Wildcard),
        "regexp" => Field(body, "value", ["flags", "boost", "rewrite", "case_insensitive", "max_determinized_states", "_name"], Regexp),
        "ids" => Ids(body),
        "constant_score" => ConstantScore(body),
        _ => throw query.Unknown(name, "query"),
    };

    private static readonly string[] s_match =
    [
        "operator", "minimum_should_match", "analyzer", "lenient", "zero_terms_query", "auto_generate_synonyms_phrase_query",
        "boost", "_name",
    ];

    private static Condition Ignoring(ElasticJson body, Condition condition)
    {
        foreach ((string name, _) in body.Members())
        {
            if (name is not ("boost" or "_name"))
                throw body.Unknown(name, "parameter");
        }
        return condition;
    }

    private Condition Bool(ElasticJson body)
    {
        var all = new List<Condition>();
        var some = new List<Condition>();
        bool required = false;
        ElasticJson? least = null;
        foreach ((string name, ElasticJson value) in body.Members())
        {
            switch (name)
            {
                case "must" or "filter":
                    List<Condition> parts = Clauses(value);
                    required |= parts.Count > 0;
                    all.AddRange(parts);
                    break;
                case "must_not" or "mustNot":
                    all.AddRange(Clauses(value).Select(c => new Opposite(c)));
                    break;
                case "should":
                    some = Clauses(value);
                    break;
                case "minimum_should_match":
                    least = value;
                    break;
                case "boost" or "_name" or "adjust_pure_negative":
                    break;
                default:
                    throw body.Unknown(name, "clause");
            }
        }
        int wanted = least is { } given ? Minimum(given, some.Count) : required ? 0 : 1;
        if (some.Count > 0 || least is not null)
            all.Add(FieldConditions.Combine(some, wanted));
        return FieldConditions.Combine(all, all.Count);
    }

    private List<Condition> Clauses(ElasticJson value) => [.. value.Items().Select(Read)];

    /// <summary>2, "2", "-1", "75%" or "-25%" of so many.</summary>
    private static int Minimum(ElasticJson value, int count)
    {
        string text = value.Scalar();
        bool percent = text.EndsWith('%');
        if (!int.TryParse(percent ? text[..^1] : text, System.Globalization.NumberStyles.AllowLeadingSign,
                System.Globalization.CultureInfo.InvariantCulture, out int number) || Math.Abs((long)number) > 10_000)
            throw value.Wrong("a number or a percentage");
        int share = percent ? (int)((long)count * number / 100) : number;
        return share < 0 ? count + share : share;
    }

    /// <summary>{"field": value} or {"field": {key: value, ...}}.</summary>
    /// <param name="parameters">What else may stand there.</param>
    private static Condition Field(
        ElasticJson body, string key, IReadOnlyList<string> parameters, Func<string, ElasticJson, ElasticJson?, Condition> read)
    {
        (string field, ElasticJson value) = body.Single("field");
        if (!value.IsObject)
            return read(field, value, null);
        foreach ((string name, _) in value.Members())
        {
            if (name != key && !parameters.Contains(name))
                throw value.Unknown(name, "parameter");
        }
        return read(field, value.Member(key) ?? throw value.Wrong($"a member [{key}]"), value);
    }

    private Condition Term(string field, ElasticJson value, ElasticJson? parameters)
    {
        NoCaseFolding(parameters);
        return fields.Equals(field, value);
    }

    private Condition Terms(ElasticJson body)
    {
        ElasticJson? list = null;
        string field = "";
        foreach ((string name, ElasticJson value) in body.Members())
        {
            if (name is "boost" or "_name")
                continue;
            if (list is not null || !value.IsArray)
                throw body.Wrong("one field and a list of values");
            (field, list) = (name, value);
        }
        if (list is not { } values)
            throw body.Wrong("one field and a list of values");
        List<Condition> any = [.. values.Items().Select(value => fields.Equals(field, value))];
        _clauses += any.Count;
        return FieldConditions.Combine(any, 1);
    }

    private Condition Match(string field, ElasticJson value, ElasticJson? parameters)
    {
        IReadOnlyList<Condition> words = fields.Words(field, value);
        if (words.Count == 0)
            return Condition.None;
        if (parameters?.Member("minimum_should_match") is { } least)
            return FieldConditions.Combine(words, Math.Max(1, Minimum(least, words.Count)));
        return FieldConditions.Combine(words, IsAnd(parameters?.Member("operator")) ? words.Count : 1);
    }

    private Condition Phrase(string field, ElasticJson value, ElasticJson? parameters)
    {
        if (parameters?.Member("slop") is { } slop && slop.Int(0, int.MaxValue) > 0)
            throw slop.Wrong("0, since words have to stand side by side");
        return fields.Phrase(field, value);
    }

    private Condition PhrasePrefix(string field, ElasticJson value, ElasticJson? parameters)
    {
        string text = value.Scalar();
        if (text.Any(char.IsWhiteSpace))
            throw value.Wrong("one word, since a phrase with an open end is not supported");
        return fields.Pattern(field, Protect(text) + "*", value);
    }

    private Condition MultiMatch(ElasticJson body)
    {
        foreach ((string name, ElasticJson value) in body.Members())
        {
            bool known = name is "query" or "fields" or "lenient" or "boost" or "_name" or "tie_breaker" or "operator" or "analyzer"
                || name == "type" && value.Text() is "best_fields" or "most_fields" or "phrase";
            if (!known)
                throw body.Unknown(name, "parameter");
        }
        ElasticJson query = body.Member("query") ?? throw body.Wrong("a member [query]");
        ElasticJson names = body.Member("fields") ?? throw body.Wrong("a member [fields]");
        bool phrase = body.Member("type") is { } type && type.Text() == "phrase";
        return FieldConditions.Combine(
            [.. names.Items().Select(n => FieldName(n)).Select(n => phrase ? fields.Phrase(n, query) : Match(n, query, body))], 1);
    }

    private Condition Range(ElasticJson body)
    {
        (string field, ElasticJson bounds) = body.Single("field");
        TimeZoneInfo zone = bounds.Member("time_zone") is { } z ? DateText.Zone(z) : TimeZoneInfo.Utc;
        string? format = bounds.Member("format")?.Text();
        var parts = new List<Condition>();
        foreach ((string name, ElasticJson value) in bounds.Members())
        {
            Comparison? comparison = name switch
            {
                "gt" => Comparison.Greater,
                "gte" or "from" => Comparison.GreaterOrEqual,
                "lt" => Comparison.Less,
                "lte" or "to" => Comparison.LessOrEqual,
                "format" or "time_zone" or "boost" or "_name" => null,
                "include_lower" or "include_upper" when value.Bool() => null,
                "relation" => throw bounds.Unknown(name, "parameter"),
                _ => throw bounds.Unknown(name, "parameter"),
            };
            if (comparison is { } c && !value.IsNull)
                parts.Add(fields.Compare(field, c, value, zone, format));
        }
        return parts.Count == 0 ? fields.Exists(field) : FieldConditions.Combine(parts, parts.Count);
    }

    private Condition Exists(ElasticJson body)
    {
        string? field = null;
        foreach ((string name, ElasticJson value) in body.Members())
        {
            if (name == "field")
                field = value.Text();
            else if (name is not ("boost" or "_name"))
                throw body.Unknown(name, "parameter");
        }
        return fields.Exists(field ?? throw body.Wrong("a member [field]"));
    }

    private Condition Prefix(string field, ElasticJson value, ElasticJson? parameters) =>
        fields.Pattern(field, Protect(value.Scalar()) + "*", value);

    private Condition Wildcard(string field, ElasticJson value, ElasticJson? parameters) =>
        value.Scalar() == "*" ? fields.Exists(field) : fields.Pattern(field, value.Scalar(), value);

    private Condition Regexp(string field, ElasticJson value, ElasticJson? parameters)
    {
        NoCaseFolding(parameters);
        return fields.Regex(field, value.Text(), value);
    }

    private static Condition Ids(ElasticJson body)
    {
        var ids = new HashSet<RowId>();
        foreach ((string name, ElasticJson value) in body.Members())
        {
            if (name is not ("values" or "boost" or "_name"))
                throw body.Unknown(name, "parameter");
            foreach (ElasticJson id in name == "values" ? value.Items() : [])
            {
                if (RowId.TryParse(id.Text(), out RowId row))
                    ids.Add(row);
            }
        }
        return ids.Count == 0 ? Condition.None : new IsOneOf(ids);
    }

    private Condition ConstantScore(ElasticJson body)
    {
        foreach ((string name, _) in body.Members())
        {
            if (name is not ("filter" or "boost" or "_name"))
                throw body.Unknown(name, "parameter");
        }
        return Read(body.Member("filter") ?? throw body.Wrong("a member [filter]"));
    }

    private Condition QueryString(ElasticJson body)
    {
        ElasticJson? query = null;
        var settings = new QueryStringSettings();
        foreach ((string name, ElasticJson value) in body.Members())
        {
            switch (name)
            {
                case "query": query = value; break;
                case "default_operator": settings = settings with { And = IsAnd(value) }; break;
                case "default_field": settings = settings with { Fields = [FieldName(value)] }; break;
                case "fields": settings = settings with { Fields = [.. value.Items().Select(FieldName)] }; break;
                case "time_zone": settings = settings with { Zone = DateText.Zone(value) }; break;
                case "analyze_wildcard" or "allow_leading_wildcard" or "analyzer" or "quote_analyzer" or "boost" or "lenient"
                    or "_name" or "auto_generate_synonyms_phrase_query" or "enable_position_increments" or "rewrite"
                    or "max_determinized_states" or "tie_breaker" or "type" or "fuzzy_max_expansions" or "fuzzy_prefix_length"
                    or "fuzzy_transpositions" or "fuzziness" or "phrase_slop" or "escape": break;
                default: throw body.Unknown(name, "parameter");
            }
        }
        return QueryStringReader.Read(query ?? throw body.Wrong("a member [query]"), settings, fields);
    }

    public static bool IsAnd(ElasticJson? value) => value is { } given
        && given.Text().ToUpperInvariant() switch { "AND" => true, "OR" => false, _ => throw given.Wrong("and or or") };

    private static string FieldName(ElasticJson value)
    {
        string name = value.Text();
        int boost = name.IndexOf('^');
        return boost < 0 ? name : name[..boost];
    }

    private static void NoCaseFolding(ElasticJson? parameters)
    {
        if (parameters?.Member("case_insensitive") is { } fold && fold.Bool())
            throw fold.Wrong("false; match, prefix and wildcard take any case");
    }

    private static string Protect(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal);
}
