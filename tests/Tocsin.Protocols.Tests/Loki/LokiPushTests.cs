using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Storage;

namespace Tocsin.Protocols.Tests.Loki;

public sealed class LokiPushTests
{
    private const string Protobuf = "application/x-protobuf", Json = "application/json";
    private static readonly HttpClient s_client = new();
    private static readonly (string, string)[] s_labels = [("app", "shop"), ("level", "error")];

    private static SomeEntry Entry(long age = 0) => new((DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - age) * 1_000_000, "hello", [("k", "v")]);

    [Theory]
    [InlineData(Protobuf, "")]
    [InlineData(Protobuf, "snappy")]
    [InlineData("", "")]
    [InlineData(Json, "")]
    [InlineData(Json + "; charset=utf-8", "identity")]
    [InlineData(Json, "gzip")]
    [InlineData(Json, "deflate")]
    [InlineData(Json, "raw deflate")]
    public async Task A_good_request_is_204_and_on_disk(string type, string encoding)
    {
        await using Host host = await Host.Start();
        HttpResponseMessage answer = await Push(host, Body(type, Entry()), type, encoding);
        (answer.StatusCode, await answer.Content.ReadAsStringAsync()).ShouldBe((HttpStatusCode.NoContent, ""));
        host.Rows(Dataset.Logs).Single().ShouldContain(
            "\"severity\":17,\"stream\":{\"service.name\":\"shop\",\"app\":\"shop\",\"level\":\"error\"},\"fields\":{\"@body\":\"hello\",\"k\":\"v\"}");
        host.ShouldBalance();
    }

    [Theory]
    [InlineData(Protobuf)]
    [InlineData(Json)]
    public async Task Rejected_entries_are_400_with_the_reasons_and_the_others_are_stored(string type)
    {
        await using Host host = await Host.Start();
        const long Year = 365L * 86_400_000;
        HttpResponseMessage answer = await Push(host, Body(type, Entry(), Entry(Year), Entry(-Year)), type);
        (answer.StatusCode, await answer.Content.ReadAsStringAsync())
            .ShouldBe((HttpStatusCode.BadRequest, "2 rejected: 1 too_old, 1 in_future\n"));
        host.Rows(Dataset.Logs).Count.ShouldBe(1);
        host.ShouldBalance();
    }

    [Theory]
    [InlineData(Protobuf, "x", "", HttpStatusCode.BadRequest, "the body is not a snappy block")]
    [InlineData(Protobuf, "\x02\x04\xff\xff", "", HttpStatusCode.BadRequest, "the body is not a valid Loki push request in protobuf")]
    [InlineData(Json, "{", "", HttpStatusCode.BadRequest, "the body is not a valid Loki push request in JSON")]
    [InlineData(Json, "not gzip at all", "gzip", HttpStatusCode.BadRequest, "the body is not what its Content-Encoding says")]
    [InlineData(Json, "{}", "br", HttpStatusCode.UnsupportedMediaType, "Content-Encoding must be gzip, deflate or identity")]
    [InlineData(Protobuf, "", "gzip", HttpStatusCode.UnsupportedMediaType, "the body itself is a snappy block")]
    public async Task A_bad_body_is_refused_with_the_reason(string type, string body, string encoding, HttpStatusCode status, string message)
    {
        await using Host host = await Host.Start();
        HttpResponseMessage answer = await Push(host, Encoding.Latin1.GetBytes(body), type, encoding, pack: false);
        answer.StatusCode.ShouldBe(status);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(message);
        host.Rows(Dataset.Logs).ShouldBeEmpty();
        host.ShouldBalance();
    }

    [Fact]
    public async Task A_snappy_block_that_announces_too_much_is_413_before_any_memory_is_taken()
    {
        await using Host host = await Host.Start(new IngestOptions { MaxBodyBytes = 1000 });
        (await Push(host, [0xe9, 0x07, 0, 0], Protobuf, pack: false)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        host.Totals("loki", "logs").Rejected["body_too_large"].ShouldBe(1);
        host.ShouldBalance();
    }

    [Theory]
    [InlineData(AppendResult.Overloaded)]
    [InlineData(AppendResult.DiskFull)]
    [InlineData(AppendResult.Failed)]
    public async Task What_may_be_sent_again_is_503(AppendResult result)
    {
        await using Host host = await Host.Start(append: (_, _) => new(result));
        HttpResponseMessage answer = await Push(host, Body(Json, Entry()), Json);
        (answer.StatusCode, answer.Headers.RetryAfter!.Delta).ShouldBe((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(5)));
        host.ShouldBalance();
    }

    [Theory]
    [InlineData("/ready", "ready\n")]
    [InlineData("/loki/api/v1/status/buildinfo", "\"version\"")]
    public async Task Probes_are_answered(string path, string body)
    {
        await using Host host = await Host.Start();
        (await s_client.GetStringAsync(new Uri(host.Http, path))).ShouldContain(body);
    }

    private static byte[] Body(string type, params SomeEntry[] entries) =>
        type.StartsWith(Json, StringComparison.Ordinal) ? LokiBodies.Json(s_labels, entries) : LokiBodies.Proto(s_labels, entries);

    private static async Task<HttpResponseMessage> Push(Host host, byte[] body, string type, string encoding = "", bool pack = true)
    {
        if (pack)
            body = type.StartsWith(Json, StringComparison.Ordinal) ? Pack(body, encoding) : IronSnappy.Snappy.Encode(body);
        using var content = new ByteArrayContent(body);
        if (type.Length > 0)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding.Length > 0)
            content.Headers.TryAddWithoutValidation("Content-Encoding", encoding.Split(' ')[^1]);
        return await s_client.PostAsync(new Uri(host.Http, "/loki/api/v1/push"), content);
    }

    private static byte[] Pack(byte[] body, string encoding)
    {
        using var packed = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "raw deflate" => new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            _ => packed,
        })
            stream.Write(body);
        return packed.ToArray();
    }
}
