using System.Net;
using System.Text;

namespace Tocsin.Server.Tests.Protocols;

public sealed class ElasticsearchAccessTests
{
    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized)]
    [InlineData("ApiKey a2V5", HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized)]
    [InlineData("ApiKey key", HttpStatusCode.OK, HttpStatusCode.Unauthorized)]
    [InlineData("ApiKey aWQ6a2V5", HttpStatusCode.OK, HttpStatusCode.Unauthorized)] // id:key
    [InlineData("Basic YW55OmtleQ==", HttpStatusCode.OK, HttpStatusCode.Unauthorized)] // any:key
    [InlineData("Basic YW55OmFkbWlu", HttpStatusCode.OK, HttpStatusCode.OK)] // any:admin
    [InlineData("ApiKey aWQ6YWRtaW4=", HttpStatusCode.OK, HttpStatusCode.OK)] // id:admin
    public async Task An_ingest_key_opens_bulk_and_no_search(string? authorization, HttpStatusCode bulk, HttpStatusCode search)
    {
        await using RunningServer server = await RunningServer.Start(s => s with { IngestKeys = ["key"], AdminPassword = "admin" });
        if (authorization is not null)
            server.Http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        foreach (string path in (string[])["elasticsearch/_bulk", "elasticsearch/shop/_bulk", "elasticsearch/shop/_doc"])
            (await Post(server, path, path.EndsWith("_doc") ? """{"message":"x"}""" : "{\"index\":{}}\n{\"message\":\"x\"}\n"))
                .ShouldBe(bulk == HttpStatusCode.OK && path.EndsWith("_doc") ? HttpStatusCode.Created : bulk, path);
        foreach (string path in (string[])["elasticsearch/_search", "elasticsearch/_bulk/_search", "elasticsearch/shop/_msearch", "elasticsearch/_doc/_count"])
            (await Post(server, path, path.EndsWith("_msearch") ? "" : "{}")).ShouldBe(search, path);
    }

    private static async Task<HttpStatusCode> Post(RunningServer server, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await server.Http.PostAsync(path, content);
        return answer.StatusCode;
    }
}
