using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tocsin.Ingest;

namespace Tocsin.Protocols.Otlp;

/// <summary>
/// OpenTelemetry's own protocol, over HTTP (4318, 4480) and gRPC (4317): logs and traces; metrics are counted and
/// rejected.
/// </summary>
public sealed class OtlpProtocol : IProtocol
{
    public string Name => "otlp";

    /// <remarks>Loki mounts OTLP below /otlp, Seq below /ingest/otlp; their clients find it there.</remarks>
    public IReadOnlyList<string> WritePaths { get; } =
        ["/v1", "/otlp/v1", "/ingest/otlp/v1", .. OtlpSignal.All.Select(s => "/" + s.GrpcService)];

    public void Map(IEndpointRouteBuilder routes, IngestPipeline pipeline)
    {
        foreach (OtlpSignal signal in OtlpSignal.All)
        {
            RequestDelegate http = new OtlpHttp(pipeline, signal).Export;
            RequestDelegate grpc = new OtlpGrpc(pipeline, signal).Export;
            routes.MapPost($"/v1/{signal.Path}", http);
            routes.MapPost($"/otlp/v1/{signal.Path}", http);
            routes.MapPost($"/ingest/otlp/v1/{signal.Path}", http);
            routes.MapPost($"/{signal.GrpcService}/Export", grpc);
            routes.MapPost($"/{signal.GrpcService}/{{method}}", (RequestDelegate)OtlpGrpc.Unimplemented);
        }
    }
}
