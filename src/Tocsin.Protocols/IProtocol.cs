using Microsoft.AspNetCore.Routing;
using Tocsin.Ingest;

namespace Tocsin.Protocols;

/// <summary>Somebody else's wire format: one folder here and one line in <see cref="Protocols.All"/>.</summary>
public interface IProtocol
{
    /// <summary>The folder's name in lower case.</summary>
    string Name { get; }

    /// <summary>Paths at and below which a POST brings telemetry: an ingest key opens them.</summary>
    IReadOnlyList<string> WritePaths { get; }

    /// <summary>Adds the protocol's routes. Called once for each listening group of ports.</summary>
    void Map(IEndpointRouteBuilder routes, IngestPipeline pipeline);
}
