using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TocsinSdk.Tests.Support;
using TocsinSdk.Transport;

namespace TocsinSdk.Tests.Transport;

/// <summary>Requests to real servers: kept connections, compression, proxies, TLS, and servers that misbehave.</summary>
public sealed class HttpWireTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    private readonly ReceivingServer _server = new();
    private readonly HttpWire _wire;
    private Uri? _proxy;

    public HttpWireTests() => _wire = new HttpWire(_ => _proxy);

    public void Dispose()
    {
        _wire.Dispose();
        _server.Dispose();
    }

    [Fact]
    public void Requests_follow_each_other_on_one_connection()
    {
        for (var i = 0; i < 5; i++)
            Post(_server.Url).ShouldBe(new HttpAnswer(200, "ok"));
        _server.At("/v1/logs").Count.ShouldBe(5);
        _server.Connections.ShouldBe(1);
        var head = _server.At("/v1/logs")[0].Head;
        head.ShouldContain($"\r\nHost: 127.0.0.1:{_server.Port}\r\n");
        head.ShouldContain("\r\nContent-Type: application/x-protobuf\r\n");
        head.ShouldContain("\r\nx-tenant: shop\r\n");
        head.ShouldNotContain("Content-Encoding");
    }

    [Fact]
    public void Another_server_gets_a_connection_of_its_own()
    {
        using var other = new ReceivingServer();
        Post(_server.Url).IsAccepted.ShouldBeTrue();
        Post(other.Url).IsAccepted.ShouldBeTrue();
        Post(_server.Url).IsAccepted.ShouldBeTrue();
        (other.At("/v1/logs").Count, _server.At("/v1/logs").Count).ShouldBe((1, 2));
    }

    [Fact]
    public void Bodies_are_packed_when_asked_and_unpack_to_what_they_were()
    {
        var body = new byte[300_000];
        new Random(5).NextBytes(body.AsSpan(0, 1000));
        foreach (var size in (int[])[300_000, 10, 0])
            Post(_server.Url, body[..size], gzip: true).IsAccepted.ShouldBeTrue();
        foreach (var (received, size) in _server.At("/v1/logs").Zip([300_000, 10, 0]))
        {
            received.Head.ShouldContain("\r\nContent-Encoding: gzip\r\n");
            using var plain = new MemoryStream();
            using (var gzip = new GZipStream(new MemoryStream(received.Body), CompressionMode.Decompress))
                gzip.CopyTo(plain);
            plain.ToArray().ShouldBe(body[..size]);
        }
        _server.At("/v1/logs")[0].Body.Length.ShouldBeLessThan(10_000);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_connection_the_server_has_dropped_meanwhile_costs_nothing(bool reset)
    {
        using var dropping = new DroppingServer(reset);
        for (var i = 0; i < 4; i++)
        {
            Post(dropping.Url).ShouldBe(new HttpAnswer(200, "ok"));
            dropping.Answered.Release();
            dropping.Dropped.Wait(s_limit).ShouldBeTrue();
        }
    }

    [Fact]
    public void A_proxy_is_asked_for_the_whole_address_with_its_user()
    {
        using var proxy = new ForwardProxy(_server.Port);
        _proxy = proxy.Url("bob:s%3Acret");
        Post("http://telemetry.test:4318").IsAccepted.ShouldBeTrue();
        Post("http://telemetry.test:4318").IsAccepted.ShouldBeTrue();
        var head = proxy.Heads.ShouldHaveSingleItem("the connection is kept");
        head.ShouldStartWith("POST http://telemetry.test:4318/v1/logs HTTP/1.1\r\n");
        head.ShouldContain("\r\nHost: telemetry.test:4318\r\n");
        head.ShouldContain("\r\nProxy-Authorization: Basic "
            + Convert.ToBase64String("bob:s:cret"u8) + "\r\n");
        _server.At("/v1/logs")[0].Text.ShouldBe("body");
    }

    [Fact]
    public void A_proxy_that_refuses_the_tunnel_is_told_by_its_status()
    {
        using var proxy = new ForwardProxy(_server.Port) { Refusal = "407 Proxy Authentication Required" };
        _proxy = proxy.Url();
        Post("https://telemetry.test/").ShouldBe(
            new HttpAnswer(0, "the proxy answered 407 Proxy Authentication Required"));
        proxy.Heads.Single().ShouldBe("CONNECT telemetry.test:443 HTTP/1.1\r\nHost: telemetry.test:443\r\n\r\n");
        Post("https://[::1]:4318").IsAccepted.ShouldBeFalse();
        proxy.Heads.Last().ShouldStartWith("CONNECT [::1]:4318 HTTP/1.1\r\n");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_certificate_nobody_signed_is_refused(bool tunnelled)
    {
        using var certificate = SelfMade.Certificate();
        using var secure = new ReceivingServer(certificate);
        using var proxy = new ForwardProxy(secure.Port);
        _proxy = tunnelled ? proxy.Url() : null;
        var answer = Post(secure.Url);
        answer.Status.ShouldBe(0);
        answer.Outcome.ShouldContain("certificate");
        secure.At("/v1/logs").ShouldBeEmpty();
        proxy.Heads.Count.ShouldBe(tunnelled ? 1 : 0);
    }

    [Fact]
    public void Nobody_there_and_nobody_speaking_are_values()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = "http://" + listener.LocalEndpoint;
        Post(url, timeout: TimeSpan.FromMilliseconds(200)).ShouldBe(new HttpAnswer(0, "timed out"));
        listener.Stop();
        Post(url).ShouldBe(new HttpAnswer(0, "refused"));
        Post("http://no-such-host.invalid").Status.ShouldBe(0);
    }

    [Fact]
    public void A_server_that_hangs_up_before_it_answers_is_told()
    {
        using var dropping = new DroppingServer(reset: true) { Answers = false };
        Post(dropping.Url).ShouldBe(new HttpAnswer(0, "connection lost"));
        using var closing = new DroppingServer(reset: false) { Answers = false };
        Post(closing.Url).ShouldBe(new HttpAnswer(0, "the server closed the connection"));
    }

    private HttpAnswer Post(string url, byte[]? body = null, bool gzip = false, TimeSpan? timeout = null)
    {
        var route = new Route(Signal.Logs, new Uri(new Uri(url), "/v1/logs"), [new("x-tenant", "shop")], new Random(1))
        {
            Gzip = gzip,
        };
        return _wire.Post(route, body ?? "body"u8.ToArray(), timeout ?? s_limit);
    }

    /// <summary>Answers one request of each connection and drops it, in order or with a reset.</summary>
    private sealed class DroppingServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly bool _reset;

        public DroppingServer(bool reset)
        {
            _reset = reset;
            _listener.Start();
            new Thread(Accept) { IsBackground = true }.Start();
        }

        public bool Answers { get; init; } = true;

        /// <summary>To be released when the answer has been read: a reset would throw it away.</summary>
        public SemaphoreSlim Answered { get; } = new(0);

        public SemaphoreSlim Dropped { get; } = new(0);
        public string Url => "http://" + _listener.LocalEndpoint;

        public void Dispose()
        {
            _listener.Dispose();
            Answered.Dispose();
            Dropped.Dispose();
        }

        private void Accept()
        {
            try
            {
                while (true)
                {
                    using (var client = _listener.AcceptTcpClient())
                        Serve(client);
                    Dropped.Release();
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // Disposed.
            }
        }

        private void Serve(TcpClient client)
        {
            var text = "";
            var buffer = new byte[4096];
            while (!text.EndsWith("\r\n\r\nbody", StringComparison.Ordinal))
                text += Encoding.Latin1.GetString(buffer, 0, client.GetStream().Read(buffer));
            if (Answers)
            {
                client.GetStream().Write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8);
                Answered.Wait(s_limit);
            }
            if (_reset)
                client.Client.Close(0);
        }
    }
}
