using System.IO.Compression;
using System.Net;
using TocsinSdk.Redaction;
using TocsinSdk.Transport;

namespace TocsinSdk.Telemetry;

/// <summary>
/// What OpenTelemetry's exporter takes for the network: the encoded request goes into the queue, and the answer is that
/// all is well. The queue answers for it from there.
/// </summary>
internal sealed class QueueHandler(TelemetryTransport transport, Lane lane, Redactor redactor) : HttpMessageHandler
{
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        if (request.Content is { } content)
            Unpacked(content, body, cancellationToken);
        ReadOnlySpan<byte> encoded = body.GetBuffer().AsSpan(0, (int)body.Length);
        transport.Enqueue(lane, lane == Lane.Traces
            ? RequestRedaction.OfTraces(encoded, redactor) : RequestRedaction.OfMetrics(encoded));
        return new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request };
    }

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(Send(request, cancellationToken));

    // OTEL_EXPORTER_OTLP_COMPRESSION also tells the exporter to pack; the sender packs again.
    private static void Unpacked(HttpContent content, MemoryStream to, CancellationToken cancellationToken)
    {
        if (!content.Headers.ContentEncoding.Contains("gzip"))
        {
            content.CopyTo(to, null, cancellationToken);
            return;
        }
        using var gzip = new GZipStream(content.ReadAsStream(cancellationToken), CompressionMode.Decompress);
        gzip.CopyTo(to);
    }
}
