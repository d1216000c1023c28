using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tocsin.Ingest;
using Tocsin.Protocols.Elasticsearch.Bulk;
using Tocsin.Protocols.Elasticsearch.Searches;
using Tocsin.Query.Records;
using Tocsin.Storage;

namespace Tocsin.Protocols.Elasticsearch;

/// <summary>
/// The part of Elasticsearch's API that log programs use, below /elasticsearch: searches, counts and aggregations over our
/// records, and bulk ingest. Whatever index is named, it is ours.
/// </summary>
public sealed class ElasticsearchProtocol : IProtocol
{
    private const string Root = "/elasticsearch";

    private static readonly string[] s_getOrPost = ["GET", "POST"], s_putOrPost = ["PUT", "POST"], s_getOrHead = ["GET", "HEAD"];

    public string Name => "elasticsearch";

    /// <remarks>Bulk requests may name an index in front of it; see <see cref="IsWrite"/>.</remarks>
    public IReadOnlyList<string> WritePaths { get; } = [Root + "/_bulk"];

    public bool IsWrite(PathString path) => path.StartsWithSegments(Root, out PathString rest)
        && rest.Value!.Split('/') is ["", "_bulk"] or ["", _, "_bulk" or "_doc"];

    public void Map(IEndpointRouteBuilder routes, IngestPipeline pipeline)
    {
        var bulk = new BulkIngest(pipeline);
        Both(routes, "_bulk", s_putOrPost, bulk.Ingest);
        routes.MapMethods($"{Root}/{{index}}/_doc", s_putOrPost, (RequestDelegate)bulk.IngestOne);
    }

    public void MapReading(IEndpointRouteBuilder routes, IngestPipeline pipeline, Database database, TimeProvider clock)
    {
        var api = new SearchApi(new RecordSearch(database), pipeline, clock);
        var cluster = new ClusterApi(new RecordSearch(database));
        Both(routes, "_search", s_getOrPost, api.Search);
        Both(routes, "_msearch", s_getOrPost, api.MultiSearch);
        Both(routes, "_count", s_getOrPost, api.Count);
        Both(routes, "_mapping", ["GET"], cluster.Mapping);
        Both(routes, "_field_caps", s_getOrPost, cluster.FieldCaps);
        routes.MapMethods(Root, s_getOrHead, (RequestDelegate)ClusterApi.About);
        routes.MapMethods(Root + "/_cluster/health", ["GET"], (RequestDelegate)ClusterApi.Health);
        routes.MapMethods(Root + "/_cluster/health/{index}", ["GET"], (RequestDelegate)ClusterApi.Health);
        routes.MapMethods(Root + "/_cat/indices", ["GET"], (RequestDelegate)cluster.Indices);
        routes.MapMethods(Root + "/_cat/indices/{index}", ["GET"], (RequestDelegate)cluster.Indices);
        routes.MapMethods(Root + "/_license", ["GET"], (RequestDelegate)ClusterApi.License);
        routes.MapMethods(Root + "/{index}", ["HEAD"], (RequestDelegate)ClusterApi.Exists);
        routes.Map(Root + "/{**rest}", (RequestDelegate)ClusterApi.Unknown);
    }

    private static void Both(IEndpointRouteBuilder routes, string name, string[] methods, RequestDelegate answer)
    {
        routes.MapMethods($"{Root}/{name}", methods, answer);
        routes.MapMethods($"{Root}/{{index}}/{name}", methods, answer);
    }
}
