using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Protocols.Shared;
using Tocsin.Storage;

namespace Tocsin.Protocols.Tests.Otlp;

[Collection(nameof(Alone))]
public sealed class OtlpHttpTests
{
    private const string Protobuf = "application/x-protobuf", Json = "application/json";
    private static readonly HttpClient s_client = new() { Timeout = TimeSpan.FromSeconds(30) };

    private static byte[] Log(string body = "hello") => Requests.Proto(new SomeLogRecord { Body = body });

    [Theory]
    [InlineData(Protobuf, "")]
    [InlineData(Json, "{}")]
    [InlineData("application/json; charset=utf-8", "{}")]
    public async Task A_good_request_is_on_disk_and_answered_in_its_own_encoding(string type, string answer)
    {
        await using Host host = await Host.Start();
        byte[] body = type == Protobuf ? Log() : Encoding.UTF8.GetBytes(Requests.Json(new SomeLogRecord { Body = "hello" }));
        HttpResponseMessage response = await Post(host, "logs", body, type);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe(type.Split(';')[0]);
        (await response.Content.ReadAsStringAsync()).ShouldBe(answer);
        host.Rows(Dataset.Logs).Single().ShouldContain("\"@body\":\"hello\"");
        host.ShouldBalance();
    }

    [Theory]
    [InlineData(Protobuf)]
    [InlineData(Json)]
    public async Task Rejected_records_are_a_partial_success(string type)
    {
        await using Host host = await Host.Start();
        SomeSpan[] spans = [new() { Name = "good" }, new() { SpanId = [] }, new() { TraceId = [1] }];
        byte[] body = type == Protobuf ? Requests.Proto(spans) : Encoding.UTF8.GetBytes(Requests.Json(spans));
        HttpResponseMessage response = await Post(host, "traces", body, type);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        byte[] answer = await response.Content.ReadAsByteArrayAsync();
        if (type == Json)
            Encoding.UTF8.GetString(answer).ShouldBe("""{"partialSuccess":{"rejectedSpans":"2","errorMessage":"2 rejected: 2 invalid_id"}}""");
        else
            answer.ShouldBe(Proto.Nested(1, Proto.Varint(1, 2), Proto.Text(2, "2 rejected: 2 invalid_id")));
        host.Rows(Dataset.Spans).Count.ShouldBe(1);
        host.ShouldBalance();
    }

    [Fact]
    public async Task Metrics_are_accepted_so_that_exporters_stop_and_rejected_so_that_they_know()
    {
        await using Host host = await Host.Start();
        byte[] point = Proto.Nested(2, Proto.Text(1, "m"), Proto.Nested(5, Proto.Nested(1, Proto.Fixed64(3, 1))));
        HttpResponseMessage response = await Post(host, "metrics", Proto.Nested(1, Proto.Nested(2, point)), Protobuf);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(Proto.Nested(
            1, Proto.Varint(1, 1), Proto.Text(2, "metrics are not supported yet; every data point was rejected")));
        host.Totals("otlp-http", "metrics").Rejected["metrics_not_supported"].ShouldBe(1);
        host.ShouldBalance();
    }

    [Theory]
    [InlineData(Protobuf)]
    [InlineData(Json)]
    public async Task Malformed_bodies_are_400_with_a_status_in_their_own_encoding(string type)
    {
        await using Host host = await Host.Start();
        HttpResponseMessage response = await Post(host, "logs", [0x0a, 0xff], type);
        await ShouldFail(response, HttpStatusCode.BadRequest, type, 3, type == Json
            ? "the body is not a valid OTLP logs request in JSON"
            : "the body is not a valid OTLP logs request in protobuf");
        host.Totals("otlp-http", "logs").Rejected["malformed"].ShouldBe(1);
        host.ShouldBalance();
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/protobuf-not")]
    [InlineData(null)]
    public async Task Other_content_types_are_415(string? type)
    {
        await using Host host = await Host.Start();
        await ShouldFail(await Post(host, "logs", Log(), type), HttpStatusCode.UnsupportedMediaType, Protobuf, 3,
            "Content-Type must be application/x-protobuf or application/json");
        host.Totals("otlp-http", "logs").Rejected["unsupported_media_type"].ShouldBe(1);
        host.ShouldBalance();
    }

    [Theory]
    [InlineData("gzip", HttpStatusCode.OK)]
    [InlineData("GZIP", HttpStatusCode.OK)]
    [InlineData("identity", HttpStatusCode.OK)]
    [InlineData("zstd", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("gzip, gzip", HttpStatusCode.UnsupportedMediaType)]
    public async Task Gzip_and_identity_are_understood(string encoding, HttpStatusCode status)
    {
        await using Host host = await Host.Start();
        bool zip = encoding.Contains("gzip", StringComparison.OrdinalIgnoreCase);
        HttpResponseMessage response = await Post(host, "logs", zip ? Zip(Log()) : Log(), Protobuf, encoding);
        response.StatusCode.ShouldBe(status);
        host.Rows(Dataset.Logs).Count.ShouldBe(status == HttpStatusCode.OK ? 1 : 0);
        host.ShouldBalance();
    }

    [Theory]
    [InlineData(0)] // not gzip
    [InlineData(1)] // cut off
    public async Task Broken_gzip_is_400(int kind)
    {
        await using Host host = await Host.Start();
        byte[] body = kind == 0 ? Log() : Zip(Log(new string('x', 5000)))[..30];
        (await Post(host, "logs", body, Protobuf, "gzip")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        host.Rows(Dataset.Logs).ShouldBeEmpty();
        host.Totals("otlp-http", "logs").Rejected["malformed"].ShouldBeGreaterThan(0);
        host.ShouldBalance();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_body_above_the_limit_is_413(bool chunked, bool zipped)
    {
        await using Host host = await Host.Start(new IngestOptions { MaxBodyBytes = 100_000 });
        byte[] body = new byte[100_001];
        HttpResponseMessage response =
            await Post(host, "logs", zipped ? Zip(body) : body, Protobuf, zipped ? "gzip" : null, chunked);
        await ShouldFail(response, HttpStatusCode.RequestEntityTooLarge, Protobuf, 8,
            "the body is larger than 100000 bytes after decompression");
        host.Totals("otlp-http", "logs").Rejected["body_too_large"].ShouldBe(1);
        host.ShouldBalance();
    }

    [Fact]
    public async Task A_bomb_is_cut_at_the_limit_in_bounded_memory()
    {
        await using Host host = await Host.Start(new IngestOptions { MaxBodyBytes = 1 << 20 });
        using var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.Fastest, leaveOpen: true))
        {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 200; i++)
                await gzip.WriteAsync(zeros);
        }
        byte[] body = bomb.ToArray();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        (await Post(host, "logs", body, Protobuf, "gzip")).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(16 << 20);
        host.ShouldBalance();
    }

    [Theory]
    [InlineData(AppendResult.Overloaded, "the server is overloaded; nothing was stored")]
    [InlineData(AppendResult.DiskFull, "the server's disk is full; nothing was stored")]
    [InlineData(AppendResult.Failed, "the store failed; nothing was acknowledged")]
    public async Task What_may_be_sent_again_is_503_with_retry_after(AppendResult result, string message)
    {
        await using Host host = await Host.Start(append: (_, _) => new(result));
        HttpResponseMessage response = await Post(host, "logs", Log(), Protobuf);
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
        await ShouldFail(response, HttpStatusCode.ServiceUnavailable, Protobuf, 14, message);
        await ShouldFail(
            await Post(host, "logs", Encoding.UTF8.GetBytes(Requests.Json(new SomeLogRecord())), Json),
            HttpStatusCode.ServiceUnavailable, Json, 14, message);
        host.Totals("otlp-http", "logs").Stored.ShouldBe(0);
        host.ShouldBalance();
    }

    [Fact]
    public async Task A_store_that_throws_is_503_and_never_500()
    {
        await using Host host = await Host.Start(append: (_, _) => throw new IOException("gone"));
        (await Post(host, "logs", Log(), Protobuf)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        host.ShouldBalance();
    }

    [Fact]
    public async Task Without_room_for_the_body_the_answer_is_503()
    {
        await using Host host = await Host.Start(
            new IngestOptions { MaxBytesInFlight = 1000, MaxWait = TimeSpan.FromMilliseconds(50) });
        await host.Pipeline.Budget.Take(1000, CancellationToken.None);
        (await Post(host, "logs", Log(), Protobuf)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        host.Pipeline.Budget.Release(1000);
        (await Post(host, "logs", Log(), Protobuf)).StatusCode.ShouldBe(HttpStatusCode.OK);
        host.Totals("otlp-http", "logs").Rejected["overloaded"].ShouldBe(1);
        host.ShouldBalance();
    }

    [Theory]
    [InlineData(true, "cancelled")]
    [InlineData(false, "malformed")]
    public async Task A_client_that_leaves_in_the_middle_is_booked(bool reset, string reason)
    {
        await using Host host = await Host.Start();
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(host.Http.Host, host.Http.Port);
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /v1/logs HTTP/1.1\r\nHost: x\r\nContent-Type: {Protobuf}\r\nContent-Length: 1000\r\n\r\nabc"));
            await Eventually(() => host.Pipeline.Budget.Used > 0);
            if (reset)
                socket.Client.Close(timeout: 0);
        }
        await Eventually(() => host.Pipeline.Totals().Any(t => t.Rejected.GetValueOrDefault(reason) == 1));
        await Eventually(() => host.Pipeline.Budget.Used == 0);
        host.ShouldBalance();
    }

    [Fact]
    public async Task Many_clients_at_once_lose_nothing()
    {
        await using Host host = await Host.Start();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async client =>
        {
            for (int i = 0; i < 20; i++)
            {
                byte[] body = i % 5 == 0 ? [0xff] : Requests.Proto([.. Enumerable.Range(0, 5).Select(n => new SomeLogRecord { Body = $"{client}/{i}/{n}" })]);
                HttpStatusCode expected = i % 5 == 0 ? HttpStatusCode.BadRequest : HttpStatusCode.OK;
                (await Post(host, "logs", i % 2 == 0 ? Zip(body) : body, Protobuf, i % 2 == 0 ? "gzip" : null)).StatusCode.ShouldBe(expected);
            }
        }));
        host.Rows(Dataset.Logs).Distinct().Count().ShouldBe(16 * 16 * 5);
        IngestTotals totals = host.Totals("otlp-http", "logs");
        (totals.Stored, totals.Rejected["malformed"]).ShouldBe((16 * 16 * 5, 16 * 4));
        host.ShouldBalance();
    }

    internal static byte[] Zip(byte[] body)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest))
            gzip.Write(body);
        return zipped.ToArray();
    }

    /// <summary>Awaits what another thread does, with a deadline.</summary>
    internal static async Task Eventually(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
            await Task.Delay(10, deadline.Token);
    }

    private static async Task<HttpResponseMessage> Post(
        Host host, string signal, byte[] body, string? type, string? encoding = null, bool chunked = false)
    {
        using var content = new ByteArrayContent(body);
        if (type is not null)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding is not null)
            content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Http, $"/v1/{signal}")) { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        return await s_client.SendAsync(request);
    }

    private static async Task ShouldFail(HttpResponseMessage response, HttpStatusCode status, string type, int code, string message)
    {
        response.StatusCode.ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        if (type == Json)
        {
            JsonNode json = JsonNode.Parse(body)!;
            ((int)json["code"]!, (string)json["message"]!).ShouldBe((code, message));
            return;
        }
        var fields = new ProtoReader(body);
        fields.Next().ShouldBeTrue();
        fields.Number.ShouldBe((ulong)code);
        fields.Next().ShouldBeTrue();
        Encoding.UTF8.GetString(fields.Bytes).ShouldBe(message);
    }
}
