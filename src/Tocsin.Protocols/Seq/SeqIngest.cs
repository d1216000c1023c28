using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tocsin.Ingest;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Seq;

/// <summary>
/// POST /ingest/clef and /api/events/raw. Durable clients throw a batch away on 400 and 413 and send it again on every
/// other failure; others send it again on any failure. So 201 is answered as soon as one event is on disk, and 400 only
/// when nothing of a batch can ever be stored.
/// </summary>
internal sealed class SeqIngest(IngestPipeline pipeline)
{
    private const string Label = "seq", ClefType = "application/vnd.serilog.clef";

    public Task Clef(HttpContext http) => Take(http, clef: true);

    public Task Raw(HttpContext http) => Take(
        http, http.Request.Query.ContainsKey("clef")
            || (http.Request.ContentType?.StartsWith(ClefType, StringComparison.OrdinalIgnoreCase) ?? false));

    private async Task Take(HttpContext http, bool clef)
    {
        var decoder = new SeqDecoder(ResourceConstants.Read(http.Request.Query));
        IngestReply reply = await IngestRequest.Take(
            http, pipeline, Label, clef ? decoder.Clef : decoder.Raw).ConfigureAwait(false);
        bool useless = reply is { Kind: ReplyKind.Accepted, Stored: 0, Rejected: > 0 };
        http.Response.StatusCode = useless ? StatusCodes.Status400BadRequest
            : reply.Kind == ReplyKind.Accepted ? StatusCodes.Status201Created
            : reply.Status;
        http.Response.ContentType = "application/json";
        byte[] answer = Answer(reply, useless || reply.Kind != ReplyKind.Accepted, decoder.Errors);
        http.Response.ContentLength = answer.Length;
        await http.Response.Body.WriteAsync(answer, http.RequestAborted).ConfigureAwait(false);
    }

    // Null: the server does not ask clients for another level.
    private static byte[] Answer(IngestReply reply, bool failed, LineErrors errors)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (!failed)
                json.WriteNull("MinimumLevelAccepted");
            if (reply.Rejected > 0)
                json.WriteNumber("Rejected", reply.Rejected);
            if (reply.Message is not null)
                json.WriteString("Error", Explain(reply.Message, errors));
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private static string Explain(string message, LineErrors errors) => errors.First.Count == 0
        ? message
        : $"{message}; {string.Join("; ", errors.First.Select(e => $"event {e.Line}: {e.Why}"))}";
}
