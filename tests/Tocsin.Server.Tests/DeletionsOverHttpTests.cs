using System.Net;
using System.Text.Json;

namespace Tocsin.Server.Tests;

public sealed class DeletionsOverHttpTests
{
    private const string Delete = "api/tocsin/v1/logs/delete";

    [Fact]
    public async Task A_dry_run_counts_and_a_deletion_hides_and_is_in_the_journal()
    {
        string folder = Directory.CreateTempSubdirectory("tocsin-server-").FullName;
        await using (RunningServer server = await RunningServer.Start(folder: folder))
        {
            foreach (string user in new[] { "ann", "bob", "ann" })
                await server.Log("shop", $"order of {user}", attributes: $$$"""{"key":"user","value":{"stringValue":"{{{user}}}"}}""");
            (HttpStatusCode status, JsonElement counted) = await server.Post(Delete, """{"q":"user:=ann","dryRun":true}""");
            status.ShouldBe(HttpStatusCode.OK);
            (counted.GetProperty("dryRun").GetBoolean(), counted.GetProperty("rows").GetInt64()).ShouldBe((true, 2));
            (await Count(server)).ShouldBe(3);
            (_, JsonElement done) = await server.Post(Delete, """{"q":"user:=ann","from":"-1h","reason":"request 17","by":"eve"}""");
            done.GetProperty("rows").GetInt64().ShouldBe(2);
            (await Count(server)).ShouldBe(1);
            (await server.Get("api/tocsin/v1/logs/histogram?from=-1h")).GetProperty("totals").EnumerateObject()
                .Sum(t => t.Value.GetInt64()).ShouldBe(1);
        }
        await using (RunningServer again = await RunningServer.Start(folder: folder))
        {
            (await Count(again)).ShouldBe(1);
            JsonElement entry = (await again.Get("api/tocsin/v1/logs/deletions")).GetProperty("items").EnumerateArray().Single();
            foreach ((string name, string value) in new[] { ("by", "eve"), ("reason", "request 17"), ("query", "user:=ann"), ("dataset", "logs"), ("state", "hidden") })
                entry.GetProperty(name).GetString().ShouldBe(value);
            entry.GetProperty("rows").GetInt64().ShouldBe(2);
        }
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("""{"dryRun":true}""", "q: it is missing")]
    [InlineData("""{"q":"a AND","dryRun":true}""", "position")]
    [InlineData("""{"q":"x"}""", "reason: it is missing")]
    [InlineData("""{"q":"x","reason":"y"}""", "by: it is missing")]
    [InlineData("""{"q":"x","dryRun":true,"from":"soon"}""", "from: 'soon' cannot be read")]
    [InlineData("""{"q":"x","dryRun":true,"from":"now","to":"-1h"}""", "from: it does not lie before to")]
    [InlineData("""{"q":"x","dryRun":true,"dataset":"metrics"}""", "dataset: 'metrics' is none")]
    public async Task What_is_wrong_is_named(string order, string problem)
    {
        await using RunningServer server = await RunningServer.Start();
        (HttpStatusCode status, JsonElement answer) = await server.Post(Delete, order);
        status.ShouldBe(HttpStatusCode.BadRequest);
        answer.GetProperty("detail").GetString()!.ShouldContain(problem);
        (await server.Get("api/tocsin/v1/logs/deletions")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    private static async Task<int> Count(RunningServer server) =>
        (await server.Get("api/tocsin/v1/logs?q=service:shop")).GetProperty("items").GetArrayLength();
}
