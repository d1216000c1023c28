using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tocsin.Ingest;
using Tocsin.Storage;

namespace Tocsin.Protocols;

/// <summary>Somebody else's wire format: one folder here and one line in <see cref="Protocols.All"/>.</summary>
public interface IProtocol
{
    /// <summary>The folder's name in lower case.</summary>
    string Name { get; }

    /// <summary>Paths at and below which a POST brings telemetry: an ingest key opens them.</summary>
    IReadOnlyList<string> WritePaths { get; }

    /// <summary>Whether a POST to the path brings telemetry.</summary>
    bool IsWrite(PathString path) => WritePaths.Any(write => path.StartsWithSegments(write));

    /// <summary>Adds the protocol's routes. Called once for each listening group of ports.</summary>
    void Map(IEndpointRouteBuilder routes, IngestPipeline pipeline);

    /// <summary>Adds the routes that answer from the store; few protocols have any.</summary>
    void MapReading(IEndpointRouteBuilder routes, IngestPipeline pipeline, Database database, TimeProvider clock)
    {
    }
}
