using System.Text.Json;
using Tocsin.Query.Buckets;
using Tocsin.Query.Cells;
using Tocsin.Query.Records;

namespace Tocsin.Protocols.Elasticsearch.Aggregations;

/// <summary>How many records each step of a number has.</summary>
internal sealed class Histogram(string name, RecordField field, double step, double offset, int minCount, IReadOnlyList<ElasticAggregation> inner)
    : ElasticAggregation(name, inner)
{
    private const int MostBuckets = 65_536;

    public override string Type => "histogram";

    public override Aggregation Ask() => new ByNumber(Name, field, step, offset, AskInner());

    public override void Write(Utf8JsonWriter json, BucketAnswer answer, bool typedKeys)
    {
        List<Bucket> found = [.. Buckets(answer).OrderBy(b => b.Key.AsDouble)];
        json.WriteStartArray("buckets");
        for (int i = 0; i < found.Count; i++)
        {
            if (i > 0 && minCount == 0)
                WriteGap(json, found[i - 1].Key.AsDouble, found[i].Key.AsDouble, typedKeys);
            if (found[i].Count >= minCount)
                Write(json, found[i], typedKeys);
        }
        json.WriteEndArray();
    }

    private void WriteGap(Utf8JsonWriter json, double before, double after, bool typedKeys)
    {
        double steps = Math.Round((after - before) / step);
        if (steps > MostBuckets)
            throw ElasticException.TooMuch($"[{Name}] would have more than {MostBuckets} buckets: ask for longer steps");
        for (int i = 1; i < steps; i++)
            Write(json, new Bucket(Cell.Of(before + i * step), 0, EmptyAnswers.Of(AskInner())), typedKeys);
    }

    private void Write(Utf8JsonWriter json, Bucket bucket, bool typedKeys)
    {
        json.WriteStartObject();
        json.WriteNumber("key", bucket.Key.AsDouble);
        json.WriteNumber("doc_count", bucket.Count);
        WriteInner(json, bucket, typedKeys);
        json.WriteEndObject();
    }
}
