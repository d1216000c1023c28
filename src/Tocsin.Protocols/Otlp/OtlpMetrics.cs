using System.Text.Json;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Otlp;

/// <summary>Counts the data points of an ExportMetricsServiceRequest; -1 when it is malformed.</summary>
internal static class OtlpMetrics
{
    private const int ResourceMetrics = 1 << 3 | ProtoReader.Length, ScopeMetrics = 2 << 3 | ProtoReader.Length,
        Metrics = 2 << 3 | ProtoReader.Length, Points = 1 << 3 | ProtoReader.Length;

    // The five kinds of Metric.data: gauge, sum, histogram, exponential histogram, summary. Each holds its points in
    // field 1.
    private static readonly int[] s_kinds = [5, 7, 9, 10, 11];

    private static readonly string[] s_jsonKinds = ["gauge", "sum", "histogram", "exponentialHistogram", "summary"];

    public static long CountProto(ReadOnlySpan<byte> request) =>
        Count(request, [ResourceMetrics, ScopeMetrics, Metrics]);

    public static long CountJson(ReadOnlySpan<byte> request)
    {
        var json = new Utf8JsonReader(request, new JsonReaderOptions { MaxDepth = 1000 });
        try
        {
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
                return -1;
            long points = CountJson(ref json, ["resourceMetrics", "scopeMetrics", "metrics"]);
            return json.Read() ? -1 : points;
        }
        catch (JsonException)
        {
            return -1;
        }
    }

    // Descends along the tags to every metric.
    private static long Count(ReadOnlySpan<byte> message, ReadOnlySpan<int> path)
    {
        if (path.IsEmpty)
            return CountPoints(message);
        long points = 0;
        var fields = new ProtoReader(message);
        while (fields.Next())
        {
            if (fields.Tag != path[0])
                continue;
            long below = Count(fields.Bytes, path[1..]);
            if (below < 0)
                return -1;
            points += below;
        }
        return fields.Broken ? -1 : points;
    }

    private static long CountPoints(ReadOnlySpan<byte> metric)
    {
        long points = 0;
        var kinds = new ProtoReader(metric);
        while (kinds.Next())
        {
            if ((kinds.Tag & 7) != ProtoReader.Length || !s_kinds.Contains(kinds.Tag >> 3))
                continue;
            var fields = new ProtoReader(kinds.Bytes);
            while (fields.Next())
            {
                if (fields.Tag == Points)
                    points++;
            }
            if (fields.Broken)
                return -1;
        }
        return kinds.Broken ? -1 : points;
    }

    private static long CountJson(ref Utf8JsonReader json, scoped ReadOnlySpan<string> path)
    {
        long points = 0;
        while (JsonReading.NextMember(ref json))
        {
            if (path.IsEmpty ? !IsKind(ref json) : !json.ValueTextEquals(path[0]))
                json.Skip();
            else if (path.IsEmpty)
                points += CountJsonPoints(ref json);
            else if (JsonReading.BeginArray(ref json))
            {
                while (JsonReading.NextObject(ref json))
                    points += CountJson(ref json, path[1..]);
            }
        }
        return points;
    }

    private static long CountJsonPoints(ref Utf8JsonReader json)
    {
        long points = 0;
        if (!JsonReading.BeginObject(ref json))
            return 0;
        while (JsonReading.NextMember(ref json))
        {
            if (!json.ValueTextEquals("dataPoints"u8))
            {
                json.Skip();
                continue;
            }
            if (!JsonReading.BeginArray(ref json))
                continue;
            while (JsonReading.NextObject(ref json))
            {
                points++;
                json.Skip();
            }
        }
        return points;
    }

    private static bool IsKind(ref Utf8JsonReader json)
    {
        foreach (string kind in s_jsonKinds)
        {
            if (json.ValueTextEquals(kind))
                return true;
        }
        return false;
    }
}
