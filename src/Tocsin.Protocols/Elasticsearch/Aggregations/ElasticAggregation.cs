using System.Text.Json;
using Tocsin.Query.Buckets;

namespace Tocsin.Protocols.Elasticsearch.Aggregations;

/// <summary>One aggregation of a request: what it asks of the records, and how its answer is spelled.</summary>
internal abstract class ElasticAggregation(string name, IReadOnlyList<ElasticAggregation> inner)
{
    public string Name => name;

    public IReadOnlyList<ElasticAggregation> Inner => inner;

    /// <summary>The type in front of the name when a client asks for typed keys.</summary>
    public abstract string Type { get; }

    public abstract Aggregation Ask();

    /// <summary>The members of the answer's object, without its braces.</summary>
    public abstract void Write(Utf8JsonWriter json, BucketAnswer answer, bool typedKeys);

    public static void WriteAll(
        Utf8JsonWriter json, IReadOnlyList<ElasticAggregation> asked, IReadOnlyList<BucketAnswer> answers, bool typedKeys)
    {
        for (int i = 0; i < asked.Count; i++)
        {
            json.WriteStartObject(typedKeys ? $"{asked[i].Type}#{asked[i].Name}" : asked[i].Name);
            asked[i].Write(json, answers[i], typedKeys);
            json.WriteEndObject();
        }
    }

    protected IReadOnlyList<Aggregation> AskInner() => [.. inner.Select(i => i.Ask())];

    protected void WriteInner(Utf8JsonWriter json, Bucket bucket, bool typedKeys) => WriteAll(json, inner, bucket.Inner, typedKeys);

    protected static IReadOnlyList<Bucket> Buckets(BucketAnswer answer) => ((BucketList)answer).Buckets;

    /// <summary>Null stands for what is no number, as Elasticsearch has it.</summary>
    protected static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }
}
