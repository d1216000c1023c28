using System.Net;

namespace Tocsin.Protocols.Tests;

/// <summary>A page somebody visits must not be able to write into the server on their machine.</summary>
public sealed class ForeignPagesTests
{
    private static readonly HttpClient s_client = new();

    [Theory]
    [InlineData("/loki/api/v1/push", "{\"streams\":[]}")]
    [InlineData("/ingest/clef", "{}")]
    [InlineData("/api/events/raw", "{\"Events\":[]}")]
    [InlineData("/api/tocsin/v1/ingest/jsonl", "{}")]
    [InlineData("/api/tocsin/v1/ingest/syslog", "x")]
    public async Task A_page_from_elsewhere_is_refused_and_our_own_is_not(string path, string body)
    {
        await using Host host = await Host.Start();
        (await Post(host, path, body, "https://elsewhere.example")).ShouldBe(HttpStatusCode.Forbidden);
        (await Post(host, path, body, "null")).ShouldBe(HttpStatusCode.Forbidden);
        ((int)await Post(host, path, body, host.Http.GetLeftPart(UriPartial.Authority))).ShouldBeInRange(200, 204);
        host.ShouldBalance();
    }

    private static async Task<HttpStatusCode> Post(Host host, string path, string body, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Http, path))
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Origin", origin);
        using HttpResponseMessage answer = await s_client.SendAsync(request);
        return answer.StatusCode;
    }
}
