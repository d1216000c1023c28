using Tocsin.Query.Aggregates;
using Tocsin.Query.Expressions;
using Tocsin.Query.Parsing;
using Tocsin.Query.Pipes;
using Tocsin.Query.Plans;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Tests.Naive;

/// <summary>Names the parts of the language that a plan has, to see which of them were tried.</summary>
internal static class PlanKinds
{
    private static readonly string[] s_filters =
    [
        "every record", "word", "words side by side", "text without words", "word with * or ?", "/text/", "a b", "a OR b", "NOT a",
        "field:word", "field:=exact", "field:a*", "field:/re/", "field:>number", "field:>text", "field:[a TO b]", "field:in(a, b)", "field:*",
        "-field:*", "level:name", "level:=name", "level:>=name", "level:a*", "level:/re/", "level:*", "trace:id", "trace:*", "span:id", "span:*",
        "duration:length", "duration:>length", "duration:*",
    ];

    private static readonly string[] s_pipeForms =
    [
        "stats by", "timechart auto", "timechart by", "top by", "facets of all", "sort desc", "fields -", "parse json", "parse logfmt", "parse pattern",
        "parse regexp", "parse from", "patterns by",
    ];

    /// <summary>Every kind by group. A pipe, an aggregate or a function that is new to the language is here by itself.</summary>
    public static IReadOnlyList<(string Group, IReadOnlyList<string> Kinds)> All { get; } =
    [
        ("filter", s_filters),
        ("pipe", [.. PipeTable.All.Select(p => p.Verb), .. s_pipeForms]),
        ("aggregate", [.. AggregateTable.Names.Append("p50").Append("p90").Append("p95").Append("p99"), "count(x)", "rate(x)"]),
        ("function", [.. FunctionTable.All.Select(f => f.Name)]),
        ("sign", [.. Binary.Signs, "-x", "not", "field", "value", "field:test"]),
    ];

    /// <summary>Each kind once.</summary>
    public static HashSet<(string Group, string Kind)> Of(QueryPlan plan)
    {
        var kinds = new HashSet<(string, string)>();
        Add(plan.Filter, kinds);
        foreach (Pipe pipe in plan.Pipes)
            Add(pipe, kinds);
        return kinds;
    }

    private static void Add(Filter filter, HashSet<(string, string)> kinds)
    {
        kinds.Add(("filter", filter switch
        {
            Words { Text: var text } => text.Any(char.IsLetterOrDigit) ? text.Contains(' ') ? "words side by side" : "word" : "text without words",
            WordsLike => "word with * or ?",
            TextRegex => "/text/",
            Both { Parts: [FieldFilter { Test: Compares } a, FieldFilter { Test: Compares } b] } when a.Field == b.Field => "field:[a TO b]",
            Both => "a b",
            Either either when either.Parts.All(p => p is FieldFilter f && f.Field == (either.Parts[0] as FieldFilter)?.Field) => "field:in(a, b)",
            Either => "a OR b",
            Negation { Part: FieldFilter { Test: IsThere } } => "-field:*",
            Negation => "NOT a",
            FieldFilter field => KindOf(field),
            _ => "every record",
        }));
        foreach (Filter part in filter switch { Both both => both.Parts, Either either => either.Parts, Negation not => [not.Part], _ => (IEnumerable<Filter>)[] })
            Add(part, kinds);
    }

    private static string KindOf(FieldFilter filter) => filter.Field switch
    {
        "level" => filter.Test switch
        {
            HasWords => "level:name", IsExactly => "level:=name", Compares => "level:>=name", FitsPattern => "level:a*", FitsRegex => "level:/re/",
            _ => "level:*",
        },
        "trace" or "span" => filter.Test is IsThere ? $"{filter.Field}:*" : $"{filter.Field}:id",
        "duration" => filter.Test switch { IsThere => "duration:*", Compares => "duration:>length", _ => "duration:length" },
        _ => filter.Test switch
        {
            HasWords => "field:word",
            IsExactly => "field:=exact",
            FitsPattern => "field:a*",
            FitsRegex => "field:/re/",
            Compares compares => NaiveNumber.Of(compares.Bound) is null ? "field:>text" : "field:>number",
            _ => "field:*",
        },
    };

    private static void Add(Pipe pipe, HashSet<(string, string)> kinds)
    {
        kinds.Add(("pipe", pipe.Verb));
        string? form = pipe switch
        {
            StatsPipe { By.Count: > 0 } => "stats by",
            TimechartPipe { Span: null } => "timechart auto",
            TopPipe { By.Count: > 0 } => "top by",
            FacetsPipe { Fields.Count: 0 } => "facets of all",
            SortPipe sort when sort.Keys.Any(k => k.Descending) => "sort desc",
            FieldsPipe { Columns.Count: 0 } => "fields -",
            ParsePipe { Format: JsonFormat } => "parse json",
            ParsePipe { Format: LogfmtFormat } => "parse logfmt",
            ParsePipe { Format: PatternFormat } => "parse pattern",
            ParsePipe => "parse regexp",
            PatternsPipe { By.Count: > 0 } => "patterns by",
            _ => null,
        };
        if (form is not null)
            kinds.Add(("pipe", form));
        if (pipe is TimechartPipe { By.Count: > 0 })
            kinds.Add(("pipe", "timechart by"));
        if (pipe is ParsePipe { From: not FieldReference { Name: "message" } })
            kinds.Add(("pipe", "parse from"));
        foreach (Expression expression in PartsOf(pipe))
            Add(expression, kinds);
        foreach (AggregateCall call in pipe switch { StatsPipe stats => stats.Calls, TimechartPipe chart => chart.Calls, _ => (IEnumerable<AggregateCall>)[] })
        {
            bool ofValues = call.Function is "count" or "rate" && call.Arguments.Count > 0;
            kinds.Add(("aggregate", ofValues ? $"{call.Function}(x)" : call.Function));
        }
    }

    private static IEnumerable<Expression> PartsOf(Pipe pipe) => pipe switch
    {
        WherePipe where => [where.Condition],
        ExtendPipe extend => extend.Columns.Select(c => c.Expression),
        FieldsPipe fields => fields.Columns.Select(c => c.Expression),
        SortPipe sort => sort.Keys.Select(k => k.Expression),
        DedupPipe dedup => dedup.Fields.Select(f => f.Expression),
        StatsPipe stats => stats.By.Select(k => k.Expression).Concat(stats.Calls.SelectMany(c => c.Arguments)),
        TimechartPipe chart => chart.By.Select(k => k.Expression).Concat(chart.Calls.SelectMany(c => c.Arguments)),
        TopPipe top => top.Fields.Concat(top.By).Select(f => f.Expression),
        PatternsPipe patterns => patterns.By.Select(f => f.Expression),
        ParsePipe parse => [parse.From],
        _ => [],
    };

    private static void Add(Expression expression, HashSet<(string, string)> kinds)
    {
        (string, string)? kind = expression switch
        {
            Call call => ("function", call.Function),
            Binary binary => ("sign", Binary.Signs[(int)binary.Operator]),
            Unary unary => ("sign", unary.IsNot ? "not" : "-x"),
            FieldReference => ("sign", "field"),
            Literal => ("sign", "value"),
            FilterTerm => ("sign", "field:test"),
            _ => null,
        };
        if (kind is { } found)
            kinds.Add(found);
        foreach (Expression part in expression switch
        {
            Call call => call.Arguments, Binary binary => [binary.Left, binary.Right], Unary unary => [unary.Part], _ => (IEnumerable<Expression>)[],
        })
            Add(part, kinds);
    }
}
