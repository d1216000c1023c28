using System.Net;
using System.Text.Json;

namespace Tocsin.Server.Tests.Protocols;

public sealed class LokiEndToEndTests
{
    [Fact]
    public async Task What_is_pushed_is_found_with_every_field()
    {
        await using RunningServer server = await RunningServer.Start();
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000_000 + 123_456;
        (HttpStatusCode status, _) = await server.Post("loki/api/v1/push", $$$"""
            {"streams":[{"stream":{"app":"shop","region":"eu","level":"error"},
              "values":[["{{{now}}}","payment failed for order 42",{"user":"u1","trace_id":"0af7651916cd43dd8448eb211c80319c"}]]}]}
            """);
        status.ShouldBe(HttpStatusCode.NoContent);
        JsonElement found = await server.Get("api/tocsin/v1/logs?q=level:error service:shop region:eu \"order 42\"");
        JsonElement item = found.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        item.GetProperty("timeNanos").GetString().ShouldBe(now.ToString());
        item.GetProperty("level").GetString().ShouldBe("error");
        item.GetProperty("service").GetString().ShouldBe("shop");
        item.GetProperty("body").GetString().ShouldBe("payment failed for order 42");
        item.GetProperty("traceId").GetString().ShouldBe("0af7651916cd43dd8448eb211c80319c");
        item.GetProperty("attributes").GetRawText().ShouldBe("""{"user":"u1"}""");
        item.GetProperty("resource").GetRawText().ShouldBe("""{"service.name":"shop","app":"shop","region":"eu","level":"error"}""");
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("Bearer wrong", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer key", HttpStatusCode.NoContent)]
    [InlineData("Basic YW55OmtleQ==", HttpStatusCode.NoContent)] // any:key
    [InlineData("Basic YW55Ondyb25n", HttpStatusCode.Unauthorized)]
    public async Task An_ingest_key_opens_the_push_and_nothing_else(string? authorization, HttpStatusCode status)
    {
        await using RunningServer server = await RunningServer.Start(s => s with { IngestKeys = ["key"], AdminPassword = "admin" });
        if (authorization is not null)
            server.Http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        (await server.Post("loki/api/v1/push", """{"streams":[]}""")).Status.ShouldBe(status);
        using HttpResponseMessage read = await server.Http.GetAsync("api/tocsin/v1/logs");
        read.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
