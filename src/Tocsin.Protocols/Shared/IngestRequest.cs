using Microsoft.AspNetCore.Http;
using Tocsin.Ingest;
using Tocsin.Model;

namespace Tocsin.Protocols.Shared;

/// <summary>How a request ended, before a protocol puts it into its own words.</summary>
internal enum ReplyKind
{
    /// <summary>Understood. Records that broke a rule are counted in the reply, the others are on disk.</summary>
    Accepted,

    /// <summary>Nothing was stored, and sending the same again is pointless.</summary>
    Malformed,

    /// <inheritdoc cref="Malformed"/>
    TooLarge,

    /// <inheritdoc cref="Malformed"/>
    UnsupportedEncoding,

    /// <summary>Sent by a browser on behalf of a page from elsewhere.</summary>
    Foreign,

    /// <summary>Nothing was stored; the same should be sent again later.</summary>
    Unavailable,
}

/// <param name="Kind">Of the request as a whole.</param>
/// <param name="Stored">Records on disk.</param>
/// <param name="Rejected">Records left out of an accepted request.</param>
/// <param name="Message">For the client, unless everything was stored.</param>
internal readonly record struct IngestReply(ReplyKind Kind, long Stored, long Rejected, string? Message)
{
    /// <summary>The status for clients that send again on 5xx and give up on 4xx.</summary>
    public int Status => Kind switch
    {
        ReplyKind.Malformed => StatusCodes.Status400BadRequest,
        ReplyKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        ReplyKind.Foreign => StatusCodes.Status403Forbidden,
        ReplyKind.UnsupportedEncoding => StatusCodes.Status415UnsupportedMediaType,
        ReplyKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status200OK,
    };
}

/// <summary>Decodes a whole body into the writer; the answer is null, or why nothing of it can be used.</summary>
internal delegate string? BodyDecoder(ReadOnlySpan<byte> body, IngestWriter writer);

/// <summary>What every log protocol over HTTP does with a request: read, decode, store, count.</summary>
internal static class IngestRequest
{
    private const string Dataset = "logs";

    /// <param name="http">The request; a Retry-After header is set on the answer when it should come again.</param>
    /// <param name="pipeline">Where the records go.</param>
    /// <param name="protocol">As in <see cref="IngestPipeline.Begin"/>.</param>
    /// <param name="decode">Called once, when the body is there.</param>
    /// <param name="snappy">The body is a snappy block.</param>
    public static async Task<IngestReply> Take(
        HttpContext http, IngestPipeline pipeline, string protocol, BodyDecoder decode, bool snappy = false)
    {
        IngestReply reply = await Read(http, pipeline, protocol, decode, snappy).ConfigureAwait(false);
        if (reply.Kind == ReplyKind.Unavailable)
        {
            long seconds = (long)Math.Ceiling(pipeline.Options.RetryAfter.TotalSeconds);
            http.Response.Headers.RetryAfter = seconds.ToString();
        }
        return reply;
    }

    /// <summary>Why a batch as a whole was not stored.</summary>
    public static string Explain(IngestStatus status) => status switch
    {
        IngestStatus.DiskFull => "the server's disk is full; nothing was stored",
        IngestStatus.Failed => "the store failed; nothing was acknowledged",
        IngestStatus.Cancelled => "the request was cancelled; nothing was stored",
        _ => "the server is overloaded; nothing was stored",
    };

    private static async Task<IngestReply> Read(
        HttpContext http, IngestPipeline pipeline, string protocol, BodyDecoder decode, bool snappy)
    {
        if (IsForeign(http.Request))
        {
            pipeline.Refuse(protocol, Dataset, RejectReason.UnsupportedMediaType);
            return new IngestReply(ReplyKind.Foreign, 0, 0, "pages from elsewhere may not write here");
        }
        IngestWriter writer;
        using (var body = new RequestBody(pipeline))
        {
            BodyResult read = await body.Read(http.Request, snappy).ConfigureAwait(false);
            if (read != BodyResult.Complete)
            {
                (ReplyKind kind, RejectReason reason, string message) = Explain(read, pipeline.Options, snappy);
                pipeline.Refuse(protocol, Dataset, reason);
                return new IngestReply(kind, 0, 0, message);
            }
            pipeline.CountBytes(protocol, Dataset, body.Bytes.Length);
            writer = pipeline.Begin(protocol, Model.Dataset.Logs);
            if (decode(body.Bytes, writer) is { } problem)
            {
                pipeline.Abort(writer, RejectReason.Malformed);
                return new IngestReply(ReplyKind.Malformed, 0, 0, problem);
            }
        }
        // The body is decoded and its memory given back before the wait for the disk.
        IngestOutcome outcome = await pipeline.Commit(writer, http.RequestAborted).ConfigureAwait(false);
        return outcome.Status == IngestStatus.Stored
            ? new IngestReply(ReplyKind.Accepted, outcome.Stored, outcome.Rejected, outcome.Message)
            : new IngestReply(ReplyKind.Unavailable, 0, 0, Explain(outcome.Status));
    }

    // These bodies need no particular type, so a browser would send them for any page without asking first. Only
    // browsers say where a request comes from.
    private static bool IsForeign(HttpRequest request) => request.Headers.Origin.ToString() is { Length: > 0 } origin
        && !(Uri.TryCreate(origin, UriKind.Absolute, out Uri? page) && page.Authority == request.Host.Value);

    private static (ReplyKind, RejectReason, string) Explain(BodyResult read, IngestOptions options, bool snappy) =>
        read switch
        {
            BodyResult.TooLarge => (ReplyKind.TooLarge, RejectReason.BodyTooLarge,
                $"the body is larger than {options.MaxBodyBytes} bytes after decompression"),
            BodyResult.UnknownEncoding => (ReplyKind.UnsupportedEncoding, RejectReason.UnsupportedMediaType,
                snappy
                    ? "Content-Encoding must be snappy or identity; the body itself is a snappy block"
                    : "Content-Encoding must be gzip, deflate or identity"),
            BodyResult.Overloaded => (ReplyKind.Unavailable, RejectReason.Overloaded,
                "the server is overloaded; nothing was stored"),
            BodyResult.Cancelled => (ReplyKind.Unavailable, RejectReason.Cancelled, "the body did not arrive"),
            _ => (ReplyKind.Malformed, RejectReason.Malformed,
                snappy ? "the body is not a snappy block" : "the body is not what its Content-Encoding says"),
        };
}
