using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Tocsin.Protocols.Shared;

/// <summary>The answer of our own line protocols: what was stored, what was not, and why.</summary>
internal static class ReplyJson
{
    /// <summary>
    /// 200 unless nothing could be used: the client must not send again what was rejected for good. 400 and the other
    /// refusals are problem documents.
    /// </summary>
    public static async Task Write(HttpContext http, IngestReply reply, LineErrors errors)
    {
        bool useless = reply is { Kind: ReplyKind.Accepted, Stored: 0, Rejected: > 0 };
        bool problem = useless || reply.Kind != ReplyKind.Accepted;
        http.Response.StatusCode = useless ? StatusCodes.Status400BadRequest : reply.Status;
        http.Response.ContentType = problem ? "application/problem+json" : "application/json";
        using var buffer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (problem)
            {
                json.WriteString("title", "Nothing was stored");
                json.WriteNumber("status", http.Response.StatusCode);
                json.WriteString("detail", reply.Message);
            }
            json.WriteNumber("stored", reply.Stored);
            json.WriteNumber("rejected", reply.Rejected);
            json.WriteStartArray("errors");
            foreach (LineError error in errors.First)
            {
                json.WriteStartObject();
                json.WriteNumber("line", error.Line);
                json.WriteString("reason", error.Reason);
                json.WriteString("why", error.Why);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        http.Response.ContentLength = buffer.Length;
        await http.Response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), http.RequestAborted)
            .ConfigureAwait(false);
    }
}
