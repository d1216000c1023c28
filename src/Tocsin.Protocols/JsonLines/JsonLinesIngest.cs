using Microsoft.AspNetCore.Http;
using Tocsin.Ingest;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.JsonLines;

/// <summary>POST /api/tocsin/v1/ingest/jsonl.</summary>
internal sealed class JsonLinesIngest(IngestPipeline pipeline)
{
    private const string Label = "jsonl";

    public async Task Ingest(HttpContext http)
    {
        var decoder = new JsonLinesDecoder(FieldMap.Read(http.Request.Query));
        IngestReply reply = await IngestRequest.Take(http, pipeline, Label, decoder.Decode).ConfigureAwait(false);
        await ReplyJson.Write(http, reply, decoder.Errors).ConfigureAwait(false);
    }
}
