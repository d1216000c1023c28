using System.Net;
using System.Text;
using System.Text.Json;

namespace Tocsin.Server.Tests.Views;

public sealed class ViewsApiTests
{
    private const string Views = "api/tocsin/v1/views";

    private const string Slow = """
        {"name":" Slow pays ","query":"path:/pay | timechart p95(ms) by host","from":"-24h","to":"now","columns":["status"," ms "],
         "display":"line","createdBy":"ann"}
        """;

    [Fact]
    public async Task A_view_is_kept_renamed_deleted_and_survives_a_restart()
    {
        string folder = Directory.CreateTempSubdirectory("tocsin-server-").FullName;
        long id;
        await using (RunningServer server = await RunningServer.Start(folder: folder))
        {
            (HttpStatusCode status, JsonElement made) = await server.Post(Views, Slow);
            status.ShouldBe(HttpStatusCode.Created);
            id = made.GetProperty("view").GetProperty("id").GetInt64();
            (await Put(server, id, """{"name":"slow pays!","query":"path:/pay","createdBy":"bob"}""")).Status.ShouldBe(HttpStatusCode.OK);
            await server.Post(Views, """{"name":"all"}""");
        }
        await using (RunningServer again = await RunningServer.Start(folder: folder))
        {
            JsonElement[] held = [.. (await again.Get(Views)).GetProperty("items").EnumerateArray()];
            held.Select(v => v.GetProperty("name").GetString()).ShouldBe(["all", "slow pays!"]);
            held[1].GetProperty("query").GetString().ShouldBe("path:/pay");
            held[1].GetProperty("createdBy").GetString().ShouldBe("ann");
            held[1].TryGetProperty("from", out _).ShouldBeFalse();
            using HttpResponseMessage gone = await again.Http.DeleteAsync($"{Views}/{id}");
            gone.StatusCode.ShouldBe(HttpStatusCode.NoContent);
            using HttpResponseMessage twice = await again.Http.DeleteAsync($"{Views}/{id}");
            twice.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await again.Get(Views)).GetProperty("items").GetArrayLength().ShouldBe(1);
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_view_is_answered_as_it_was_asked_for()
    {
        await using RunningServer server = await RunningServer.Start();
        JsonElement made = (await server.Post(Views, Slow)).Body.GetProperty("view");
        JsonElement view = (await server.Get($"{Views}/{made.GetProperty("id")}")).GetProperty("view");
        foreach ((string name, string value) in new[]
            {
                ("name", "Slow pays"), ("query", "path:/pay | timechart p95(ms) by host"), ("from", "-24h"), ("to", "now"), ("display", "line"),
                ("createdBy", "ann"),
            })
            view.GetProperty(name).GetString().ShouldBe(value);
        view.GetProperty("columns").EnumerateArray().Select(c => c.GetString()).ShouldBe(["status", "ms"]);
        (DateTimeOffset.UtcNow - view.GetProperty("updatedAt").GetDateTimeOffset()).ShouldBeLessThan(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_name_is_given_once_whatever_its_case()
    {
        await using RunningServer server = await RunningServer.Start();
        await server.Post(Views, """{"name":"errors"}""");
        (HttpStatusCode status, JsonElement problem) = await server.Post(Views, """{"name":"Errors"}""");
        status.ShouldBe(HttpStatusCode.Conflict);
        problem.GetProperty("detail").GetString()!.ShouldContain("choose another name");
        long other = (await server.Post(Views, """{"name":"others"}""")).Body.GetProperty("view").GetProperty("id").GetInt64();
        (await Put(server, other, """{"name":"errors"}""")).Status.ShouldBe(HttpStatusCode.Conflict);
        (await Put(server, other, """{"name":"OTHERS"}""")).Status.ShouldBe(HttpStatusCode.OK);
        (await Put(server, 4711, """{"name":"nobody"}""")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"query":"x"}""", "name: it is missing")]
    [InlineData("""{"name":"a","query":"x | tpo y"}""", "query: expected a verb")]
    [InlineData("""{"name":"a","from":"soon"}""", "from: 'soon' cannot be read")]
    [InlineData("""{"name":"a","from":"now","to":"-1h"}""", "from: it does not lie before to")]
    [InlineData("""{"name":"a","columns":["x"," "]}""", "columns[1]: it is empty")]
    [InlineData("""{"name":"a","columns":"x"}""", "columns: its value does not fit")]
    [InlineData("""{"name":"a","display":"pie"}""", "display: 'pie' is none; expected one of records, table, bar")]
    [InlineData("""{"name":"a\u0007"}""", "name: it contains control characters")]
    public async Task What_is_wrong_is_named_with_what_was_expected(string order, string problem)
    {
        await using RunningServer server = await RunningServer.Start();
        (HttpStatusCode status, JsonElement answer) = await server.Post(Views, order);
        status.ShouldBe(HttpStatusCode.BadRequest);
        answer.GetProperty("detail").GetString()!.ShouldContain(problem);
        (await server.Get(Views)).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Only_the_admin_may_read_or_keep_views_on_a_closed_server()
    {
        await using RunningServer server = await RunningServer.Start(s => s with { AdminPassword = "secret", IngestKeys = ["key"] });
        using HttpResponseMessage read = await server.Http.GetAsync(Views);
        read.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        server.Http.DefaultRequestHeaders.Add("X-Tocsin-Key", "key");
        (await server.Post(Views, """{"name":"a"}""")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        server.Http.DefaultRequestHeaders.Remove("X-Tocsin-Key");
        server.Http.DefaultRequestHeaders.Add("X-Tocsin-Key", "secret");
        (await server.Post(Views, """{"name":"a"}""")).Status.ShouldBe(HttpStatusCode.Created);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> Put(RunningServer server, long id, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await server.Http.PutAsync($"{Views}/{id}", content);
        return (answer.StatusCode, JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()));
    }
}
