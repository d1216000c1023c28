using System.Net;
using System.Net.Sockets;
using System.Text;
using TocsinSdk.Delivery;
using TocsinSdk.Tests.Support;

namespace TocsinSdk.Tests.Delivery;

public sealed class PlainHttpTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(5);

    [Fact]
    public void A_large_body_arrives_whole_below_a_path_prefix()
    {
        using var server = new ReceivingServer();
        var body = Encoding.UTF8.GetBytes(new string('x', 3_000_000));
        new TocsinServer(new Uri(server.Url + "/tocsin/"), "key").PostCrash(body, s_deadline).IsAccepted.ShouldBeTrue();
        var received = server.At("/tocsin/api/tocsin/v1/crashes").ShouldHaveSingleItem();
        received.Body.Length.ShouldBe(body.Length);
        received.Head.ShouldContain("Content-Type: application/json\r\n");
        received.Head.ShouldContain("Authorization: Bearer key\r\n");
    }

    [Theory]
    [InlineData(200, true, true)]
    [InlineData(400, false, true)]
    [InlineData(401, false, false)]
    [InlineData(503, false, false)]
    public void The_status_says_whether_to_try_again(int status, bool accepted, bool final)
    {
        using var server = new ReceivingServer { Status = status };
        var answer = PlainHttp.Post(new Uri(server.Url), null, "{}"u8.ToArray(), s_deadline);
        (answer.Status, answer.IsAccepted, answer.IsFinal).ShouldBe((status, accepted, final));
    }

    [Fact]
    public void A_refused_connection_is_a_value()
    {
        PlainHttp.Post(new Uri("http://127.0.0.1:9"), null, "{}"u8.ToArray(),
            s_deadline).ToString().ShouldBe("connection refused");
        PlainHttp.Post(new Uri("http://no-such-host.invalid"), null, "{}"u8.ToArray(),
            s_deadline).IsFinal.ShouldBeFalse();
    }

    [Fact]
    public void A_server_that_says_nothing_costs_no_more_than_the_deadline()
    {
        var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var url = new Uri("http://" + silent.LocalEndpoint);
        PlainHttp.Post(url, null, "{}"u8.ToArray(), TimeSpan.FromMilliseconds(200)).ToString().ShouldBe("timed out");
        silent.Stop();
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("HTTP/1.1 abc\r\n\r\n")]
    [InlineData("HT")]
    public void What_is_not_http_is_a_value_too(string greeting)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        new Thread(() =>
        {
            using var client = listener.AcceptTcpClient();
            client.GetStream().Write(Encoding.ASCII.GetBytes(greeting));
        }) { IsBackground = true }.Start();
        PlainHttp.Post(new Uri("http://" + listener.LocalEndpoint), null, "{}"u8.ToArray(),
            s_deadline).Failure.ShouldNotBeNullOrEmpty();
        listener.Stop();
    }

    [Fact]
    public void A_document_is_asked_for_with_the_version_already_here()
    {
        using var server = new ReceivingServer { Status = 304 };
        var who = Some.Identity with { Service = "shop & co", Environment = "Test", RunId = "r1" };
        new TocsinServer(new Uri(server.Url), "key").GetLevels(who, "\"7\"", s_deadline).Status.ShouldBe(304);
        var asked = server.At("/api/tocsin/v1/levels/effective?service=shop%20%26%20co&run=r1&environment=Test")
            .ShouldHaveSingleItem();
        asked.Head.ShouldContain("If-None-Match: \"7\"\r\n");
        asked.Head.ShouldContain("Authorization: Bearer key\r\n");
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 2\r\n\r\n{}", 200, "\"a\"", "{}")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", 200, null, "{}")]
    [InlineData("HTTP/1.1 304 Not Modified\r\netag: W/\"a\"\r\n\r\n", 304, "W/\"a\"", "")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 20000000\r\n\r\n", 200, null, "")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\ncut", 0, null, "")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", 0, null, "")]
    public void A_document_is_read_in_every_framing_or_is_none(string said, int status, string? tag, string body)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = new Thread(() =>
        {
            using var client = listener.AcceptTcpClient();
            // To its end: closing with bytes unread would reset the connection under the answer.
            using var request = new StreamReader(client.GetStream(), leaveOpen: true);
            while (request.ReadLine() is { Length: > 0 })
            {
            }
            client.GetStream().Write(Encoding.ASCII.GetBytes(said));
        }) { IsBackground = true };
        answering.Start();
        var document = PlainHttp.Get(new Uri("http://" + listener.LocalEndpoint), null, null, s_deadline);
        (document.Status, document.Tag, Encoding.ASCII.GetString(document.Body)).ShouldBe((status, tag, body));
        answering.Join();
        listener.Stop();
    }

    [Fact]
    public void Nobody_to_ask_is_a_value() =>
        PlainHttp.Get(new Uri("http://127.0.0.1:9"), null, null, s_deadline).Status.ShouldBe(0);
}
