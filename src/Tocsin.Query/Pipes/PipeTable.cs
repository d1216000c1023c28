using Tocsin.Query.Aggregates;
using Tocsin.Query.Expressions;
using Tocsin.Query.Logs;

namespace Tocsin.Query.Pipes;

/// <summary>How a pipe is read.</summary>
/// <param name="Parse">Called behind the verb; reads up to the next pipe.</param>
/// <param name="Behind">What may follow a whole one, beside the next pipe; for errors.</param>
internal sealed record PipeKind(string Verb, Func<PipeParser, Pipe> Parse, string Behind, params string[] Aliases);

/// <summary>Every pipe of the language; one more is one file and one line here.</summary>
internal static class PipeTable
{
    public static IReadOnlyList<PipeKind> All { get; } =
    [
        new("where", WherePipe.Parse, "'and', 'or', a comparison such as '==', "),
        new("stats", StatsPipe.Parse, "',', 'as', 'by', ", "summarize"),
        new("timechart", TimechartPipe.Parse, "',', 'as', 'by', "),
        new("top", TopPipe.Parse, "',', 'as', 'by', "),
        new("facets", FacetsPipe.Parse, "',', "),
        new("sort", SortPipe.Parse, "',', 'asc', 'desc', ", "order"),
        new("limit", LimitPipe.Parse, "", "head", "take"),
        new("fields", FieldsPipe.Parse, "',', 'as', ", "keep", "project"),
        new("extend", ExtendPipe.Parse, "',', ", "eval"),
        new("parse", ParsePipe.Parse, "'from', "),
        new("patterns", PatternsPipe.Parse, "'by', "),
        new("dedup", DedupPipe.Parse, "',', ", "distinct"),
        new("context", ContextPipe.Parse, ""),
    ];

    private static readonly Dictionary<string, PipeKind> s_byVerb = All
        .SelectMany(kind => kind.Aliases.Prepend(kind.Verb).Select(verb => (verb, kind)))
        .ToDictionary(p => p.verb, p => p.kind, StringComparer.OrdinalIgnoreCase);

    private static readonly string s_verbs = $"a verb: {string.Join(", ", All.Select(kind => kind.Verb))}";

    public static Pipe Parse(PipeParser parser)
    {
        int at = parser.Scanner.Position;
        string verb = parser.Scanner.Name(s_verbs);
        if (!s_byVerb.TryGetValue(verb, out PipeKind? kind))
            throw new LogQueryException(at, Meant(verb, parser.Scanner.Next), $"'{verb}'");
        Pipe pipe = kind.Parse(parser);
        return parser.AtEnd ? pipe : throw Behind(kind, parser);
    }

    private static string Meant(string verb, char next) =>
        next == ':' ? $"where in front of a condition, or {s_verbs}"
        : AggregateTable.Find(verb) is not null ? $"stats in front of functions, or {s_verbs}"
        : PipeParser.Like(verb, s_byVerb.Keys, s_verbs);

    /// <summary>Something stands behind a pipe that is whole.</summary>
    private static LogQueryException Behind(PipeKind kind, PipeParser parser)
    {
        if (parser.Scanner.Next == ')')
            return parser.Wrong("a '(' in front of this bracket");
        string word = parser.Scanner.Word;
        if (s_byVerb.ContainsKey(word))
            return parser.Wrong($"'|' in front of {word}");
        string advice = FunctionTable.Find(word) is { Least: > 1 } function ? $"; {function.Name} is a function: {function.Name}(x, …)"
            : kind.Verb is "stats" or "timechart" && parser.Scanner.Next is '+' or '-' or '*' or '/' or '%' ? "; extend behind it computes with its columns"
            : "";
        return parser.Wrong($"{kind.Behind}'|' or the end of the query{advice}");
    }
}
