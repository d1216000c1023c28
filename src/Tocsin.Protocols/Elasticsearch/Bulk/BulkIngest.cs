using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tocsin.Ingest;
using Tocsin.Protocols.Elasticsearch.Searches;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Elasticsearch.Bulk;

/// <summary>_bulk, and _doc for one document.</summary>
internal sealed class BulkIngest(IngestPipeline pipeline)
{
    private const string Label = "elasticsearch";

    public async Task Ingest(HttpContext http)
    {
        long began = Stopwatch.GetTimestamp();
        var decoder = new BulkDecoder(IndexOf(http));
        IngestReply reply = await IngestRequest.Take(http, pipeline, Label, decoder.Decode).ConfigureAwait(false);
        await ElasticReply.Send(http, json =>
        {
            Check(reply);
            json.WriteStartObject();
            json.WriteNumber("took", (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            json.WriteBoolean("errors", decoder.Items.Exists(i => i.ErrorType is not null));
            json.WriteStartArray("items");
            foreach (BulkItem item in decoder.Items)
            {
                json.WriteStartObject();
                json.WriteStartObject(item.Action);
                Write(json, item);
                json.WriteNumber("status", item.Status);
                json.WriteEndObject();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    public async Task IngestOne(HttpContext http)
    {
        var decoder = new BulkDecoder(IndexOf(http));
        IngestReply reply = await IngestRequest.Take(http, pipeline, Label, decoder.DecodeOne).ConfigureAwait(false);
        if (decoder.Items is [{ ErrorType: null }] && reply.Kind == ReplyKind.Accepted)
            http.Response.StatusCode = StatusCodes.Status201Created;
        await ElasticReply.Send(http, json =>
        {
            Check(reply);
            BulkItem item = decoder.Items[0];
            if (item.ErrorType is not null)
                throw new ElasticException(item.ErrorType, item.Reason!);
            json.WriteStartObject();
            Write(json, item);
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static void Check(IngestReply reply)
    {
        if (reply.Kind == ReplyKind.Accepted)
            return;
        string type = reply.Kind == ReplyKind.Unavailable ? "es_rejected_execution_exception" : "illegal_argument_exception";
        throw new ElasticException(type, reply.Message ?? "nothing was stored", reply.Status);
    }

    private static void Write(Utf8JsonWriter json, BulkItem item)
    {
        json.WriteString("_index", item.Index.Length > 0 ? item.Index : SearchAnswer.Index);
        json.WriteString("_id", item.Id);
        if (item.ErrorType is { } type)
        {
            json.WriteStartObject("error");
            json.WriteString("type", type);
            json.WriteString("reason", item.Reason);
            json.WriteEndObject();
            return;
        }
        json.WriteNumber("_version", 1);
        json.WriteString("result", "created");
        json.WriteStartObject("_shards");
        json.WriteNumber("total", 1);
        json.WriteNumber("successful", 1);
        json.WriteNumber("failed", 0);
        json.WriteEndObject();
        json.WriteNumber("_seq_no", 0);
        json.WriteNumber("_primary_term", 1);
    }

    private static string IndexOf(HttpContext http) => http.Request.RouteValues["index"] as string ?? "";
}
