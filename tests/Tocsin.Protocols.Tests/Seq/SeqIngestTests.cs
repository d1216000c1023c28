using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Storage;

namespace Tocsin.Protocols.Tests.Seq;

public sealed class SeqIngestTests
{
    private const string Good = "{\"@m\":\"one\"}\r\n{\"@m\":\"two\"}\r\n";
    private static readonly HttpClient s_client = new();

    [Theory]
    [InlineData("/ingest/clef", "application/vnd.serilog.clef")]
    [InlineData("/ingest/clef", "text/plain")]
    [InlineData("/api/events/raw?clef", "application/json")]
    [InlineData("/api/events/raw", "application/vnd.serilog.clef; charset=utf-8")]
    public async Task Clef_is_taken_on_every_route(string path, string type)
    {
        await using Host host = await Host.Start();
        (await Post(host, path, Good, type)).ShouldBe((HttpStatusCode.Created, "{\"MinimumLevelAccepted\":null}"));
        host.Rows(Dataset.Logs).Count.ShouldBe(2);
        host.ShouldBalance();
    }

    [Fact]
    public async Task An_empty_body_asks_for_the_level()
    {
        await using Host host = await Host.Start();
        (await Post(host, "/ingest/clef", "")).Status.ShouldBe(HttpStatusCode.Created);
        (await Post(host, "/api/events/raw", "")).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_batch_is_created_when_a_part_of_it_is_stored()
    {
        await using Host host = await Host.Start();
        (await Post(host, "/ingest/clef", Good + "x")).ShouldBe((HttpStatusCode.Created,
            "{\"MinimumLevelAccepted\":null,\"Rejected\":1,\"Error\":\"1 rejected: 1 malformed; event 3: not a JSON object\"}"));
        host.ShouldBalance();
    }

    [Fact]
    public async Task Clients_throw_away_only_what_can_never_be_stored()
    {
        await using Host host = await Host.Start();
        (await Post(host, "/ingest/clef", "x")).ShouldBe((HttpStatusCode.BadRequest,
            "{\"Rejected\":1,\"Error\":\"1 rejected: 1 malformed; event 1: not a JSON object\"}"));
        (await Post(host, "/api/events/raw", "x")).Status.ShouldBe(HttpStatusCode.BadRequest);
        host.ShouldBalance();
    }

    [Theory]
    [InlineData(AppendResult.Overloaded)]
    [InlineData(AppendResult.DiskFull)]
    [InlineData(AppendResult.Failed)]
    public async Task Clients_keep_what_may_be_sent_again(AppendResult result)
    {
        await using Host host = await Host.Start(append: (_, _) => new(result));
        (await Post(host, "/ingest/clef", Good)).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        host.ShouldBalance();
    }

    [Fact]
    public async Task The_real_client_for_node_sends_raw_events()
    {
        string client = await NodeClient.Installed("log-node");
        await using Host host = await Host.Start();
        (int exit, string output) = await NodeClient.Run("node", client, ["seq-logging.mjs", host.Http.ToString(), "key"]);
        (exit, output.Trim()).ShouldBe((0, "sent"));
        IReadOnlyList<string> rows = host.Rows(Dataset.Logs);
        rows[0].ShouldContain("\"severity\":13,\"trace\":\"0af7651916cd43dd8448eb211c80319c\",\"span\":\"00f067aa0ba902b7\"");
        rows[0].ShouldContain("\"@body\":\"Order 42 of zoe ✗ took 008 ms\"");
        rows[0].ShouldContain("\"OrderId\":42,\"User\":\"zoe ✗\",\"Elapsed\":7.5,\"Nested\":{\"a\":[1,true,null]}");
        rows[1].ShouldContain("\"severity\":17,\"stream\":{\"service.name\":\"shop\"}");
        rows[1].ShouldContain("\"exception.type\":\"Error\",\"exception.message\":\"declined\",\"exception.stacktrace\":\"Error: declined\\n    at pay (pay.js:1:2)\"");
        host.ShouldBalance();
    }

    private static async Task<(HttpStatusCode Status, string Body)> Post(Host host, string path, string body, string type = "application/json")
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using HttpResponseMessage answer = await s_client.PostAsync(new Uri(host.Http, path), content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
