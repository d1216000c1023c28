using System.Net;
using System.Text.Json;

namespace Tocsin.Server.Tests;

public sealed class QueryOverHttpTests
{
    private const string Query = "api/tocsin/v1/query";

    [Fact]
    public async Task A_query_is_answered_as_a_table_with_what_it_cost()
    {
        await using RunningServer server = await Filled();
        JsonElement answer = await server.Get($"{Query}?q=" + Uri.EscapeDataString("* | stats count() as n by service | sort -n"));
        answer.GetProperty("columns").GetRawText().ShouldBe("""[{"name":"service","kind":"string"},{"name":"n","kind":"int"}]""");
        answer.GetProperty("rows").GetRawText().ShouldBe("""[["api",2],["web",1]]""");
        answer.GetProperty("partial").GetBoolean().ShouldBeFalse();
        answer.GetProperty("scanned").GetProperty("rows").GetInt64().ShouldBe(3);
        answer.GetProperty("query").GetString().ShouldBe("* | stats count() as n by service | sort n desc");
    }

    [Fact]
    public async Task A_body_works_like_an_address()
    {
        await using RunningServer server = await Filled();
        (HttpStatusCode status, JsonElement answer) = await server.Post(Query, """{"q":"level:error | fields message","limit":5}""");
        status.ShouldBe(HttpStatusCode.OK);
        answer.GetProperty("rows").GetRawText().ShouldBe("""[["two, \"quoted\""]]""");
    }

    [Fact]
    public async Task Rows_beyond_the_limit_are_said_to_be_left_out()
    {
        await using RunningServer server = await Filled();
        JsonElement answer = await server.Get($"{Query}?q=*&limit=2");
        answer.GetProperty("rows").GetArrayLength().ShouldBe(2);
        answer.GetProperty("truncated").GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [InlineData("application/x-ndjson", "{\"level\":\"error\",\"message\":\"two, \\\"quoted\\\"\"}\n{\"level\":\"info\",\"message\":\"one\"}\n")]
    [InlineData("text/csv", "level,message\r\nerror,\"two, \"\"quoted\"\"\"\r\ninfo,one\r\n")]
    public async Task Rows_stream_as_lines_or_csv(string type, string want)
    {
        await using RunningServer server = await Filled();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Query}?q=" + Uri.EscapeDataString("service:api | fields level, message"));
        request.Headers.Accept.ParseAdd(type);
        using HttpResponseMessage answer = await server.Http.SendAsync(request);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        (await answer.Content.ReadAsStringAsync()).ShouldBe(want);
    }

    [Theory]
    [InlineData("q=*|stats", "expected a function such as count")]
    [InlineData("q=*|nope", "a verb: where, stats")]
    [InlineData("q=*&dataset=metrics", "logs or spans is expected")]
    [InlineData("q=*&format=xml", "json, ndjson or csv is expected")]
    [InlineData("q=*&from=whenever", "from: now, a time ago")]
    public async Task A_mistake_says_what_was_expected(string parameters, string want)
    {
        await using RunningServer server = await RunningServer.Start();
        using HttpResponseMessage answer = await server.Http.GetAsync($"{Query}?{parameters}");
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(want);
    }

    [Fact]
    public async Task Explain_shows_the_plan_and_runs_nothing()
    {
        await using RunningServer server = await RunningServer.Start();
        JsonElement answer = await server.Get($"{Query}?explain=true&q=" + Uri.EscapeDataString("level:error timeout | where status:500 | stats count() by path | sort -count | limit 5"));
        answer.GetProperty("plan").GetProperty("name").GetString().ShouldBe("limit 5");
        string text = answer.GetProperty("text").GetString()!;
        text.ShouldContain("by the word filter of each block");
        text.ShouldContain("by the severities of each block");
        text.ShouldContain("materialises only path");
        text.ShouldContain("stats count() by path  [from columns, without making rows]");
        text.ShouldContain("sort count desc  [keeps the first 5 rows, or some more]");
    }

    [Fact]
    public async Task An_export_is_whole_and_clients_that_leave_cost_nothing()
    {
        await using RunningServer server = await RunningServer.Start();
        string body = new('x', 2000);
        string records = string.Join(',', Enumerable.Range(0, 1000).Select(i =>
            $$$"""{"timeUnixNano":"{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}}000000","body":{"stringValue":"{{{i}}} {{{body}}}"}}"""));
        for (int i = 0; i < 8; i++)
            (await server.Post("v1/logs", $$$"""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{{{records}}}]}]}]}""")).Status.ShouldBe(HttpStatusCode.OK);
        // More than run at once: each leaves after the first bytes.
        for (int i = 0; i < 6; i++)
        {
            using HttpResponseMessage left = await server.Http.GetAsync($"{Query}?q=*&format=ndjson", HttpCompletionOption.ResponseHeadersRead);
            await using Stream stream = await left.Content.ReadAsStreamAsync();
            (await stream.ReadAsync(new byte[100])).ShouldBeGreaterThan(0);
        }
        string all = await server.Http.GetStringAsync($"{Query}?q=*&format=ndjson");
        all.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line).GetProperty("message").GetString()!.Split(' ')[0])
            .GroupBy(n => n).ShouldAllBe(g => g.Count() == 8);
        all.Count(c => c == '\n').ShouldBe(8000);
    }

    private static async Task<RunningServer> Filled()
    {
        RunningServer server = await RunningServer.Start();
        await server.Log("api", "one");
        await server.Log("api", "two, \"quoted\"", severity: 17);
        await server.Log("web", "three");
        return server;
    }
}
