using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tocsin.Ingest;

namespace Tocsin.Protocols.Loki;

/// <summary>The push side of Grafana Loki's API, and what clients ask before they push.</summary>
public sealed class LokiProtocol : IProtocol
{
    public string Name => "loki";

    public IReadOnlyList<string> WritePaths { get; } = ["/loki/api/v1/push"];

    public void Map(IEndpointRouteBuilder routes, IngestPipeline pipeline)
    {
        routes.MapPost("/loki/api/v1/push", (RequestDelegate)new LokiPush(pipeline).Push);
        routes.MapGet("/ready", (RequestDelegate)Ready);
        routes.MapGet("/loki/api/v1/status/buildinfo", (RequestDelegate)Build);
    }

    private static Task Ready(HttpContext http) => http.Response.WriteAsync("ready\n");

    private static Task Build(HttpContext http)
    {
        http.Response.ContentType = "application/json";
        // Clients compare the version to decide what they may ask; this is the oldest with structured metadata.
        return http.Response.WriteAsync(
            """{"version":"2.9.0","revision":"","branch":"","buildUser":"","buildDate":"","goVersion":""}""");
    }
}
