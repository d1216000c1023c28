using Microsoft.AspNetCore.Routing;
using Tocsin.Ingest;
using Tocsin.Protocols.Elasticsearch;
using Tocsin.Protocols.JsonLines;
using Tocsin.Protocols.Loki;
using Tocsin.Protocols.Otlp;
using Tocsin.Protocols.Seq;
using Tocsin.Protocols.Syslog;
using Tocsin.Storage;

namespace Tocsin.Protocols;

/// <summary>The list of protocols that Tocsin speaks.</summary>
public static class Protocols
{
    public static IReadOnlyList<IProtocol> All { get; } =
    [
        new OtlpProtocol(),
        new LokiProtocol(),
        new SeqProtocol(),
        new SyslogProtocol(),
        new JsonLinesProtocol(),
        new ElasticsearchProtocol(),
    ];

    public static void MapAll(IEndpointRouteBuilder routes, IngestPipeline pipeline, Database database, TimeProvider clock)
    {
        foreach (IProtocol protocol in All)
        {
            protocol.Map(routes, pipeline);
            protocol.MapReading(routes, pipeline, database, clock);
        }
    }
}
