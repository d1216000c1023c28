using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tocsin.Protocols.Elasticsearch.Searches;
using Tocsin.Query.Records;

namespace Tocsin.Protocols.Elasticsearch;

/// <summary>What clients ask about the cluster, its indices and their fields.</summary>
internal sealed class ClusterApi(RecordSearch search)
{
    // Clients decide by the version what they may ask.
    private const string Version = "8.17.0";

    private const string Uuid = "tocsin";

    public static Task About(HttpContext http) => ElasticReply.Object(http, json =>
    {
        json.WriteString("name", Uuid);
        json.WriteString("cluster_name", Uuid);
        json.WriteString("cluster_uuid", Uuid);
        json.WriteStartObject("version");
        json.WriteString("number", Version);
        json.WriteString("build_flavor", "default");
        json.WriteString("build_type", "tar");
        json.WriteString("build_hash", Uuid);
        json.WriteString("build_date", "2024-12-11T00:00:00.000Z");
        json.WriteBoolean("build_snapshot", false);
        json.WriteString("lucene_version", "9.12.0");
        json.WriteString("minimum_wire_compatibility_version", "7.17.0");
        json.WriteString("minimum_index_compatibility_version", "7.0.0");
        json.WriteEndObject();
        json.WriteString("tagline", "You Know, for Search");
    });

    public static Task Health(HttpContext http) => ElasticReply.Object(http, json =>
    {
        json.WriteString("cluster_name", Uuid);
        json.WriteString("status", "green");
        json.WriteBoolean("timed_out", false);
        foreach ((string name, int value) in (ReadOnlySpan<(string, int)>)
            [
                ("number_of_nodes", 1), ("number_of_data_nodes", 1), ("active_primary_shards", 1), ("active_shards", 1), ("relocating_shards", 0),
                ("initializing_shards", 0), ("unassigned_shards", 0), ("delayed_unassigned_shards", 0), ("number_of_pending_tasks", 0),
                ("number_of_in_flight_fetch", 0), ("task_max_waiting_in_queue_millis", 0),
            ])
            json.WriteNumber(name, value);
        json.WriteNumber("active_shards_percent_as_number", 100.0);
    });

    public static Task License(HttpContext http) => ElasticReply.Object(http, json =>
    {
        json.WriteStartObject("license");
        json.WriteString("status", "active");
        json.WriteString("uid", Uuid);
        json.WriteString("type", "basic");
        json.WriteEndObject();
    });

    public static Task Exists(HttpContext http) => ElasticReply.Object(http, _ => { });

    public static Task Unknown(HttpContext http) => ElasticReply.Error(http, ElasticException.Argument(
        $"no handler found for uri [{http.Request.Path}] and method [{http.Request.Method}]"));

    public Task Indices(HttpContext http)
    {
        (long count, _) = search.Count(Condition.All, http.RequestAborted);
        string documents = count.ToString(CultureInfo.InvariantCulture);
        bool asJson = http.Request.Query["format"] == "json" || http.Request.Headers.Accept.ToString().Contains("json", StringComparison.Ordinal);
        if (!asJson)
        {
            string head = http.Request.Query.ContainsKey("v") ? "health status index uuid   pri rep docs.count docs.deleted\n" : "";
            return ElasticReply.Text(http, $"{head}green  open   {SearchAnswer.Index}  {Uuid} 1   0   {documents} 0\n");
        }
        return ElasticReply.Send(http, json =>
        {
            json.WriteStartArray();
            json.WriteStartObject();
            foreach ((string name, string value) in (ReadOnlySpan<(string, string)>)
                [
                    ("health", "green"), ("status", "open"), ("index", SearchAnswer.Index), ("uuid", Uuid), ("pri", "1"), ("rep", "0"),
                    ("docs.count", documents), ("docs.deleted", "0"),
                ])
                json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteEndArray();
        });
    }

    public Task Mapping(HttpContext http) => ElasticReply.Object(http, json =>
    {
        json.WriteStartObject(SearchAnswer.Index);
        json.WriteStartObject("mappings");
        json.WriteStartObject("properties");
        foreach ((string name, string type) in FieldTypes.Of(search, http.RequestAborted))
        {
            json.WriteStartObject(name);
            json.WriteString("type", type);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    });

    public Task FieldCaps(HttpContext http) => ElasticReply.Object(http, json =>
    {
        string[] wanted = http.Request.Query["fields"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries);
        json.WriteStartArray("indices");
        json.WriteStringValue(SearchAnswer.Index);
        json.WriteEndArray();
        json.WriteStartObject("fields");
        foreach ((string name, string type) in FieldTypes.Of(search, http.RequestAborted))
        {
            if (wanted.Length > 0 && !wanted.Any(w => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(w, name, ignoreCase: false)))
                continue;
            json.WriteStartObject(name);
            json.WriteStartObject(type);
            json.WriteString("type", type);
            json.WriteBoolean("metadata_field", false);
            json.WriteBoolean("searchable", true);
            json.WriteBoolean("aggregatable", type != "object");
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndObject();
    });
}
