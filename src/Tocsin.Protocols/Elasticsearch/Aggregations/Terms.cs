using System.Text.Json;
using Tocsin.Protocols.Elasticsearch.Queries;
using Tocsin.Query.Buckets;
using Tocsin.Query.Cells;
using Tocsin.Query.Records;

namespace Tocsin.Protocols.Elasticsearch.Aggregations;

/// <param name="By">_count, _key, or the name of an inner aggregation and perhaps one of its numbers: latency.max.</param>
internal sealed record TermsOrder(string By, bool Descending);

/// <summary>The values of a field, most frequent first unless told otherwise.</summary>
internal sealed class Terms(string name, RecordField field, IReadOnlyList<ElasticAggregation> inner) : ElasticAggregation(name, inner)
{
    public int Size { get; init; } = 10;

    public int MinCount { get; init; } = 1;

    public Cell Missing { get; init; }

    public IReadOnlyList<TermsOrder> Order { get; init; } = [new("_count", true)];

    public override string Type => "sterms";

    public override Aggregation Ask() => new ByValue(Name, field, Missing, AskInner());

    public override void Write(Utf8JsonWriter json, BucketAnswer answer, bool typedKeys)
    {
        List<Bucket> all = [.. Buckets(answer).Where(b => b.Count >= MinCount)];
        all.Sort(Compare);
        json.WriteNumber("doc_count_error_upper_bound", 0);
        json.WriteNumber("sum_other_doc_count", all.Skip(Size).Sum(b => b.Count));
        json.WriteStartArray("buckets");
        foreach (Bucket bucket in all.Take(Size))
        {
            json.WriteStartObject();
            WriteKey(json, bucket.Key);
            json.WriteNumber("doc_count", bucket.Count);
            WriteInner(json, bucket, typedKeys);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteKey(Utf8JsonWriter json, Cell key)
    {
        switch (key.Kind)
        {
            case CellKind.Level:
                json.WriteString("key", key.ToString().ToUpperInvariant());
                break;
            case CellKind.Time:
                var time = new Model.Instant(key.AsInt);
                json.WriteNumber("key", time.UnixMilliseconds);
                json.WriteString("key_as_string", DateShape.Iso.Write(time, TimeZoneInfo.Utc));
                break;
            case CellKind.Bool:
                json.WriteNumber("key", key.IsTrue ? 1 : 0);
                json.WriteString("key_as_string", key.ToString());
                break;
            default:
                json.WritePropertyName("key");
                CellJson.Write(json, key);
                break;
        }
    }

    private int Compare(Bucket a, Bucket b)
    {
        foreach (TermsOrder order in Order)
        {
            int byOrder = order.By switch
            {
                "_count" => a.Count.CompareTo(b.Count),
                "_key" or "_term" => Keys.Compare(a.Key, b.Key),
                _ => Number(a, order).CompareTo(Number(b, order)),
            };
            if (byOrder != 0)
                return order.Descending ? -byOrder : byOrder;
        }
        return Keys.Compare(a.Key, b.Key);
    }

    // What is no number comes last in either direction.
    private double Number(Bucket bucket, TermsOrder order)
    {
        string[] path = order.By.Split('.', 2);
        int place = Inner.Select((i, n) => (i.Name, n)).First(i => i.Name == path[0]).n;
        double number = Measure.Of(Inner[place], bucket.Inner[place], path.Length > 1 ? path[1] : null);
        return double.IsNaN(number) ? order.Descending ? double.NegativeInfinity : double.PositiveInfinity : number;
    }

    private static class Keys
    {
        public static int Compare(Cell a, Cell b)
        {
            bool numbers = a.Kind is CellKind.Int or CellKind.Double && b.Kind is CellKind.Int or CellKind.Double;
            if (numbers)
                return Double(a).CompareTo(Double(b));
            return a.Kind == b.Kind && a.Kind is CellKind.Time or CellKind.Bool
                ? a.AsInt.CompareTo(b.AsInt)
                : string.CompareOrdinal(Text(a), Text(b));
        }

        private static double Double(Cell cell) => cell.Kind == CellKind.Int ? cell.AsInt : cell.AsDouble;

        // As it is shown, so that levels stand in the order of their names.
        private static string Text(Cell cell) => cell.ToString();
    }
}

/// <summary>One number of an inner aggregation, to order by.</summary>
internal static class Measure
{
    private static readonly string[] s_names = ["count", "min", "max", "avg", "sum", "value"];

    public static bool Is(ElasticAggregation aggregation, string? part) => aggregation switch
    {
        SingleNumber => part is null or "value",
        Stats => part is not null && s_names.Contains(part),
        OneFilter => part is null or "_count" or "doc_count",
        _ => false,
    };

    public static double Of(ElasticAggregation aggregation, BucketAnswer answer, string? part) => answer switch
    {
        CountAnswer count => count.Count,
        NumbersAnswer numbers => numbers.Part(part is null or "value" ? ((SingleNumber)aggregation).Part : part),
        BucketList { Buckets: [var only] } => only.Count,
        _ => double.NaN,
    };

    public static double Part(this NumbersAnswer numbers, string part) => part switch
    {
        "count" => numbers.Count,
        "min" => numbers.Least,
        "max" => numbers.Greatest,
        "sum" => numbers.Sum,
        _ => numbers.Count == 0 ? double.NaN : numbers.Sum / numbers.Count,
    };
}
