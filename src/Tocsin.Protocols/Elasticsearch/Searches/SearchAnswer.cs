using System.Diagnostics;
using System.Text.Json;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Protocols.Elasticsearch.Aggregations;
using Tocsin.Protocols.Elasticsearch.Queries;
using Tocsin.Query.Buckets;
using Tocsin.Query.Cells;
using Tocsin.Query.Records;
using Tocsin.Storage.Scan;

namespace Tocsin.Protocols.Elasticsearch.Searches;

/// <summary>How a client wants its answers.</summary>
internal sealed record AnswerStyle(bool TypedKeys, bool TotalAsNumber);

/// <summary>Runs searches and spells their answers. Any thread.</summary>
internal sealed class SearchAnswer(RecordSearch search)
{
    public const string Index = "logs";

    /// <summary>Bytes of one answer, which is held in memory until it is whole.</summary>
    private const long MostBytes = 128 << 20;

    /// <summary>The members of the answer, without its braces.</summary>
    public void Write(Utf8JsonWriter json, SearchRequest request, AnswerStyle style, CancellationToken cancel)
    {
        long began = Stopwatch.GetTimestamp();
        bool partial = false;
        long? total = null;
        if (request.CountTotal)
        {
            (total, bool bad) = search.Count(request.Where, cancel);
            partial |= bad;
        }
        IReadOnlyList<BucketAnswer> groups = [];
        if (request.Aggregations.Count > 0)
        {
            (IReadOnlyList<BucketAnswer>? answers, string? refused, bool bad) =
                search.Group(request.Where, [.. request.Aggregations.Select(a => a.Ask())], cancel);
            groups = answers ?? throw ElasticException.TooMuch(refused!);
            partial |= bad;
        }
        json.WriteStartObject("hits");
        WriteTotal(json, total, style);
        if (request.Order.Count == 0 && request.Size > 0 && total != 0)
            json.WriteNumber("max_score", 1.0);
        else
            json.WriteNull("max_score");
        json.WriteStartArray("hits");
        partial |= WriteHits(json, request, cancel);
        json.WriteEndArray();
        json.WriteEndObject();
        if (request.Aggregations.Count > 0)
        {
            json.WriteStartObject("aggregations");
            ElasticAggregation.WriteAll(json, request.Aggregations, groups, style.TypedKeys);
            json.WriteEndObject();
        }
        json.WriteNumber("took", (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        json.WriteBoolean("timed_out", false);
        WriteShards(json, partial);
    }

    /// <summary>Damaged blocks that were left out are told as a shard that failed.</summary>
    public static void WriteShards(Utf8JsonWriter json, bool partial)
    {
        json.WriteStartObject("_shards");
        json.WriteNumber("total", 1);
        json.WriteNumber("successful", partial ? 0 : 1);
        json.WriteNumber("skipped", 0);
        json.WriteNumber("failed", partial ? 1 : 0);
        if (partial)
        {
            json.WriteStartArray("failures");
            json.WriteStartObject();
            json.WriteNumber("shard", 0);
            json.WriteString("index", Index);
            json.WriteStartObject("reason");
            json.WriteString("type", "corrupt_index_exception");
            json.WriteString("reason", "damaged blocks were left out");
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteTotal(Utf8JsonWriter json, long? total, AnswerStyle style)
    {
        if (total is not { } count)
            return;
        if (style.TotalAsNumber)
        {
            json.WriteNumber("total", count);
            return;
        }
        json.WriteStartObject("total");
        json.WriteNumber("value", count);
        json.WriteString("relation", "eq");
        json.WriteEndObject();
    }

    private bool WriteHits(Utf8JsonWriter json, SearchRequest request, CancellationToken cancel)
    {
        var source = new SourceDocument(request.Source);
        var fields = new HitFields(request.Fields);
        (string? refused, bool partial) = search.Find(
            request.Where, request.Order, request.After, request.From, request.Size,
            (in EventRow row, RowId id, IReadOnlyList<Cell> keys) =>
            {
                json.WriteStartObject();
                json.WriteString("_index", row.TryGet(IndexField, out FieldValue index) && index.Kind == ValueKind.String ? index.ToString() : Index);
                json.WriteString("_id", id.ToString());
                if (request.Order.Count == 0)
                    json.WriteNumber("_score", 1.0);
                else
                    json.WriteNull("_score");
                if (!request.Source.IsNone)
                {
                    json.WritePropertyName("_source");
                    source.Write(json, row);
                }
                fields.Write(json, row, id);
                if (request.Order.Count > 0)
                    WriteSort(json, request, id, keys);
                json.WriteEndObject();
                if (json.BytesCommitted + json.BytesPending > MostBytes)
                    throw ElasticException.TooMuch($"the answer would have more than {MostBytes >> 20} MiB: ask for fewer or smaller records at a time");
            },
            cancel);
        return refused is null ? partial : throw ElasticException.TooMuch(refused);
    }

    private static ReadOnlySpan<byte> IndexField => "elasticsearch.index"u8;

    /// <summary>The id stands behind the values that were asked for, so that search_after goes on exactly here.</summary>
    private static void WriteSort(Utf8JsonWriter json, SearchRequest request, RowId id, IReadOnlyList<Cell> keys)
    {
        json.WriteStartArray("sort");
        for (int i = 0; i < keys.Count; i++)
        {
            Cell key = keys[i];
            if (key.Kind == CellKind.Time && request.SortFormats[i] is { } format)
                json.WriteStringValue(format.Write(new Instant(key.AsInt), TimeZoneInfo.Utc));
            else if (key.Kind == CellKind.Time)
                json.WriteNumberValue(new Instant(key.AsInt).UnixMilliseconds);
            else if (key.Kind == CellKind.Level)
                json.WriteStringValue(key.ToString().ToUpperInvariant());
            else
                CellJson.Write(json, key);
        }
        json.WriteStringValue(id.ToString());
        json.WriteEndArray();
    }
}
