using Microsoft.AspNetCore.Http;
using Tocsin.Ingest;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Otlp;

/// <summary>
/// OTLP over HTTP. Clients throw a batch away on every status but 429, 502, 503 and 504, so whatever may be sent again
/// is answered with 503, and a fault of ours never with 500.
/// </summary>
internal sealed class OtlpHttp(IngestPipeline pipeline, OtlpSignal signal)
{
    public const string Label = "otlp-http";
    private const string Json = "application/json", Protobuf = "application/x-protobuf";

    // google.rpc.Code
    private const int InvalidArgument = 3, ResourceExhausted = 8, UnavailableCode = 14;

    public async Task Export(HttpContext http)
    {
        string? type = MediaType(http.Request.ContentType);
        if (type is null)
        {
            await Refuse(http, Protobuf, StatusCodes.Status415UnsupportedMediaType, RejectReason.UnsupportedMediaType,
                $"Content-Type must be {Protobuf} or {Json}").ConfigureAwait(false);
            return;
        }
        ExportResult? result = await Read(http, type).ConfigureAwait(false);
        switch (result?.Status)
        {
            case ExportStatus.Accepted:
                byte[] body = type == Json
                    ? OtlpReplies.SuccessJson(signal, result.Value)
                    : OtlpReplies.Success(result.Value);
                await Write(http, StatusCodes.Status200OK, type, body).ConfigureAwait(false);
                break;
            case ExportStatus.Malformed:
                await Fail(http, type, StatusCodes.Status400BadRequest, result.Value.Message!).ConfigureAwait(false);
                break;
            case ExportStatus.Unavailable:
                await Fail(http, type, StatusCodes.Status503ServiceUnavailable, result.Value.Message!)
                    .ConfigureAwait(false);
                break;
        }
    }

    // Null when the body could not be read; the answer is written then.
    private async Task<ExportResult?> Read(HttpContext http, string type)
    {
        ValueTask<ExportResult> export;
        using (var body = new RequestBody(pipeline))
        {
            BodyResult read = await body.Read(http.Request).ConfigureAwait(false);
            if (read != BodyResult.Complete)
            {
                (int status, RejectReason reason, string message) = Explain(read);
                await Refuse(http, type, status, reason, message).ConfigureAwait(false);
                return null;
            }
            export = OtlpIngest.Export(pipeline, signal, Label, body.Bytes, type == Json, http.RequestAborted);
        }
        // The body is decoded and its memory given back before the wait for the disk.
        return await export.ConfigureAwait(false);
    }

    private (int Status, RejectReason Reason, string Message) Explain(BodyResult read) => read switch
    {
        BodyResult.TooLarge => (StatusCodes.Status413PayloadTooLarge, RejectReason.BodyTooLarge,
            $"the body is larger than {pipeline.Options.MaxBodyBytes} bytes after decompression"),
        BodyResult.UnknownEncoding => (StatusCodes.Status415UnsupportedMediaType, RejectReason.UnsupportedMediaType,
            "Content-Encoding must be gzip, deflate or identity"),
        BodyResult.Overloaded => (StatusCodes.Status503ServiceUnavailable, RejectReason.Overloaded,
            "the server is overloaded; nothing was stored"),
        BodyResult.Cancelled => (StatusCodes.Status503ServiceUnavailable, RejectReason.Cancelled,
            "the body did not arrive"),
        _ => (StatusCodes.Status400BadRequest, RejectReason.Malformed, "the body is not what its Content-Encoding says"),
    };

    private Task Refuse(HttpContext http, string type, int status, RejectReason reason, string message)
    {
        pipeline.Refuse(Label, signal.Label, reason);
        return Fail(http, type, status, message);
    }

    private Task Fail(HttpContext http, string type, int status, string message)
    {
        TimeSpan? retryAfter = status == StatusCodes.Status503ServiceUnavailable ? pipeline.Options.RetryAfter : null;
        if (retryAfter is { } delay)
            http.Response.Headers.RetryAfter = ((long)Math.Ceiling(delay.TotalSeconds)).ToString();
        int code = status switch
        {
            StatusCodes.Status503ServiceUnavailable => UnavailableCode,
            StatusCodes.Status413PayloadTooLarge => ResourceExhausted,
            _ => InvalidArgument,
        };
        byte[] body = type == Json
            ? OtlpReplies.StatusJson(code, message, retryAfter)
            : OtlpReplies.Status(code, message, retryAfter);
        return Write(http, status, type, body);
    }

    private static Task Write(HttpContext http, int status, string type, byte[] body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }

    private static string? MediaType(string? contentType)
    {
        ReadOnlySpan<char> type = contentType;
        int semicolon = type.IndexOf(';');
        type = (semicolon < 0 ? type : type[..semicolon]).Trim();
        return type.Equals(Json, StringComparison.OrdinalIgnoreCase) ? Json
            : type.Equals(Protobuf, StringComparison.OrdinalIgnoreCase) ? Protobuf
            : null;
    }
}
