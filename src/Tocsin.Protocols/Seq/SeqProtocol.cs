using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tocsin.Ingest;

namespace Tocsin.Protocols.Seq;

/// <summary>Seq's ingestion, as Serilog's and Seq's own clients use it: CLEF and the older raw events.</summary>
public sealed class SeqProtocol : IProtocol
{
    public string Name => "seq";

    public IReadOnlyList<string> WritePaths { get; } = ["/ingest/clef", "/api/events/raw"];

    public void Map(IEndpointRouteBuilder routes, IngestPipeline pipeline)
    {
        var ingest = new SeqIngest(pipeline);
        routes.MapPost("/ingest/clef", (RequestDelegate)ingest.Clef);
        routes.MapPost("/api/events/raw", (RequestDelegate)ingest.Raw);
    }
}
