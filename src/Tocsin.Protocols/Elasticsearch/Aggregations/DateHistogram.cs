using System.Globalization;
using System.Text.Json;
using Tocsin.Model;
using Tocsin.Protocols.Elasticsearch.Queries;
using Tocsin.Query.Buckets;
using Tocsin.Query.Cells;
using Tocsin.Query.Records;

namespace Tocsin.Protocols.Elasticsearch.Aggregations;

/// <summary>How many records each step of time has, gaps included unless told otherwise.</summary>
internal sealed class DateHistogram(string name, RecordField field, TimeStep step, IReadOnlyList<ElasticAggregation> inner)
    : ElasticAggregation(name, inner)
{
    /// <summary>Elasticsearch's own limit on buckets of one answer.</summary>
    private const int MostBuckets = 65_536;

    public int MinCount { get; init; }

    /// <summary>Buckets are shown at least from here to there.</summary>
    public (Instant Min, Instant Max)? ExtendedBounds { get; init; }

    /// <summary>Buckets are shown at most from here to there.</summary>
    public (Instant Min, Instant Max)? HardBounds { get; init; }

    /// <summary>.NET's spelling; null for ISO 8601 with milliseconds.</summary>
    public DateShape Format { get; init; } = DateShape.Iso;

    public bool Keyed { get; init; }

    public bool Descending { get; init; }

    public override string Type => "date_histogram";

    public override Aggregation Ask() => new ByTime(Name, field, step, AskInner());

    public override void Write(Utf8JsonWriter json, BucketAnswer answer, bool typedKeys)
    {
        Dictionary<Instant, Bucket> found = Buckets(answer).ToDictionary(b => new Instant(b.Key.AsInt));
        IEnumerable<Instant> times = Times(found.Keys);
        if (Descending)
            times = times.Reverse();
        if (Keyed)
            json.WriteStartObject("buckets");
        else
            json.WriteStartArray("buckets");
        foreach (Instant time in times)
        {
            Bucket bucket = found.TryGetValue(time, out Bucket? known) ? known : Empty(time);
            if (bucket.Count < MinCount)
                continue;
            string text = Format.Write(time, step.Zone);
            if (Keyed)
                json.WriteStartObject(text);
            else
                json.WriteStartObject();
            json.WriteString("key_as_string", text);
            json.WriteNumber("key", time.UnixMilliseconds);
            json.WriteNumber("doc_count", bucket.Count);
            WriteInner(json, bucket, typedKeys);
            json.WriteEndObject();
        }
        if (Keyed)
            json.WriteEndObject();
        else
            json.WriteEndArray();
    }

    private List<Instant> Times(ICollection<Instant> found)
    {
        var times = new List<Instant>();
        Instant? first = found.Count == 0 ? null : found.Min(), last = found.Count == 0 ? null : found.Max();
        if (MinCount == 0 && ExtendedBounds is { } wide)
        {
            (Instant low, Instant high) = (step.Floor(wide.Min), step.Floor(wide.Max));
            first = first < low ? first : low;
            last = last > high ? last : high;
        }
        if (HardBounds is { } narrow)
        {
            (Instant low, Instant high) = (step.Floor(narrow.Min), step.Floor(narrow.Max));
            first = first < low ? low : first;
            last = last > high ? high : last;
        }
        if (first is null || last is null)
            return times;
        if (MinCount > 0)
            return [.. found.Where(t => t >= first && t <= last).Order()];
        for (Instant time = first.Value; time <= last; time = step.Next(time))
        {
            times.Add(time);
            if (times.Count > MostBuckets)
                throw ElasticException.TooMuch($"[{Name}] would have more than {MostBuckets} buckets: ask for longer steps or a shorter time");
        }
        return times;
    }

    private Bucket Empty(Instant time) => new(Cell.Of(time), 0, EmptyAnswers.Of(AskInner()));
}

/// <summary>How a time is spelled in an answer.</summary>
/// <param name="Kind">epoch_millis, epoch_second, or null for a pattern.</param>
/// <param name="Pattern">.NET's spelling.</param>
internal sealed record DateShape(string? Kind, string Pattern)
{
    public static DateShape Iso { get; } = new(null, "yyyy-MM-dd'T'HH:mm:ss.fff");

    private static readonly DateShape s_nanos = new("nanos", "");

    public static DateShape Of(ElasticJson value)
    {
        // Of alternatives the first is the one that writes.
        string format = value.Text().Split("||")[0];
        return format switch
        {
            "epoch_millis" or "epoch_second" => new DateShape(format, ""),
            "strict_date_optional_time" or "date_optional_time" or "strict_date_time" or "date_time" or "iso8601" => Iso,
            "strict_date_optional_time_nanos" => s_nanos,
            _ => JavaDateFormat.ToDotnet(format) is { } pattern
                ? new DateShape(null, pattern)
                : throw value.Wrong("a date format such as yyyy-MM-dd HH:mm or epoch_millis"),
        };
    }

    public string Write(Instant time, TimeZoneInfo zone)
    {
        switch (Kind)
        {
            case "epoch_millis":
                return time.UnixMilliseconds.ToString(CultureInfo.InvariantCulture);
            case "epoch_second":
                return Math.Floor(time.UnixMilliseconds / 1000.0).ToString(CultureInfo.InvariantCulture);
            case "nanos":
                return time.ToString();
        }
        DateTimeOffset local = TimeZoneInfo.ConvertTime(time.ToDateTimeOffset(), zone);
        string text = local.ToString(Pattern, CultureInfo.InvariantCulture);
        return this != Iso ? text : text + (local.Offset == TimeSpan.Zero ? "Z" : local.ToString("zzz", CultureInfo.InvariantCulture));
    }
}
