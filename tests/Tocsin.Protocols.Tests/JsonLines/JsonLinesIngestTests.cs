using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Storage;

namespace Tocsin.Protocols.Tests.JsonLines;

public sealed class JsonLinesIngestTests
{
    private static readonly HttpClient s_client = new();

    [Fact]
    public async Task A_good_body_is_200_and_on_disk()
    {
        await using Host host = await Host.Start();
        (HttpStatusCode status, JsonNode answer) = await Post(host, "{\"msg\":\"one\"}\n{\"msg\":\"two\"}");
        (status, answer.ToJsonString()).ShouldBe((HttpStatusCode.OK, """{"stored":2,"rejected":0,"errors":[]}"""));
        host.Rows(Dataset.Logs).Count.ShouldBe(2);
        host.ShouldBalance();
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Packed_bodies_are_read(string encoding)
    {
        await using Host host = await Host.Start();
        (await Post(host, "{\"msg\":\"one\"}", encoding)).Status.ShouldBe(HttpStatusCode.OK);
        host.Rows(Dataset.Logs).Single().ShouldContain("one");
    }

    [Fact]
    public async Task A_partly_bad_body_is_200_with_line_and_reason()
    {
        await using Host host = await Host.Start();
        (HttpStatusCode status, JsonNode answer) = await Post(host, "{\"msg\":\"one\"}\nx\n{\"ts\":1}");
        (status, answer.ToJsonString()).ShouldBe((HttpStatusCode.OK,
            """{"stored":1,"rejected":2,"errors":[{"line":2,"reason":"malformed","why":"not a JSON object"},{"line":3,"reason":"too_old","why":"the record is older than the retention"}]}"""));
        host.ShouldBalance();
    }

    [Fact]
    public async Task A_body_without_one_good_line_is_400()
    {
        await using Host host = await Host.Start();
        (HttpStatusCode status, JsonNode answer) = await Post(host, "x");
        (status, (string?)answer["detail"], (int)answer["errors"]![0]!["line"]!).ShouldBe((HttpStatusCode.BadRequest, "1 rejected: 1 malformed", 1));
        (await Post(host, "")).Status.ShouldBe(HttpStatusCode.OK);
        host.ShouldBalance();
    }

    [Theory]
    [InlineData(AppendResult.Overloaded)]
    [InlineData(AppendResult.DiskFull)]
    [InlineData(AppendResult.Failed)]
    public async Task What_may_be_sent_again_is_503(AppendResult result)
    {
        await using Host host = await Host.Start(append: (_, _) => new(result));
        (await Post(host, "{}")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        host.ShouldBalance();
    }

    [Fact]
    public async Task Too_much_is_413()
    {
        await using Host host = await Host.Start(new IngestOptions { MaxBodyBytes = 100 });
        (await Post(host, new string(' ', 101))).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await Post(host, new string(' ', 101), "gzip")).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await Post(host, new string(' ', 101), "deflate")).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        host.ShouldBalance();
    }

    private static async Task<(HttpStatusCode Status, JsonNode Answer)> Post(Host host, string body, string encoding = "")
    {
        using var packed = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            _ => packed,
        })
            stream.Write(Encoding.UTF8.GetBytes(body));
        using var content = new ByteArrayContent(packed.ToArray());
        if (encoding.Length > 0)
            content.Headers.ContentEncoding.Add(encoding);
        using HttpResponseMessage answer = await s_client.PostAsync(new Uri(host.Http, "/api/tocsin/v1/ingest/jsonl"), content);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }
}
