using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tocsin.Ingest;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Syslog;

/// <summary>
/// Syslog messages over HTTP, one per line, acknowledged; <see cref="SyslogListener"/> takes them over TCP, TLS and UDP.
/// </summary>
public sealed class SyslogProtocol : IProtocol
{
    private const string Path = "/api/tocsin/v1/ingest/syslog", Label = "syslog-http";

    public string Name => "syslog";

    public IReadOnlyList<string> WritePaths { get; } = [Path];

    public void Map(IEndpointRouteBuilder routes, IngestPipeline pipeline) =>
        routes.MapPost(Path, (RequestDelegate)(http => Ingest(http, pipeline)));

    private static async Task Ingest(HttpContext http, IngestPipeline pipeline)
    {
        var errors = new LineErrors();
        IReadOnlyList<(byte[], byte[])> constants = ResourceConstants.Read(http.Request.Query);
        IngestReply reply = await IngestRequest.Take(
            http, pipeline, Label, (body, writer) => Decode(body, writer, constants, errors)).ConfigureAwait(false);
        await ReplyJson.Write(http, reply, errors).ConfigureAwait(false);
    }

    internal static string? Decode(
        ReadOnlySpan<byte> body, IngestWriter writer, IReadOnlyList<(byte[], byte[])> constants, LineErrors errors)
    {
        var record = new SyslogRecord(constants, TimeZoneInfo.Local, writer);
        var lines = new Lines(body);
        while (lines.Next())
        {
            if (!record.Write(lines.Current, default))
                errors.Rejected(lines.Number, writer);
        }
        return null;
    }
}
