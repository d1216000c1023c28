using System.Net;
using System.Text;
using System.Text.Json;

namespace Tocsin.Server.Tests.Protocols;

public sealed class SeqEndToEndTests
{
    [Theory]
    [InlineData("X-Seq-ApiKey", "", "key", HttpStatusCode.Created)]
    [InlineData("X-Seq-ApiKey", "", "wrong", HttpStatusCode.Unauthorized)]
    [InlineData("", "?apiKey=key", "", HttpStatusCode.Created)]
    [InlineData("", "?apiKey=wrong", "", HttpStatusCode.Unauthorized)]
    [InlineData("", "", "", HttpStatusCode.Unauthorized)]
    public async Task The_api_key_is_an_ingest_key(string header, string query, string key, HttpStatusCode status)
    {
        await using RunningServer server = await RunningServer.Start(s => s with { IngestKeys = ["key"], AdminPassword = "admin" });
        using var request = new HttpRequestMessage(HttpMethod.Post, "ingest/clef" + query) { Content = new StringContent("{\"@m\":\"x\"}") };
        if (header.Length > 0)
            request.Headers.Add(header, key);
        using HttpResponseMessage answer = await server.Http.SendAsync(request);
        answer.StatusCode.ShouldBe(status);
        using HttpResponseMessage read = await server.Http.GetAsync("api/tocsin/v1/logs" + query);
        read.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task What_is_sent_is_found_with_every_field()
    {
        await using RunningServer server = await RunningServer.Start();
        string time = DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss");
        using var body = new StringContent($$$"""
            {"@t":"{{{time}}}.1234567Z","@mt":"Payment of {Amount} failed","@l":"Error","Amount":42.5,"Application":"shop","Cart":{"Items":["a",1]},"@tr":"0af7651916cd43dd8448eb211c80319c"}
            """, Encoding.UTF8);
        using HttpResponseMessage answer = await server.Http.PostAsync("ingest/clef", body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        JsonElement found = await server.Get("api/tocsin/v1/logs?q=level:error service:shop \"Payment of 42.5 failed\"");
        JsonElement item = found.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        item.GetProperty("timeNanos").GetString()!.ShouldEndWith("123456700");
        item.GetProperty("body").GetString().ShouldBe("Payment of 42.5 failed");
        item.GetProperty("traceId").GetString().ShouldBe("0af7651916cd43dd8448eb211c80319c");
        item.GetProperty("attributes").GetRawText().ShouldBe(
            """{"@severity_text":"Error","log.record.template":"Payment of {Amount} failed","Amount":42.5,"Application":"shop","Cart":{"Items":["a",1]}}""");
        item.GetProperty("resource").GetRawText().ShouldBe("""{"service.name":"shop"}""");
    }
}
