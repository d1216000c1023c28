using Tocsin.Query.Logs;

namespace Tocsin.Query.Pipes;

/// <summary>How a pipe is read.</summary>
/// <param name="Parse">Called behind the verb; reads up to the next pipe.</param>
internal sealed record PipeKind(string Verb, Func<PipeParser, Pipe> Parse, params string[] Aliases);

/// <summary>Every pipe of the language; one more is one file and one line here.</summary>
internal static class PipeTable
{
    public static IReadOnlyList<PipeKind> All { get; } =
    [
        new("where", WherePipe.Parse),
        new("stats", StatsPipe.Parse, "summarize"),
        new("timechart", TimechartPipe.Parse),
        new("top", TopPipe.Parse),
        new("facets", FacetsPipe.Parse),
        new("sort", SortPipe.Parse, "order"),
        new("limit", LimitPipe.Parse, "head", "take"),
        new("fields", FieldsPipe.Parse, "keep", "project"),
        new("extend", ExtendPipe.Parse, "eval"),
        new("parse", ParsePipe.Parse),
        new("patterns", PatternsPipe.Parse),
        new("dedup", DedupPipe.Parse, "distinct"),
        new("context", ContextPipe.Parse),
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
            throw new LogQueryException(at, s_verbs, $"'{verb}'");
        Pipe pipe = kind.Parse(parser);
        return parser.AtEnd ? pipe : throw parser.Wrong("'|' or the end of the query");
    }
}
