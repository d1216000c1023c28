using System.Net;
using System.Text;
using System.Text.Json;

namespace Tocsin.Server.Tests.Protocols;

public sealed class JsonLinesEndToEndTests
{
    [Fact]
    public async Task What_is_sent_is_found_with_every_field()
    {
        await using RunningServer server = await RunningServer.Start(s => s with { IngestKeys = ["key"], AdminPassword = "admin" });
        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", "key");
        string time = DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss");
        using var body = new StringContent($$$"""
            {"time":"{{{time}}}.123456789Z","level":"error","message":"payment failed","order":42,"ratio":0.5,"user":{"id":"u1","tags":["a",1]},"trace.id":"0af7651916cd43dd8448eb211c80319c"}
            """, Encoding.UTF8);
        using HttpResponseMessage answer = await server.Http.PostAsync("api/tocsin/v1/ingest/jsonl?resource.service.name=shop", body);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"stored":1,"rejected":0,"errors":[]}""");
        using HttpResponseMessage refused = await server.Http.GetAsync("api/tocsin/v1/logs");
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", "admin");
        JsonElement found = await server.Get("api/tocsin/v1/logs?q=level:error service:shop order:42");
        JsonElement item = found.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        item.GetProperty("time").GetString()!.ShouldStartWith(time);
        item.GetProperty("timeNanos").GetString()!.ShouldEndWith("123456789");
        item.GetProperty("body").GetString().ShouldBe("payment failed");
        item.GetProperty("traceId").GetString().ShouldBe("0af7651916cd43dd8448eb211c80319c");
        item.GetProperty("attributes").GetRawText().ShouldBe("""{"@severity_text":"error","order":42,"ratio":0.5,"user":{"id":"u1","tags":["a",1]}}""");
        item.GetProperty("resource").GetRawText().ShouldBe("""{"service.name":"shop"}""");
    }
}
