using System.Net;
using System.Net.Http.Headers;

namespace Tocsin.Cli.Run.Spool;

internal enum DeliveryState
{
    Delivered,

    /// <summary>Not now; the reason may pass.</summary>
    Later,

    /// <summary>The server will never take this record.</summary>
    Refused,
}

internal readonly record struct DeliveryResult(DeliveryState State, string Reason);

/// <summary>
/// Posts crash records to the server. Synchronous on purpose: a death is reported by the thread that saw it.
/// </summary>
internal sealed class CrashDelivery : IDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(1);

    /// <summary>
    /// From the first byte sent to the answer: on a busy machine a server that is there may take 8 s for its first one.
    /// Where nothing listens, the connection fails long before.
    /// </summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private const int MaxReasonChars = 300;

    private readonly HttpClient _http;

    public CrashDelivery(Uri url, string? key)
    {
        var root = new Uri(url.AbsoluteUri.TrimEnd('/') + "/");
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectLimit,
            UseProxy = !root.IsLoopback,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10),
            AllowAutoRedirect = false,
        };
        _http = new HttpClient(handler) { BaseAddress = root, Timeout = AnswerLimit };
        if (!string.IsNullOrEmpty(key))
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    public DeliveryResult Send(byte[] json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/tocsin/v1/crashes");
        request.Content = new ByteArrayContent(json);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            using var response = _http.Send(request);
            return Judge(response);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return new DeliveryResult(DeliveryState.Later,
                e is OperationCanceledException ? "no answer in time" : e.Message);
        }
    }

    /// <summary>Opens the connection and compiles the code path, so that the first death does not pay for it.</summary>
    public void WarmUp()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "health");
        try
        {
            using var response = _http.Send(request);
            Text(response);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            // The server may come later than the programs it watches.
        }
    }

    public void Dispose() => _http.Dispose();

    private static DeliveryResult Judge(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode)
        {
            return new DeliveryResult(DeliveryState.Delivered, "");
        }

        var state = response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge
            or HttpStatusCode.UnsupportedMediaType or HttpStatusCode.UnprocessableEntity
            ? DeliveryState.Refused
            : DeliveryState.Later;
        return new DeliveryResult(state, $"HTTP {(int)response.StatusCode} {Text(response)}".TrimEnd());
    }

    private static string Text(HttpResponseMessage response)
    {
        using var reader = new StreamReader(response.Content.ReadAsStream());
        var buffer = new char[MaxReasonChars];
        return new string(buffer, 0, reader.ReadBlock(buffer)).ReplaceLineEndings(" ");
    }
}
