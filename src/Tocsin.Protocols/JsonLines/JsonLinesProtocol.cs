using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tocsin.Ingest;

namespace Tocsin.Protocols.JsonLines;

/// <summary>One JSON object per line, with the names of time, message and level chosen by the client.</summary>
public sealed class JsonLinesProtocol : IProtocol
{
    public string Name => "jsonlines";

    public IReadOnlyList<string> WritePaths { get; } = ["/api/tocsin/v1/ingest/jsonl"];

    public void Map(IEndpointRouteBuilder routes, IngestPipeline pipeline) =>
        routes.MapPost("/api/tocsin/v1/ingest/jsonl", (RequestDelegate)new JsonLinesIngest(pipeline).Ingest);
}
