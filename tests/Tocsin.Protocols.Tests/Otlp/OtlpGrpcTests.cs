using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Protocols.Otlp;
using Tocsin.Storage;

namespace Tocsin.Protocols.Tests.Otlp;

public sealed class OtlpGrpcTests
{
    private const string Logs = "opentelemetry.proto.collector.logs.v1.LogsService/Export";
    private const string Traces = "opentelemetry.proto.collector.trace.v1.TraceService/Export";
    private const string Metrics = "opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
    private static readonly HttpClient s_client = new() { Timeout = TimeSpan.FromSeconds(30) };

    private static byte[] Log() => Requests.Proto(new SomeLogRecord { Body = "hello" });

    [Fact]
    public async Task A_good_call_is_on_disk_and_ends_with_ok()
    {
        await using Host host = await Host.Start();
        Reply reply = await Call(host, Logs, Frame(Log()));
        (reply.Status, reply.InTrailers).ShouldBe(("0", true));
        reply.Body.ShouldBe(Frame([]));
        reply.ContentType.ShouldBe("application/grpc");
        host.Rows(Dataset.Logs).Single().ShouldContain("hello");
        (await Call(host, Traces, Frame(Requests.Proto(new SomeSpan { Name = "n" })), "application/grpc+proto")).Status.ShouldBe("0");
        host.Rows(Dataset.Spans).Count.ShouldBe(1);
        host.ShouldBalance();
    }

    [Fact]
    public async Task Rejected_records_are_a_partial_success()
    {
        await using Host host = await Host.Start();
        Reply reply = await Call(host, Traces, Frame(Requests.Proto(new SomeSpan { SpanId = [] }, new SomeSpan())));
        reply.Status.ShouldBe("0");
        reply.Body.ShouldBe(Frame(Proto.Nested(1, Proto.Varint(1, 1), Proto.Text(2, "1 rejected: 1 invalid_id"))));
        host.ShouldBalance();
    }

    [Fact]
    public async Task Metrics_are_counted_and_rejected()
    {
        await using Host host = await Host.Start();
        byte[] request = Proto.Nested(1, Proto.Nested(2, Proto.Nested(2, Proto.Nested(7, Proto.Nested(1), Proto.Nested(1)))));
        (await Call(host, Metrics, Frame(request))).Status.ShouldBe("0");
        host.Totals("otlp-grpc", "metrics").Rejected["metrics_not_supported"].ShouldBe(2);
        host.ShouldBalance();
    }

    [Fact]
    public async Task Gzip_messages_are_understood_and_offered()
    {
        await using Host host = await Host.Start();
        Reply reply = await Call(host, Logs, Frame(OtlpHttpTests.Zip(Log()), zipped: true), encoding: "gzip");
        (reply.Status, reply.AcceptEncoding).ShouldBe(("0", "identity,gzip"));
        host.Rows(Dataset.Logs).Count.ShouldBe(1);
        (await Call(host, Logs, Frame(Log()), encoding: "gzip")).Status.ShouldBe("0");
        (await Call(host, Logs, Frame(Log(), zipped: true), encoding: "snappy")).Status.ShouldBe("12");
        (await Call(host, Logs, Frame(Log(), zipped: true), encoding: "gzip")).Status.ShouldBe("3");
        host.ShouldBalance();
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0000000005 00")] // shorter than announced
    [InlineData("0000000000 00")] // longer than announced
    [InlineData("0200000000")] // unknown flag
    [InlineData("00ffffffff")] // huge
    [InlineData("0000000002 0aff")] // not the message
    public async Task Bad_data_is_invalid_argument(string hex)
    {
        await using Host host = await Host.Start();
        Reply reply = await Call(host, Logs, Convert.FromHexString(hex.Replace(" ", "")));
        (reply.Status, reply.InTrailers).ShouldBe(("3", false));
        reply.Message.ShouldNotBeNullOrEmpty();
        host.Totals("otlp-grpc", "logs").Rejected["malformed"].ShouldBe(1);
        host.ShouldBalance();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_above_the_limit_is_resource_exhausted(bool zipped)
    {
        await using Host host = await Host.Start(new IngestOptions { MaxBodyBytes = 100_000 });
        byte[] message = new byte[200_000];
        Reply reply = await Call(host, Logs, Frame(zipped ? OtlpHttpTests.Zip(message) : message, zipped), encoding: zipped ? "gzip" : null);
        reply.Status.ShouldBe("8");
        host.Totals("otlp-grpc", "logs").Rejected["body_too_large"].ShouldBe(1);
        host.ShouldBalance();
    }

    [Fact]
    public async Task An_unknown_method_is_unimplemented()
    {
        await using Host host = await Host.Start();
        (await Call(host, "opentelemetry.proto.collector.logs.v1.LogsService/Import", Frame([]))).Status.ShouldBe("12");
    }

    [Theory]
    [InlineData(AppendResult.Overloaded)]
    [InlineData(AppendResult.DiskFull)]
    [InlineData(AppendResult.Failed)]
    public async Task What_may_be_sent_again_is_unavailable_with_retry_info(AppendResult result)
    {
        await using Host host = await Host.Start(append: (_, _) => new(result));
        Reply reply = await Call(host, Logs, Frame(Log()));
        reply.Status.ShouldBe("14");
        byte[] details = Convert.FromBase64String(reply.Details!.PadRight((reply.Details!.Length + 3) / 4 * 4, '='));
        byte[] retryInfo = Proto.Nested(1, Proto.Varint(1, 5));
        details.ShouldBe(Proto.Message(
            Proto.Varint(1, 14), Proto.Text(2, Uri.UnescapeDataString(reply.Message!)),
            Proto.Nested(3, Proto.Text(1, "type.googleapis.com/google.rpc.RetryInfo"), Proto.Bytes(2, retryInfo))));
        host.ShouldBalance();
    }

    [Fact]
    public async Task What_is_not_grpc_gets_an_http_answer()
    {
        await using Host host = await Host.Start();
        using HttpResponseMessage json = await Send(host.Grpc, Logs, Frame(Log()), "application/json", HttpVersion.Version20);
        json.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        using HttpResponseMessage old = await Send(host.Http, Logs, Frame(Log()), "application/grpc", HttpVersion.Version11);
        old.StatusCode.ShouldBe(HttpStatusCode.UpgradeRequired);
        host.Rows(Dataset.Logs).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("100% é\n", "100%25 %C3%A9%0A")]
    public void Messages_are_percent_encoded(string message, string encoded) =>
        OtlpGrpc.PercentEncode(message).ShouldBe(encoded);

    [Fact]
    public async Task Many_calls_on_one_connection_lose_nothing()
    {
        await using Host host = await Host.Start();
        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Call(host, Logs, Frame(Log()))));
        replies.ShouldAllBe(r => r.Status == "0");
        host.Totals("otlp-grpc", "logs").Stored.ShouldBe(200);
        host.ShouldBalance();
    }

    private sealed record Reply(
        string? Status, bool InTrailers, string? Message, string? Details, string? AcceptEncoding, string? ContentType, byte[] Body);

    private static byte[] Frame(byte[] message, bool zipped = false)
    {
        byte[] frame = new byte[5 + message.Length];
        frame[0] = (byte)(zipped ? 1 : 0);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    private static async Task<Reply> Call(
        Host host, string method, byte[] body, string type = "application/grpc", string? encoding = null)
    {
        using HttpResponseMessage response = await Send(host.Grpc, method, body, type, HttpVersion.Version20, encoding);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        byte[] answer = await response.Content.ReadAsByteArrayAsync();
        bool inTrailers = response.TrailingHeaders.Contains("grpc-status");
        string? Header(string name) =>
            (inTrailers ? response.TrailingHeaders : response.Headers).TryGetValues(name, out IEnumerable<string>? values) ? values.Single() : null;
        return new Reply(
            Header("grpc-status"), inTrailers, Header("grpc-message"), Header("grpc-status-details-bin"),
            string.Join(',', response.Headers.GetValues("grpc-accept-encoding")), response.Content.Headers.ContentType?.MediaType, answer);
    }

    private static Task<HttpResponseMessage> Send(
        Uri host, string method, byte[] body, string type, Version version, string? encoding = null)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host, "/" + method))
        {
            Content = content, Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Add("te", "trailers");
        request.Headers.Add("grpc-timeout", "10S");
        if (encoding is not null)
            request.Headers.Add("grpc-encoding", encoding);
        return s_client.SendAsync(request);
    }
}
