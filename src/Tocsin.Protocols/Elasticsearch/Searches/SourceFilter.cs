using System.IO.Enumeration;
using Tocsin.Protocols.Elasticsearch.Queries;

namespace Tocsin.Protocols.Elasticsearch.Searches;

/// <summary>Which fields of the source are sent. Patterns take '*' and the names of maps stand for all inside them.</summary>
internal sealed class SourceFilter(bool none, IReadOnlyList<string> includes, IReadOnlyList<string> excludes)
{
    public static SourceFilter Everything { get; } = new(false, [], []);

    /// <summary>Nothing is sent, not even an empty source.</summary>
    public bool IsNone => none;

    public bool IsEverything => !none && includes.Count == 0 && excludes.Count == 0;

    /// <param name="source">true, false, a name, a list of names, or {includes, excludes}.</param>
    /// <param name="included">Names with commas between, of the address.</param>
    /// <param name="excluded">The same.</param>
    public static SourceFilter Read(ElasticJson? source, string? included, string? excluded)
    {
        List<string> includes = Split(included), excludes = Split(excluded);
        bool none = false;
        if (source is { IsObject: true } given)
        {
            foreach ((string name, ElasticJson value) in given.Members())
            {
                List<string> names = name switch
                {
                    "includes" or "include" => includes,
                    "excludes" or "exclude" => excludes,
                    _ => throw given.Unknown(name, "member"),
                };
                names.AddRange(value.Items().Select(i => i.Text()));
            }
        }
        else if (source is { IsBool: true } flag)
        {
            none = !flag.Bool();
        }
        else if (source is { IsText: true } text && text.Text() is "true" or "false")
        {
            none = source.Value.Text() == "false";
        }
        else if (source is { } names)
        {
            includes.AddRange(names.Items().Select(i => i.Text()));
        }
        return new SourceFilter(none, includes, excludes);
    }

    /// <summary>Whether a value that is no map is sent.</summary>
    public bool Takes(string path) => (includes.Count == 0 || includes.Any(p => Covers(p, path))) && !excludes.Any(p => Covers(p, path));

    /// <summary>Whether something inside a map may be sent.</summary>
    public bool Enters(string path) => !excludes.Any(p => Covers(p, path))
        && (includes.Count == 0 || includes.Any(p => Covers(p, path) || p.StartsWith(path + ".", StringComparison.Ordinal) || p.Contains('*')));

    // attributes.x is x at the top of our documents.
    private static bool Covers(string pattern, string path) =>
        Fits(pattern, path) || pattern.Contains('.') && Fits(ElasticField.Named(pattern), path);

    private static bool Fits(string pattern, string path) =>
        FileSystemName.MatchesSimpleExpression(pattern, path, ignoreCase: false)
        || FileSystemName.MatchesSimpleExpression(pattern + ".*", path, ignoreCase: false);

    private static List<string> Split(string? names) =>
        [.. (names ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
}
