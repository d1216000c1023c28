using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tocsin.Server.Configuration;
using Tocsin.Storage;

namespace Tocsin.Server.Tests;

public sealed class HostingTests
{
    [Fact]
    public async Task A_second_server_on_the_same_data_refuses_to_start()
    {
        await using RunningServer first = await RunningServer.Start();
        DatabaseLockedException refused = await Should.ThrowAsync<DatabaseLockedException>(() => RunningServer.Start(folder: first.Folder));
        refused.Message.ShouldContain(first.Folder);
        (await first.Http.GetAsync("-/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_taken_port_is_named()
    {
        await using RunningServer first = await RunningServer.Start();
        IOException refused = await Should.ThrowAsync<IOException>(
            () => RunningServer.Start(settings => settings with { HttpPort = first.Server.Addresses.Http }));
        refused.Message.ShouldContain(first.Server.Addresses.Http.ToString());
    }

    [Fact]
    public async Task Records_survive_a_restart()
    {
        string folder = Directory.CreateTempSubdirectory("tocsin-server-").FullName;
        await using (RunningServer first = await RunningServer.Start(folder: folder))
            await first.Log("api", "before");
        await using (RunningServer second = await RunningServer.Start(folder: folder))
            (await second.Get("api/tocsin/v1/logs")).GetProperty("items").GetArrayLength().ShouldBe(1);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Each_port_does_one_job()
    {
        await using RunningServer server = await RunningServer.Start();
        using var http = new HttpClient();
        (await http.GetAsync($"http://127.0.0.1:{server.Server.Addresses.OtlpHttp}/api/tocsin/v1/info")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var empty = new StringContent("{}", Encoding.UTF8, "application/json");
        (await http.PostAsync($"http://127.0.0.1:{server.Server.Addresses.OtlpHttp}/v1/logs", empty)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Received_is_stored_plus_rejected_on_the_metrics_page()
    {
        await using RunningServer server = await RunningServer.Start();
        await server.Log("api", "fine");
        (await server.Post("v1/logs", "{\"resourceLogs\":[{")).Status.ShouldBe(HttpStatusCode.BadRequest);
        string metrics = await server.Http.GetStringAsync("metrics");
        long Sum(string name) => metrics.Split('\n').Where(l => l.StartsWith(name + "{", StringComparison.Ordinal)).Sum(l => long.Parse(l[(l.LastIndexOf(' ') + 1)..]));
        Sum("tocsin_ingest_received_total").ShouldBe(Sum("tocsin_ingest_stored_total") + Sum("tocsin_ingest_rejected_total"));
        Sum("tocsin_ingest_stored_total").ShouldBe(1);
        metrics.ShouldContain("process_cpu_seconds_total");
    }

    [Fact]
    public async Task Health_tells_each_part()
    {
        await using RunningServer server = await RunningServer.Start();
        (await server.Get("health")).GetProperty("status").GetString().ShouldBe("healthy");
        JsonElement checks = (await server.Get("health/detailed")).GetProperty("checks");
        foreach (string part in new[] { "storage", "disk", "catalog", "delivery", "system" })
            checks.GetProperty(part).GetProperty("status").GetString().ShouldBe("healthy");
    }

    [Fact]
    public async Task With_keys_set_only_those_who_have_one_get_in()
    {
        await using RunningServer server = await RunningServer.Start(s => s with { AdminPassword = "letmein", IngestKeys = ["k1"] });
        async Task<HttpStatusCode> Ask(HttpMethod method, string path, AuthenticationHeaderValue? who)
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Authorization = who;
            if (method == HttpMethod.Post)
                request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
            return (await server.Http.SendAsync(request)).StatusCode;
        }
        AuthenticationHeaderValue admin = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("me:letmein")));
        AuthenticationHeaderValue key = new("Bearer", "k1");
        (await Ask(HttpMethod.Get, "api/tocsin/v1/logs", null)).ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(HttpMethod.Get, "api/tocsin/v1/logs", key)).ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(HttpMethod.Get, "api/tocsin/v1/logs", admin)).ShouldBe(HttpStatusCode.OK);
        (await Ask(HttpMethod.Post, "v1/logs", null)).ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(HttpMethod.Post, "v1/logs", new("Bearer", "k2"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(HttpMethod.Post, "v1/logs", key)).ShouldBe(HttpStatusCode.OK);
        (await Ask(HttpMethod.Post, "api/tocsin/v1/alerts", key)).ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(HttpMethod.Get, "-/healthy", null)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("POST", "tocsin/v1/logs", "k1", HttpStatusCode.OK)]
    [InlineData("POST", "tocsin/v1/logs", "k2", HttpStatusCode.Unauthorized)]
    [InlineData("POST", "v1/logs", "k1", HttpStatusCode.OK)]
    [InlineData("POST", "tocsin/api/tocsin/v1/alerts", "k1", HttpStatusCode.Unauthorized)]
    [InlineData("GET", "tocsin/api/tocsin/v1/logs", "k1", HttpStatusCode.Unauthorized)]
    [InlineData("GET", "tocsin/api/tocsin/v1/logs", "letmein", HttpStatusCode.OK)]
    [InlineData("GET", "tocsin/-/healthy", null, HttpStatusCode.OK)]
    public async Task Below_a_path_prefix_the_same_keys_open_the_same_doors(string method, string path, string? key, HttpStatusCode answer)
    {
        await using RunningServer server = await RunningServer.Start(
            s => s with { AdminPassword = "letmein", IngestKeys = ["k1"], PathPrefix = "/tocsin" });
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = key is null ? null : new("Bearer", key);
        if (method == "POST")
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        (await server.Http.SendAsync(request)).StatusCode.ShouldBe(answer);
    }

    [Fact]
    public async Task The_openapi_document_knows_our_own_paths()
    {
        await using RunningServer server = await RunningServer.Start();
        JsonElement paths = (await server.Get("openapi/v1.json")).GetProperty("paths");
        foreach (string path in new[] { "/api/tocsin/v1/logs", "/api/tocsin/v1/alerts", "/api/tocsin/v1/crashes", "/api/tocsin/v1/overview", "/health" })
            paths.TryGetProperty(path, out _).ShouldBeTrue(path);
    }

    [Fact]
    public async Task A_typo_below_the_api_is_a_404_and_not_the_page()
    {
        await using RunningServer server = await RunningServer.Start();
        (await server.Http.GetAsync("api/tocsin/v1/lgos")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
