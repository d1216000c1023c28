namespace Tocsin.Protocols.Elasticsearch.Queries;

/// <summary>What the names of an Elasticsearch document are called here.</summary>
internal static class ElasticField
{
    /// <summary>Names of our own parts, as <see cref="Query.Records.RecordField"/> knows them.</summary>
    public const string Time = "time", Level = "level", Id = "id", Trace = "trace_id", Span = "span_id", Message = "message";

    /// <summary>The resource field that keeps the name of the index a document was sent to.</summary>
    public const string Index = "elasticsearch.index";

    private const string Keyword = ".keyword", Attributes = "attributes.", Resource = "resource.";

    public static string Named(string name)
    {
        if (name.Length > Keyword.Length && name.EndsWith(Keyword, StringComparison.Ordinal))
            name = name[..^Keyword.Length];
        if (name.Length > Attributes.Length && name.StartsWith(Attributes, StringComparison.Ordinal))
            return name[Attributes.Length..];
        if (name.Length > Resource.Length && name.StartsWith(Resource, StringComparison.Ordinal))
            return name[Resource.Length..];
        return name switch
        {
            "@timestamp" or "timestamp" or "time" or "_time" => Time,
            "level" or "log.level" or "severity" or "levelname" => Level,
            "trace.id" or "trace_id" or "traceId" or "trace" => Trace,
            "span.id" or "span_id" or "spanId" or "span" => Span,
            "message" or "msg" or "body" => Message,
            "_id" => Id,
            "_index" => Index,
            _ => name,
        };
    }
}
