using System.Text.Json;
using Tocsin.Query.Buckets;
using Tocsin.Query.Records;

namespace Tocsin.Protocols.Elasticsearch.Aggregations;

/// <summary>filter, missing and global: one bucket.</summary>
internal sealed class OneFilter(string name, string type, Condition condition, IReadOnlyList<ElasticAggregation> inner)
    : ElasticAggregation(name, inner)
{
    public override string Type => type;

    public override Aggregation Ask() => new ByCondition(Name, [condition], AskInner());

    public override void Write(Utf8JsonWriter json, BucketAnswer answer, bool typedKeys)
    {
        Bucket bucket = Buckets(answer)[0];
        json.WriteNumber("doc_count", bucket.Count);
        WriteInner(json, bucket, typedKeys);
    }
}

/// <summary>filters and range: a bucket per condition, with or without a key.</summary>
/// <param name="keys">The key of each condition.</param>
/// <param name="keyed">An object of buckets; else a list.</param>
internal sealed class ManyFilters(
    string name, string type, IReadOnlyList<Condition> conditions, IReadOnlyList<string> keys, bool keyed,
    IReadOnlyList<ElasticAggregation> inner) : ElasticAggregation(name, inner)
{
    /// <summary>Further members of each bucket, such as the ends of a range.</summary>
    public IReadOnlyList<IReadOnlyList<(string Name, double Value)>>? Ends { get; init; }

    public override string Type => type;

    public override Aggregation Ask() => new ByCondition(Name, conditions, AskInner());

    public override void Write(Utf8JsonWriter json, BucketAnswer answer, bool typedKeys)
    {
        IReadOnlyList<Bucket> buckets = Buckets(answer);
        if (keyed)
            json.WriteStartObject("buckets");
        else
            json.WriteStartArray("buckets");
        for (int i = 0; i < buckets.Count; i++)
        {
            if (keyed)
                json.WriteStartObject(keys[i]);
            else
                json.WriteStartObject();
            if (!keyed && keys[i].Length > 0)
                json.WriteString("key", keys[i]);
            foreach ((string end, double value) in Ends?[i] ?? [])
                json.WriteNumber(end, value);
            json.WriteNumber("doc_count", buckets[i].Count);
            WriteInner(json, buckets[i], typedKeys);
            json.WriteEndObject();
        }
        if (keyed)
            json.WriteEndObject();
        else
            json.WriteEndArray();
    }
}
