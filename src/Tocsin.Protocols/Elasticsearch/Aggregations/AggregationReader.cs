using System.Globalization;
using Tocsin.Model;
using Tocsin.Protocols.Elasticsearch.Queries;
using Tocsin.Query.Buckets;
using Tocsin.Query.Cells;
using Tocsin.Query.Records;

namespace Tocsin.Protocols.Elasticsearch.Aggregations;

/// <summary>Reads the aggregations of a search.</summary>
internal sealed class AggregationReader(QueryReader queries)
{
    /// <summary>How deep they may nest, and how many there may be.</summary>
    private const int MaxDepth = 10, MaxAggregations = 256;

    private const int MostTerms = 65_536;

    private const long NanosPerMillisecond = 1_000_000;

    private int _depth, _count;

    public IReadOnlyList<ElasticAggregation> Read(ElasticJson aggregations)
    {
        if (++_depth > MaxDepth)
            throw ElasticException.Parsing($"[{aggregations.Path}]: at most {MaxDepth} aggregations inside each other");
        List<ElasticAggregation> read = [.. aggregations.Members().Select(a => One(a.Name, a.Value))];
        _depth--;
        return read;
    }

    private ElasticAggregation One(string name, ElasticJson value)
    {
        if (++_count > MaxAggregations)
            throw ElasticException.Parsing($"[{value.Path}]: at most {MaxAggregations} aggregations");
        IReadOnlyList<ElasticAggregation> inner = [];
        (string Type, ElasticJson Body)? found = null;
        foreach ((string member, ElasticJson body) in value.Members())
        {
            if (member is "aggs" or "aggregations")
                inner = Read(body);
            else if (member != "meta")
                found = found is null ? (member, body) : throw value.Wrong("one type of aggregation only");
        }
        (string type, ElasticJson given) = found ?? throw value.Wrong("a type of aggregation");
        if (inner.Count > 0 && type is not ("date_histogram" or "histogram" or "terms" or "filter" or "filters" or "range" or "missing"))
            throw ElasticException.Parsing($"[{value.Path}]: the aggregation [{type}] has no buckets that could be asked further");
        return Make(value, name, type, new AggregationBody(given), inner);
    }

    private ElasticAggregation Make(
        ElasticJson at, string name, string type, AggregationBody body, IReadOnlyList<ElasticAggregation> inner)
    {
        ElasticAggregation made = type switch
        {
            "date_histogram" => Dates(name, body, inner),
            "histogram" => new Histogram(name, body.Field(), body.Positive("interval"), body.Take("offset")?.Double() ?? 0,
                body.Take("min_doc_count")?.Int(0, int.MaxValue) ?? 0, inner),
            "terms" => ByTerms(name, body, inner),
            "min" or "max" or "avg" or "sum" => new SingleNumber(name, type, body.Field()),
            "value_count" => new SingleCount(name, type, new ValuesOf(name, body.Field())),
            "cardinality" => Cardinality(name, body),
            "stats" => new Stats(name, body.Field(), null),
            "extended_stats" => new Stats(name, body.Field(), body.Take("sigma")?.Double() ?? 2),
            "percentiles" => Percentiles(name, body),
            "filter" => new OneFilter(name, "filter", queries.Read(body.Whole()), inner),
            "filters" => Filters(name, body, inner),
            "missing" => new OneFilter(name, "missing", new Opposite(queries.Fields.Exists(body.Name("field"))), inner),
            "range" => Ranges(name, body, inner),
            _ => throw at.Unknown(type, "aggregation"),
        };
        body.NothingElse();
        return made;
    }

    private static SingleCount Cardinality(string name, AggregationBody body)
    {
        _ = body.Take("precision_threshold");
        _ = body.Take("rehash");
        return new SingleCount(name, "cardinality", new DistinctOf(name, body.Field()));
    }

    private static Percentiles Percentiles(string name, AggregationBody body)
    {
        _ = body.Take("tdigest");
        _ = body.Take("hdr");
        double[] percents = body.Take("percents") is { } given ? [.. given.Items().Select(Percent)] : [1, 5, 25, 50, 75, 95, 99];
        return new Percentiles(name, body.Field(), percents, body.Take("keyed")?.Bool() ?? true);

        static double Percent(ElasticJson value) =>
            value.Double() is >= 0 and <= 100 and var percent ? percent : throw value.Wrong("a number from 0 to 100");
    }

    private ManyFilters Filters(string name, AggregationBody body, IReadOnlyList<ElasticAggregation> inner)
    {
        ElasticJson filters = body.Take("filters") ?? throw body.Missing("filters");
        var conditions = new List<Condition>();
        var keys = new List<string>();
        foreach ((string key, ElasticJson query) in filters.IsArray ? filters.Items().Select(i => ("", i)) : filters.Members())
        {
            keys.Add(key);
            conditions.Add(queries.Read(query));
        }
        bool other = body.Take("other_bucket")?.Bool() ?? false;
        string? otherKey = body.Take("other_bucket_key")?.Text();
        if (other || otherKey is not null)
        {
            keys.Add(filters.IsArray ? "" : otherKey ?? "_other_");
            conditions.Add(new Opposite(new AnyOf([.. conditions])));
        }
        bool keyed = !filters.IsArray && (body.Take("keyed")?.Bool() ?? true);
        return new ManyFilters(name, "filters", conditions, keys, keyed, inner);
    }

    private ManyFilters Ranges(string name, AggregationBody body, IReadOnlyList<ElasticAggregation> inner)
    {
        string field = body.Name("field");
        if (RecordField.Named(ElasticField.Named(field)).IsTime)
            throw body.Whole().Unknown(field, "ranges of the time; use date_histogram or filters instead of");
        var conditions = new List<Condition>();
        var keys = new List<string>();
        var ends = new List<IReadOnlyList<(string, double)>>();
        foreach (ElasticJson range in (body.Take("ranges") ?? throw body.Missing("ranges")).Items())
        {
            var parts = new List<Condition>();
            var shown = new List<(string, double)>();
            foreach ((string end, ElasticJson value) in range.Members())
            {
                if (end is "from" or "to" && !value.IsNull)
                {
                    parts.Add(queries.Fields.Compare(field, end == "from" ? Storage.Scan.Comparison.GreaterOrEqual : Storage.Scan.Comparison.Less,
                        value, TimeZoneInfo.Utc, null));
                    shown.Add((end, value.Double()));
                }
                else if (end is not ("from" or "to" or "key"))
                {
                    throw range.Unknown(end, "member");
                }
            }
            conditions.Add(parts.Count == 0 ? queries.Fields.Exists(field) : FieldConditions.Combine(parts, parts.Count));
            keys.Add(range.Member("key")?.Text() ?? $"{End(shown, "from")}-{End(shown, "to")}");
            ends.Add(shown);
        }
        return new ManyFilters(name, "range", conditions, keys, body.Take("keyed")?.Bool() ?? false, inner) { Ends = ends };

        static string End(List<(string Name, double Value)> ends, string name) =>
            ends.Where(e => e.Name == name).Select(e => e.Value.ToString("0.0###", CultureInfo.InvariantCulture)).FirstOrDefault("*");
    }

    private static Terms ByTerms(string name, AggregationBody body, IReadOnlyList<ElasticAggregation> inner)
    {
        foreach (string ignored in (string[])["shard_size", "shard_min_doc_count", "execution_hint", "collect_mode", "show_term_doc_count_error", "value_type"])
            _ = body.Take(ignored);
        List<TermsOrder> order = [];
        foreach (ElasticJson item in body.Take("order")?.Items() ?? [])
        {
            foreach ((string by, ElasticJson direction) in item.Members())
            {
                string[] path = by.Split('.', 2);
                if (by is not ("_count" or "_key" or "_term")
                    && !inner.Any(i => i.Name == path[0] && Measure.Is(i, path.Length > 1 ? path[1] : null)))
                    throw direction.Wrong($"an inner aggregation with one number named [{by}]");
                order.Add(new TermsOrder(by, AggregationBody.IsDescending(direction)));
            }
        }
        return new Terms(name, body.Field(), inner)
        {
            Size = body.Take("size")?.Int(1, MostTerms) ?? 10,
            MinCount = Math.Max(1, body.Take("min_doc_count")?.Int(0, int.MaxValue) ?? 1),
            Missing = body.Take("missing") is { } missing ? AggregationBody.Cell(missing) : default,
            Order = order.Count > 0 ? order : [new TermsOrder("_count", true)],
        };
    }

    private DateHistogram Dates(string name, AggregationBody body, IReadOnlyList<ElasticAggregation> inner)
    {
        ElasticJson? zoneName = body.Take("time_zone");
        TimeZoneInfo zone = zoneName is { } z ? DateText.Zone(z) : TimeZoneInfo.Utc;
        ElasticJson? format = body.Take("format");
        RecordField field = body.Field();
        bool descending = false;
        foreach ((string by, ElasticJson direction) in body.Take("order")?.Members() ?? [])
            descending = by == "_key" ? AggregationBody.IsDescending(direction) : throw direction.Wrong("_key to order by");
        return new DateHistogram(name, field, Step(body, zone), inner)
        {
            MinCount = body.Take("min_doc_count")?.Int(0, int.MaxValue) ?? 0,
            ExtendedBounds = Bounds(body.Take("extended_bounds"), zone, format?.Text()),
            HardBounds = Bounds(body.Take("hard_bounds"), zone, format?.Text()),
            Format = format is { } given ? DateShape.Of(given) : DateShape.Iso,
            Keyed = body.Take("keyed")?.Bool() ?? false,
            Descending = descending,
        };
    }

    /// <summary>"interval" is the spelling of old clients: a unit of the calendar when it is one, else a length.</summary>
    private static TimeStep Step(AggregationBody body, TimeZoneInfo zone)
    {
        long offset = body.Take("offset") is { } shift ? Nanos(shift, signed: true) : 0;
        ElasticJson? fixedLength = body.Take("fixed_interval"), calendar = body.Take("calendar_interval"), old = body.Take("interval");
        if (new[] { fixedLength, calendar, old }.Count(i => i is not null) != 1)
            throw body.Whole().Wrong("one of [fixed_interval], [calendar_interval] and [interval]");
        if (calendar is { } c)
            return TimeStep.Of(Unit(c.Text()) ?? throw c.Wrong("a unit such as 1d, day, 1w or month"), zone, offset);
        ElasticJson given = (fixedLength ?? old)!.Value;
        if (fixedLength is null && given.IsText && Unit(given.Text()) is { } unit)
            return TimeStep.Of(unit, zone, offset);
        long nanos = Nanos(given, signed: false);
        return nanos >= NanosPerMillisecond ? TimeStep.Of(nanos, zone, offset) : throw given.Wrong("at least 1ms");
    }

    private static CalendarUnit? Unit(string text) => text switch
    {
        "1m" or "minute" => CalendarUnit.Minute,
        "1h" or "hour" => CalendarUnit.Hour,
        "1d" or "day" => CalendarUnit.Day,
        "1w" or "week" => CalendarUnit.Week,
        "1M" or "month" => CalendarUnit.Month,
        "1q" or "quarter" => CalendarUnit.Quarter,
        "1y" or "year" => CalendarUnit.Year,
        _ => null,
    };

    private static long Nanos(ElasticJson value, bool signed)
    {
        string text = value.Scalar();
        bool negative = signed && text.StartsWith('-');
        string plain = signed ? text.TrimStart('+', '-') : text;
        int digits = plain.Length - plain.TrimStart("0123456789".ToCharArray()).Length;
        long? unit = plain[digits..] switch
        {
            "ms" => NanosPerMillisecond,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            "d" => 86_400_000_000_000,
            _ => null,
        };
        if (unit is null || digits is 0 or > 9 || !long.TryParse(plain[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            || count > long.MaxValue / 4 / unit)
            throw value.Wrong("a length of time such as 500ms, 30s, 5m, 1h or 1d");
        return count * unit.Value * (negative ? -1 : 1);
    }

    private (Instant, Instant)? Bounds(ElasticJson? bounds, TimeZoneInfo zone, string? format)
    {
        if (bounds is not { } given)
            return null;
        ElasticJson min = given.Member("min") ?? throw given.Wrong("members [min] and [max]");
        ElasticJson max = given.Member("max") ?? throw given.Wrong("members [min] and [max]");
        string? formats = format is null ? null : format + "||strict_date_optional_time||epoch_millis";
        return (queries.Fields.Dates.Read(min, zone, formats).Start, queries.Fields.Dates.Read(max, zone, formats).Start);
    }
}

/// <summary>The parameters of an aggregation; each is taken once, and one that nobody took is an error.</summary>
internal sealed class AggregationBody(ElasticJson body)
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private bool _whole;

    public ElasticJson? Take(string name)
    {
        _taken.Add(name);
        return body.IsObject ? body.Member(name) : throw body.Wrong("an object");
    }

    /// <summary>The body itself is looked at by another reader, or for an error.</summary>
    public ElasticJson Whole()
    {
        _whole = true;
        return body;
    }

    public string Name(string parameter) => (Take(parameter) ?? throw Missing(parameter)).Text();

    public RecordField Field() => RecordField.Named(ElasticField.Named(Name("field")));

    public double Positive(string name)
    {
        ElasticJson value = Take(name) ?? throw Missing(name);
        return value.Double() is > 0 and var number ? number : throw value.Wrong("a number above 0");
    }

    public ElasticException Missing(string name) => body.Wrong($"a member [{name}]");

    public void NothingElse()
    {
        if (_whole)
            return;
        foreach ((string name, _) in body.Members())
        {
            if (!_taken.Contains(name))
                throw body.Unknown(name, "parameter");
        }
    }

    public static bool IsDescending(ElasticJson direction) =>
        direction.Text() switch { "desc" => true, "asc" => false, _ => throw direction.Wrong("asc or desc") };

    public static Cell Cell(ElasticJson value) => value.Value.ValueKind switch
    {
        System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False => Query.Cells.Cell.Of(value.Bool()),
        System.Text.Json.JsonValueKind.Number when value.Value.TryGetInt64(out long whole) => Query.Cells.Cell.Of(whole),
        System.Text.Json.JsonValueKind.Number => Query.Cells.Cell.Of(value.Double()),
        _ => Query.Cells.Cell.Of(value.Text()),
    };
}
