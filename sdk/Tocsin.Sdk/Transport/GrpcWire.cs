using System.Buffers.Binary;
using System.Diagnostics.Metrics;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace TocsinSdk.Transport;

/// <summary>
/// Unary gRPC calls by HttpClient's own handler, neither traced nor measured. Waits on the calling thread, but the
/// connection needs the thread pool: with a starved pool nothing goes out, and waits. Owned by the sender's thread.
/// </summary>
internal sealed class GrpcWire : IDisposable
{
    private const int Header = 5, MaxAnswer = 16 << 10;

    private readonly MemoryStream _frame = new();
    private HttpMessageInvoker? _http;

    public HttpAnswer Post(Route route, ReadOnlyMemory<byte> body, TimeSpan timeout)
    {
        using var cancel = new CancellationTokenSource();
        try
        {
            var exchange = Exchange(Request(route, body.Span), cancel.Token);
            if (exchange.Wait(timeout))
                return exchange.Result;
            cancel.Cancel();
            // Whatever becomes of it is nobody's unobserved exception.
            _ = exchange.ContinueWith(static late => _ = late.Exception, TaskScheduler.Default);
            return new HttpAnswer(0, "timed out");
        }
        catch (AggregateException e) when (e.InnerException is { } cause
            and (HttpRequestException or IOException or OperationCanceledException))
        {
            return new HttpAnswer(0, Reason(cause));
        }
    }

    public void Dispose()
    {
        _http?.Dispose();
        _frame.Dispose();
    }

    private async Task<HttpAnswer> Exchange(HttpRequestMessage request, CancellationToken cancel)
    {
        using (request)
        {
            _http ??= new HttpMessageInvoker(Handler());
            using var response = await _http.SendAsync(request, cancel).ConfigureAwait(false);
            var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            var answer = new byte[MaxAnswer];
            var length = await stream.ReadAtLeastAsync(answer, MaxAnswer, throwOnEndOfStream: false, cancel)
                .ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
                return new HttpAnswer((int)response.StatusCode, $"{(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd());
            var status = GrpcStatus.Of(One("grpc-status"), One("grpc-message"), One("grpc-status-details-bin"));
            return status.IsOk
                ? new HttpAnswer(200, "ok", null, PartialSuccess.Rejected(answer.AsSpan(Header..Math.Max(length, Header))))
                : status.ToAnswer();

            // In the headers of an answer without a body, else behind it.
            string? One(string name) =>
                response.TrailingHeaders.TryGetValues(name, out var values)
                || response.Headers.TryGetValues(name, out values) ? values.FirstOrDefault() : null;
        }
    }

    private HttpRequestMessage Request(Route route, ReadOnlySpan<byte> body)
    {
        var content = new ByteArrayContent(Framed(body, route.Gzip));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        var request = new HttpRequestMessage(HttpMethod.Post, route.Url)
        {
            Content = content, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Tocsin.Sdk", null));
        if (route.Gzip)
            request.Headers.Add("grpc-encoding", "gzip");
        foreach (var (name, value) in route.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    // u8 whether compressed, u32 length (big endian), message
    private byte[] Framed(ReadOnlySpan<byte> body, bool packed)
    {
        _frame.SetLength(0);
        _frame.Write([(byte)(packed ? 1 : 0), 0, 0, 0, 0]);
        if (packed)
            using (var gzip = new GZipStream(_frame, CompressionLevel.Fastest, leaveOpen: true))
                gzip.Write(body);
        else
            _frame.Write(body);
        var frame = _frame.ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)(frame.Length - Header));
        return frame;
    }

    private static SocketsHttpHandler Handler() => new()
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        MeterFactory = new Unmeasured(),
        UseCookies = false,
    };

    private static string Reason(Exception e) => e.InnerException switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "refused",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain } => "host name not found",
        { } cause => cause.Message,
        null => e.Message,
    };

    /// <summary>Makes meters of a name nobody listens to.</summary>
    private sealed class Unmeasured : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new("Private.Tocsin.Sdk");

        public void Dispose()
        {
        }
    }
}
