using System.Buffers.Binary;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tocsin.Ingest;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Otlp;

/// <summary>
/// OTLP over gRPC: one unary method per signal, spoken by hand over HTTP/2. A message is u8 compressed, u32 length (big
/// endian), bytes. The call's outcome is in trailers, or in the headers of an answer without a body.
/// </summary>
internal sealed class OtlpGrpc(IngestPipeline pipeline, OtlpSignal signal)
{
    public const string Label = "otlp-grpc";
    private const int FrameHeader = 5;
    private const string ContentType = "application/grpc";

    public async Task Export(HttpContext http)
    {
        if (!await Begin(http).ConfigureAwait(false))
            return;
        ValueTask<ExportResult> export;
        using (var body = new RequestBody(pipeline))
        using (var unzipped = new RequestBody(pipeline))
        {
            BodyResult read = await body.Read(http.Request).ConfigureAwait(false);
            if (read != BodyResult.Complete)
            {
                Refuse(http, read);
                return;
            }
            if (!TryFrame(body.Bytes, out bool zipped))
            {
                pipeline.Refuse(Label, signal.Label, RejectReason.Malformed);
                Fail(http, GrpcStatus.InvalidArgument, "expected exactly one whole message");
                return;
            }
            if (zipped)
            {
                read = http.Request.Headers["grpc-encoding"] == "gzip"
                    ? await unzipped.Unzip(body, FrameHeader, http.RequestAborted).ConfigureAwait(false)
                    : BodyResult.UnknownEncoding;
                if (read != BodyResult.Complete)
                {
                    Refuse(http, read);
                    return;
                }
            }
            ReadOnlySpan<byte> message = zipped ? unzipped.Bytes : body.Bytes[FrameHeader..];
            export = OtlpIngest.Export(pipeline, signal, Label, message, json: false, http.RequestAborted);
        }
        // The message is decoded and its memory given back before the wait for the disk.
        await Answer(http, await export.ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>Answers a method that does not exist.</summary>
    public static async Task Unimplemented(HttpContext http)
    {
        if (await Begin(http).ConfigureAwait(false))
            Fail(http, GrpcStatus.Unimplemented, $"{http.Request.Path} is not implemented");
    }

    // False when this is not gRPC at all; the answer is written then.
    private static async ValueTask<bool> Begin(HttpContext http)
    {
        string type = http.Request.ContentType ?? "";
        int end = type.AsSpan().IndexOf(';');
        string media = (end < 0 ? type : type[..end]).TrimEnd();
        if (media is not (ContentType or ContentType + "+proto"))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            await http.Response.WriteAsync($"Content-Type must be {ContentType}", http.RequestAborted)
                .ConfigureAwait(false);
            return false;
        }
        if (!HttpProtocol.IsHttp2(http.Request.Protocol))
        {
            http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            await http.Response.WriteAsync("gRPC needs HTTP/2", http.RequestAborted).ConfigureAwait(false);
            return false;
        }
        http.Response.ContentType = ContentType;
        http.Response.Headers["grpc-accept-encoding"] = "identity,gzip";
        return true;
    }

    private static bool TryFrame(ReadOnlySpan<byte> body, out bool zipped)
    {
        zipped = body.Length > 0 && body[0] == 1;
        return body.Length >= FrameHeader && body[0] <= 1
            && BinaryPrimitives.ReadUInt32BigEndian(body[1..]) == (uint)(body.Length - FrameHeader);
    }

    private async Task Answer(HttpContext http, ExportResult result)
    {
        switch (result.Status)
        {
            case ExportStatus.Malformed:
                Fail(http, GrpcStatus.InvalidArgument, result.Message!);
                return;
            case ExportStatus.Unavailable:
                Fail(http, GrpcStatus.Unavailable, result.Message!, pipeline.Options.RetryAfter);
                return;
        }
        byte[] message = OtlpReplies.Success(result);
        byte[] frame = new byte[FrameHeader + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame.AsSpan(FrameHeader));
        await http.Response.Body.WriteAsync(frame, http.RequestAborted).ConfigureAwait(false);
        http.Response.AppendTrailer("grpc-status", "0");
    }

    private void Refuse(HttpContext http, BodyResult read)
    {
        (RejectReason reason, GrpcStatus status, string message) = read switch
        {
            BodyResult.TooLarge => (RejectReason.BodyTooLarge, GrpcStatus.ResourceExhausted,
                $"the message is larger than {pipeline.Options.MaxBodyBytes} bytes after decompression"),
            BodyResult.UnknownEncoding => (RejectReason.UnsupportedMediaType, GrpcStatus.Unimplemented,
                "grpc-encoding must be gzip or identity"),
            BodyResult.Overloaded => (RejectReason.Overloaded, GrpcStatus.Unavailable,
                "the server is overloaded; nothing was stored"),
            BodyResult.Cancelled => (RejectReason.Cancelled, GrpcStatus.Cancelled, "the message did not arrive"),
            _ => (RejectReason.Malformed, GrpcStatus.InvalidArgument, "the message is not valid gzip"),
        };
        pipeline.Refuse(Label, signal.Label, reason);
        Fail(http, status, message, status == GrpcStatus.Unavailable ? pipeline.Options.RetryAfter : null);
    }

    // An answer without a body: Kestrel ends the stream with these headers.
    private static void Fail(HttpContext http, GrpcStatus status, string message, TimeSpan? retryAfter = null)
    {
        http.Response.Headers["grpc-status"] = ((int)status).ToString();
        http.Response.Headers["grpc-message"] = PercentEncode(message);
        if (retryAfter is not null)
        {
            byte[] details = OtlpReplies.Status((int)status, message, retryAfter);
            http.Response.Headers["grpc-status-details-bin"] = Convert.ToBase64String(details).TrimEnd('=');
        }
    }

    internal static string PercentEncode(string message)
    {
        var encoded = new StringBuilder(message.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(message))
        {
            if (b is >= 0x20 and <= 0x7E and not (byte)'%')
                encoded.Append((char)b);
            else
                encoded.Append($"%{b:X2}");
        }
        return encoded.ToString();
    }

    private enum GrpcStatus
    {
        Cancelled = 1,
        InvalidArgument = 3,
        ResourceExhausted = 8,
        Unimplemented = 12,
        Unavailable = 14,
    }
}
