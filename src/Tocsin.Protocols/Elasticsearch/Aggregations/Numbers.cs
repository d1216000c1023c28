using System.Globalization;
using System.Text.Json;
using Tocsin.Model;
using Tocsin.Query.Buckets;
using Tocsin.Query.Records;

namespace Tocsin.Protocols.Elasticsearch.Aggregations;

/// <summary>min, max, avg, sum.</summary>
internal sealed class SingleNumber(string name, string part, RecordField field) : ElasticAggregation(name, [])
{
    public string Part => part;

    public override string Type => part;

    public override Aggregation Ask() => new NumbersOf(Name, field);

    public override void Write(Utf8JsonWriter json, BucketAnswer answer, bool typedKeys)
    {
        double value = ((NumbersAnswer)answer).Part(part);
        WriteNumber(json, "value", value);
        if (field.IsTime && part != "sum" && double.IsFinite(value))
            json.WriteString("value_as_string", TimeShape.Of(value));
    }
}

/// <summary>value_count and cardinality.</summary>
internal sealed class SingleCount(string name, string type, Aggregation ask) : ElasticAggregation(name, [])
{
    public override string Type => type;

    public override Aggregation Ask() => ask;

    public override void Write(Utf8JsonWriter json, BucketAnswer answer, bool typedKeys) =>
        json.WriteNumber("value", ((CountAnswer)answer).Count);
}

/// <summary>stats and extended_stats.</summary>
/// <param name="sigma">Of extended_stats: how many deviations the bounds are away from the average. Null for stats.</param>
internal sealed class Stats(string name, RecordField field, double? sigma) : ElasticAggregation(name, [])
{
    private static readonly string[] s_parts = ["min", "max", "avg", "sum"];

    public override string Type => sigma is null ? "stats" : "extended_stats";

    public override Aggregation Ask() => new NumbersOf(Name, field);

    public override void Write(Utf8JsonWriter json, BucketAnswer answer, bool typedKeys)
    {
        var numbers = (NumbersAnswer)answer;
        json.WriteNumber("count", numbers.Count);
        foreach (string part in s_parts)
        {
            double value = numbers.Part(part);
            WriteNumber(json, part, value);
            if (field.IsTime && part != "sum" && double.IsFinite(value))
                json.WriteString(part + "_as_string", TimeShape.Of(value));
        }
        if (sigma is { } deviations)
            WriteSpread(json, numbers, deviations);
    }

    private static void WriteSpread(Utf8JsonWriter json, NumbersAnswer numbers, double deviations)
    {
        bool any = numbers.Count > 0;
        double variance = numbers.Variance, deviation = Math.Sqrt(variance);
        double sampling = numbers.Count > 1 ? variance * numbers.Count / (numbers.Count - 1) : double.NaN, samplingDeviation = Math.Sqrt(sampling);
        double average = numbers.Part("avg");
        WriteNumber(json, "sum_of_squares", any ? numbers.SumOfSquares : double.NaN);
        WriteNumber(json, "variance", variance);
        WriteNumber(json, "variance_population", variance);
        WriteNumber(json, "variance_sampling", sampling);
        WriteNumber(json, "std_deviation", deviation);
        WriteNumber(json, "std_deviation_population", deviation);
        WriteNumber(json, "std_deviation_sampling", samplingDeviation);
        json.WriteStartObject("std_deviation_bounds");
        foreach ((string suffix, double one) in ((string, double)[])[("", deviation), ("_population", deviation), ("_sampling", samplingDeviation)])
        {
            WriteNumber(json, "upper" + suffix, average + deviations * one);
            WriteNumber(json, "lower" + suffix, average - deviations * one);
        }
        json.WriteEndObject();
    }
}

/// <summary>Percentiles by name of the percent, or as a list.</summary>
internal sealed class Percentiles(string name, RecordField field, IReadOnlyList<double> percents, bool keyed) : ElasticAggregation(name, [])
{
    public override string Type => "tdigest_percentiles";

    public override Aggregation Ask() => new PercentilesOf(Name, field, percents);

    public override void Write(Utf8JsonWriter json, BucketAnswer answer, bool typedKeys)
    {
        IReadOnlyList<double> values = ((PercentilesAnswer)answer).Values;
        if (keyed)
            json.WriteStartObject("values");
        else
            json.WriteStartArray("values");
        for (int i = 0; i < values.Count; i++)
        {
            if (keyed)
            {
                WriteNumber(json, percents[i].ToString("0.0##########", CultureInfo.InvariantCulture), values[i]);
                continue;
            }
            json.WriteStartObject();
            json.WriteNumber("key", percents[i]);
            WriteNumber(json, "value", values[i]);
            json.WriteEndObject();
        }
        if (keyed)
            json.WriteEndObject();
        else
            json.WriteEndArray();
    }
}

/// <summary>Milliseconds since 1970 as a date.</summary>
internal static class TimeShape
{
    private const double MostMillis = 9.2e12;

    public static string Of(double milliseconds) =>
        DateShape.Iso.Write(Instant.FromMilliseconds((long)Math.Clamp(milliseconds, -MostMillis, MostMillis)), TimeZoneInfo.Utc);
}
