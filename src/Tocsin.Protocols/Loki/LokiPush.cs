using Microsoft.AspNetCore.Http;
using Tocsin.Ingest;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Loki;

/// <summary>
/// POST /loki/api/v1/push. 204 when everything is on disk. Clients give up on 400 and send again on 429 and 5xx, so a
/// request of which some records were left out is answered 400 with the reasons, as Loki does; the others are stored.
/// </summary>
internal sealed class LokiPush(IngestPipeline pipeline)
{
    private const string Label = "loki";

    public async Task Push(HttpContext http)
    {
        bool json = IsJson(http.Request.ContentType);
        IngestReply reply = await IngestRequest.Take(
            http, pipeline, Label, json ? LokiJson.Decode : LokiProto.Decode, snappy: !json).ConfigureAwait(false);
        http.Response.StatusCode = reply.Kind != ReplyKind.Accepted ? reply.Status
            : reply.Rejected > 0 ? StatusCodes.Status400BadRequest
            : StatusCodes.Status204NoContent;
        if (http.Response.StatusCode == StatusCodes.Status204NoContent)
            return;
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync(reply.Message + "\n", http.RequestAborted).ConfigureAwait(false);
    }

    // Whatever is not JSON is protobuf: that is what Loki takes for a missing type, too.
    private static bool IsJson(string? contentType)
    {
        ReadOnlySpan<char> type = contentType;
        int semicolon = type.IndexOf(';');
        return (semicolon < 0 ? type : type[..semicolon]).Trim()
            .Equals("application/json", StringComparison.OrdinalIgnoreCase);
    }
}
