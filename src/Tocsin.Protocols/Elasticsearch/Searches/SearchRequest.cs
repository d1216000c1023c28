using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tocsin.Model;
using Tocsin.Protocols.Elasticsearch.Aggregations;
using Tocsin.Protocols.Elasticsearch.Queries;
using Tocsin.Query.Cells;
using Tocsin.Query.Records;
using Tocsin.Storage.Scan;

namespace Tocsin.Protocols.Elasticsearch.Searches;

/// <summary>One search, read from a body and the parameters of its address.</summary>
internal sealed record SearchRequest
{
    /// <summary>from and size together; Elasticsearch's own default limit.</summary>
    public const int MostHits = 10_000;

    private const int MostSorts = 16;

    public required Condition Where { get; init; }

    public required int From { get; init; }

    public required int Size { get; init; }

    /// <summary>Empty for newest first, without sort values in the hits.</summary>
    public required IReadOnlyList<RecordOrder> Order { get; init; }

    public required IReadOnlyList<DateShape?> SortFormats { get; init; }

    public required RecordPlace? After { get; init; }

    public required bool CountTotal { get; init; }

    public required SourceFilter Source { get; init; }

    /// <summary>Names or patterns of fields to show beside the source.</summary>
    public required IReadOnlyList<(string Name, DateShape Format)> Fields { get; init; }

    public required IReadOnlyList<ElasticAggregation> Aggregations { get; init; }

    /// <param name="parameters">Of the address; they go before the body.</param>
    public static SearchRequest Read(ElasticJson body, IQueryCollection? parameters, TimeProvider clock)
    {
        var parts = new SearchParts(body, parameters);
        var queries = new QueryReader(new FieldConditions(new DateText(clock)));
        Condition where = parts.Take("query") is { } query ? queries.Read(query) : Condition.All;
        if (parts.Text("q") is { } q)
            where = QueryStringReader.Read(Json(q, "q"), Defaults(parts), queries.Fields);
        if (parts.Take("post_filter") is { } filter)
            throw filter.Wrong("nothing, since [post_filter] is not supported");
        int size = parts.Int("size", 10), from = parts.Int("from", 0);
        if (from + size > MostHits)
            throw ElasticException.Argument(
                $"Result window is too large, from + size must be less than or equal to: [{MostHits}] but was [{from + size}]; go on with search_after");
        (List<RecordOrder> order, List<DateShape?> formats) = Sorting(parts);
        ElasticJson? aggregations = parts.Take("aggs") ?? parts.Take("aggregations");
        var request = new SearchRequest
        {
            Where = where, From = from, Size = size, Order = order, SortFormats = formats,
            After = parts.Take("search_after") is { } after ? Place(after, order) : null,
            CountTotal = parts.Take("track_total_hits") is not { } track || !track.IsBool && !track.IsText || track.Bool(),
            Source = SourceFilter.Read(parts.Take("_source"), parts.Text("_source_includes"), parts.Text("_source_excludes")),
            Fields = [.. FieldsOf(parts.Take("fields")), .. FieldsOf(parts.Take("docvalue_fields")), .. FieldsOf(parts.Take("stored_fields"))],
            Aggregations = aggregations is { } a ? new AggregationReader(queries).Read(a) : [],
        };
        parts.NothingElse();
        return request;
    }

    /// <summary>The condition of a count, which has a query and nothing else.</summary>
    public static Condition ReadCount(ElasticJson body, IQueryCollection parameters, TimeProvider clock)
    {
        var queries = new QueryReader(new FieldConditions(new DateText(clock)));
        var parts = new SearchParts(body, parameters);
        Condition where = parts.Take("query") is { } query ? queries.Read(query) : Condition.All;
        if (parts.Text("q") is { } q)
            where = QueryStringReader.Read(Json(q, "q"), Defaults(parts), queries.Fields);
        parts.NothingElse();
        return where;
    }

    private static QueryStringSettings Defaults(SearchParts parts) => new(parts.Text("default_operator")?.ToUpperInvariant() == "AND")
    {
        Fields = parts.Text("df") is { } field ? [field] : [],
    };

    private static ElasticJson Json(string text, string path) => new(JsonSerializer.SerializeToElement(text), path);

    private static (List<RecordOrder>, List<DateShape?>) Sorting(SearchParts parts)
    {
        var order = new List<RecordOrder>();
        var formats = new List<DateShape?>();
        foreach (ElasticJson item in parts.Take("sort")?.Items() ?? [])
        {
            if (order.Count == MostSorts)
                throw item.Wrong($"at most {MostSorts} fields to sort by");
            foreach ((string field, ElasticJson? how) in Keys(item))
            {
                // There are no scores, so they tell no records apart; the place in an index is our own order.
                if (field is "_score" or "_doc" or "_shard_doc")
                    continue;
                order.Add(Key(field, how, out DateShape? format));
                formats.Add(format);
            }
        }
        return (order, formats);
    }

    // "field", "field:desc" from an address, {"field": "desc"} or {"field": {"order": "desc"}}.
    private static IEnumerable<(string Field, ElasticJson? How)> Keys(ElasticJson item)
    {
        if (!item.IsText)
            return item.Members().Select(m => (m.Name, (ElasticJson?)m.Value));
        string text = item.Text();
        int colon = text.LastIndexOf(':');
        return colon < 0 ? [(text, null)] : [(text[..colon], Json(text[(colon + 1)..], item.Path))];
    }

    private static RecordOrder Key(string field, ElasticJson? how, out DateShape? format)
    {
        format = null;
        bool descending = false, missingFirst = false;
        if (how is { IsObject: false } direction)
        {
            descending = AggregationBody.IsDescending(direction);
        }
        else if (how is { } settings)
        {
            foreach ((string name, ElasticJson value) in settings.Members())
            {
                switch (name)
                {
                    case "order": descending = AggregationBody.IsDescending(value); break;
                    case "missing": missingFirst = value.Text() switch { "_first" => true, "_last" => false, _ => throw value.Wrong("_first or _last") }; break;
                    case "format": format = DateShape.Of(value); break;
                    case "unmapped_type" or "mode" or "numeric_type" or "boost": break;
                    default: throw settings.Unknown(name, "parameter");
                }
            }
        }
        return new RecordOrder(RecordField.Named(ElasticField.Named(field)), descending, missingFirst);
    }

    /// <summary>The sort values of a hit: one for each key, and, as we send them, the record's id behind them.</summary>
    private static RecordPlace Place(ElasticJson after, List<RecordOrder> order)
    {
        if (order.Count == 0)
            throw after.Wrong("a [sort], since it names a place in it");
        List<ElasticJson> values = [.. after.Items()];
        if (values.Count != order.Count && values.Count != order.Count + 1)
            throw after.Wrong($"{order.Count} values, one for each field of [sort]");
        RowId? id = null;
        if (values.Count > order.Count)
            id = RowId.TryParse(values[^1].Scalar(), out RowId row) ? row : throw values[^1].Wrong("the id of a hit");
        return new RecordPlace([.. order.Select((o, i) => Key(o, values[i]))], id);
    }

    private static Cell Key(RecordOrder order, ElasticJson value)
    {
        if (value.IsNull)
            return Cell.Missing;
        if (!order.Field.IsTime)
        {
            return order.Field.Name == ElasticField.Level && Severity.Parse(value.Scalar()) is { } level
                ? Cell.OfLevel(Severity.Family(level))
                : AggregationBody.Cell(value);
        }
        Instant time = new DateText(TimeProvider.System).Read(value, TimeZoneInfo.Utc, "epoch_millis||strict_date_optional_time").Start;
        return Cell.Of(Instant.FromMilliseconds(time.UnixMilliseconds));
    }

    // "name" or {"field": "name", "format": "..."}.
    private static IEnumerable<(string, DateShape)> FieldsOf(ElasticJson? fields)
    {
        foreach (ElasticJson item in fields?.Items() ?? [])
        {
            if (item.IsText)
                yield return (item.Text(), DateShape.Iso);
            else if (item.Member("field") is { } name)
                yield return (name.Text(), item.Member("format") is { } format ? DateShape.Of(format) : DateShape.Iso);
            else
                throw item.Wrong("the name of a field");
        }
    }
}
