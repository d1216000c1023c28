using System.Globalization;
using System.IO.Compression;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using TocsinSdk.Delivery;

namespace TocsinSdk.Transport;

/// <summary>
/// POSTs on the calling thread over one connection that is kept open: HTTP/1.1 by hand, because HttpClient opens
/// connections on the thread pool, traces and measures itself, and is logged. An HTTP proxy is used as HttpClient
/// would. Owned by the sender's thread.
/// </summary>
internal sealed class HttpWire(Func<Uri, Uri?> proxyOf) : IDisposable
{
    private const int MaxAnswer = 64 << 10;

    private readonly MemoryStream _packed = new();
    private string? _peer;
    private Socket? _socket;
    private Stream? _stream;
    private Deadline _deadline = new();

    public HttpAnswer Post(Route route, ReadOnlyMemory<byte> body, TimeSpan timeout)
    {
        if (route.Gzip)
            body = Packed(body.Span);
        _deadline.Start(timeout);
        try
        {
            var reused = _stream is not null && _peer == Peer(route.Url);
            try
            {
                return Exchange(route, body);
            }
            // The server may close an idle connection at any time; the request was then not looked at.
            catch (Exception e) when (reused && e is IOException or SocketException && !_deadline.IsOver)
            {
                Close();
                return Exchange(route, body);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException
            or InvalidOperationException or FormatException or NotSupportedException)
        {
            Close();
            return new HttpAnswer(0, _deadline.IsOver ? "timed out" : Reason(e));
        }
    }

    public void Dispose()
    {
        Close();
        _packed.Dispose();
    }

    private static string Peer(Uri url) => url.GetLeftPart(UriPartial.Authority);

    private HttpAnswer Exchange(Route route, ReadOnlyMemory<byte> body)
    {
        var proxy = proxyOf(route.Url);
        if (_stream is null || _peer != Peer(route.Url))
            Connect(route.Url, proxy);
        _stream!.Write(Head(route, body.Length, proxy));
        _stream.Write(body.Span);
        _stream.Flush();
        var answer = new HttpReply(_stream, MaxAnswer).Read();
        if (answer.Closes)
            Close();
        return answer.ToAnswer();
    }

    private void Connect(Uri url, Uri? proxy)
    {
        Close();
        var to = proxy ?? url;
        _socket = PlainHttp.Connect(to.IdnHost, to.Port, _deadline.Left, out var failure);
        if (_socket is null)
            throw new IOException(failure == "connection refused" ? "refused" : failure);
        _stream = new PlainHttp.Wire(_socket, _deadline.Left);
        if (url.Scheme == "https")
        {
            if (proxy is not null)
                Tunnel(url, proxy);
            var secure = new SslStream(_stream);
            _stream = secure;
            secure.AuthenticateAsClient(url.IdnHost);
        }
        _peer = Peer(url);
    }

    private void Tunnel(Uri url, Uri proxy)
    {
        var authority = $"{HostOf(url)}:{url.Port}";
        _stream!.Write(Encoding.ASCII.GetBytes(
            $"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{ProxyKey(proxy)}\r\n"));
        var answer = new HttpReply(_stream, MaxAnswer).Read();
        if (!answer.ToAnswer().IsAccepted)
            throw new IOException("the proxy answered " + answer.ToAnswer().Outcome);
    }

    private static byte[] Head(Route route, int length, Uri? proxy)
    {
        var direct = proxy is null || route.Url.Scheme == "https";
        var head = new StringBuilder(256)
            .Append("POST ").Append(direct ? route.Url.PathAndQuery : route.Url.GetLeftPart(UriPartial.Query))
            .Append(" HTTP/1.1\r\nHost: ").Append(HostOf(route.Url))
            .Append(route.Url.IsDefaultPort ? "" : string.Create(CultureInfo.InvariantCulture, $":{route.Url.Port}"))
            .Append("\r\nContent-Type: application/x-protobuf\r\nContent-Length: ")
            .Append(length.ToString(CultureInfo.InvariantCulture))
            .Append("\r\nUser-Agent: Tocsin.Sdk\r\n");
        if (route.Gzip)
            head.Append("Content-Encoding: gzip\r\n");
        if (!direct)
            head.Append(ProxyKey(proxy!));
        foreach (var (name, value) in route.Headers)
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        return Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
    }

    // As it stands in a header: punycode, and brackets around an address of version 6.
    private static string HostOf(Uri url) => url.HostNameType == UriHostNameType.IPv6 ? url.Host : url.IdnHost;

    private static string ProxyKey(Uri proxy) => proxy.UserInfo.Length == 0 ? "" : "Proxy-Authorization: Basic "
        + Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(proxy.UserInfo))) + "\r\n";

    private ReadOnlyMemory<byte> Packed(ReadOnlySpan<byte> body)
    {
        _packed.SetLength(0);
        using (var gzip = new GZipStream(_packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(body);
        return _packed.GetBuffer().AsMemory(0, (int)_packed.Length);
    }

    private static string Reason(Exception e) => (e as SocketException ?? e.InnerException as SocketException) switch
    {
        { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown } => "connection lost",
        _ => e.Message,
    };

    private void Close()
    {
        _stream?.Dispose();
        _socket?.Dispose();
        (_stream, _socket, _peer) = (null, null, null);
    }

    private sealed class Deadline
    {
        private long _end = long.MaxValue;

        public void Start(TimeSpan time) => _end = Environment.TickCount64 + (long)time.TotalMilliseconds;

        public TimeSpan Left() => TimeSpan.FromMilliseconds(_end - Environment.TickCount64);

        public bool IsOver => Left() <= TimeSpan.Zero;
    }
}
