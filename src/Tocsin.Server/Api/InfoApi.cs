using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tocsin.Ingest;

namespace Tocsin.Server.Api;

/// <summary>GET /info and GET /ingest/status: what this server is, and what has reached it.</summary>
internal static class InfoApi
{
    public static void Map(RouteGroupBuilder api, Parts parts)
    {
        api.MapGet("/info", () => new ServerInformation(
                parts.Version, parts.StartedAt, Ready: true, parts.Addresses.Url,
                new ServerPorts(parts.Addresses.Http, parts.Addresses.OtlpHttp, parts.Addresses.OtlpGrpc, parts.Syslog.TcpPort, parts.Syslog.UdpPort, parts.Syslog.TlsPort),
                Path.GetFullPath(parts.Settings.DataDirectory)))
            .WithName("info").WithSummary("Version, addresses and data directory");
        api.MapGet("/ingest/status", () => new IngestState(
                [.. parts.Ingest.Totals().GroupBy(t => t.Protocol).Select(Sum)],
                [.. parts.Ingest.Sources.Snapshot()]))
            .WithName("ingestStatus").WithSummary("Received, stored and rejected records per protocol, and who sends");
    }

    private static ProtocolState Sum(IGrouping<string, IngestTotals> protocol) => new(
        protocol.Key, protocol.Sum(t => t.Received), protocol.Sum(t => t.Stored),
        protocol.SelectMany(t => t.Rejected).GroupBy(r => r.Key).ToDictionary(g => g.Key, g => g.Sum(r => r.Value)));
}

/// <summary>Answer of /info.</summary>
public sealed record ServerInformation(string Version, DateTimeOffset StartedAt, bool Ready, string Url, ServerPorts Ports, string DataDirectory);

/// <summary>The ports listened on; those of syslog only when they are configured.</summary>
public sealed record ServerPorts(int Http, int OtlpHttp, int OtlpGrpc, int? SyslogTcp = null, int? SyslogUdp = null, int? SyslogTls = null);

/// <summary>Answer of /ingest/status.</summary>
public sealed record IngestState(IReadOnlyList<ProtocolState> Protocols, IReadOnlyList<IngestSource> Sources);

/// <summary>received = stored + the sum of rejected.</summary>
public sealed record ProtocolState(string Name, long Received, long Stored, IReadOnlyDictionary<string, long> Rejected);
