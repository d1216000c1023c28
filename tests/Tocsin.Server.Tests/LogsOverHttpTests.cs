using System.Net;
using System.Text.Json;
using Tocsin.Model;

namespace Tocsin.Server.Tests;

public sealed class LogsOverHttpTests
{
    [Fact]
    public async Task What_is_acknowledged_is_found_and_secrets_are_not_in_it()
    {
        await using RunningServer server = await RunningServer.Start();
        await server.Log("api", "connection reset by peer", severity: 17, attributes: """{"key":"db.password","value":{"stringValue":"hunter2"}}""");
        await server.Log("web", "all is well");
        JsonElement found = await server.Get("api/tocsin/v1/logs?q=level:error service:api \"connection reset\"");
        JsonElement item = found.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        item.GetProperty("level").GetString().ShouldBe("error");
        item.GetProperty("attributes").GetProperty("db.password").GetString().ShouldBe("[REDACTED]");
        found.GetRawText().ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task Pages_walk_through_everything_once()
    {
        await using RunningServer server = await RunningServer.Start();
        for (int i = 0; i < 25; i++)
            await server.Log("api", $"record {i}");
        var bodies = new List<string>();
        string? cursor = "";
        while (cursor is not null)
        {
            JsonElement page = await server.Get($"api/tocsin/v1/logs?limit=10&cursor={cursor}");
            bodies.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("body").GetString()!));
            cursor = page.TryGetProperty("next", out JsonElement next) ? next.GetString() : null;
        }
        bodies.Distinct().Count().ShouldBe(25);
        bodies.Count.ShouldBe(25);
        bodies[0].ShouldBe("record 24");
    }

    [Fact]
    public async Task A_range_of_time_begins_and_ends_at_the_nanosecond()
    {
        await using RunningServer server = await RunningServer.Start();
        var time = new Instant(Instant.Now(TimeProvider.System).UnixMilliseconds * 1_000_000 - 999_999_999_211);
        await server.Post("v1/logs", $$$"""
            {"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"{{{time.UnixNanos}}}","body":{"stringValue":"exact"}}]}]}]}
            """);
        Instant before = new(time.UnixNanos - 1), after = new(time.UnixNanos + 1);
        (await Count($"from={time}&to={after}")).ShouldBe(1);
        (await Count($"from={after}")).ShouldBe(0);
        (await Count($"from={before}&to={time}")).ShouldBe(0);

        async Task<int> Count(string range) => (await server.Get($"api/tocsin/v1/logs?{range}")).GetProperty("items").GetArrayLength();
    }

    [Theory]
    [InlineData("logs?q=level:error AND", "position")]
    [InlineData("logs?from=yesterday", "from: now, a time ago such as -15m")]
    [InlineData("logs?from=-1h&to=-2h", "from lies before to")]
    [InlineData("logs?cursor=zz", "cursor: the 'next' of an earlier answer is expected, found 'zz'")]
    [InlineData("logs/fields", "field: the name of a field is expected")]
    [InlineData("traces/xyz", "32 hexadecimal digits are expected")]
    public async Task A_wrong_parameter_says_what_was_expected(string path, string expected)
    {
        await using RunningServer server = await RunningServer.Start();
        using HttpResponseMessage answer = await server.Http.GetAsync($"api/tocsin/v1/{path}");
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()).GetRawText().ShouldContain(expected);
    }

    [Fact]
    public async Task The_histogram_counts_every_record_once()
    {
        await using RunningServer server = await RunningServer.Start();
        await server.Log("api", "one", severity: 17);
        await server.Log("api", "two", severity: 9);
        JsonElement histogram = await server.Get("api/tocsin/v1/logs/histogram?from=-5m&buckets=10");
        histogram.GetProperty("totals").GetProperty("error").GetInt64().ShouldBe(1);
        histogram.GetProperty("buckets").EnumerateArray().Sum(b => b.GetProperty("info").GetInt64()).ShouldBe(1);
    }

    [Fact]
    public async Task A_tail_shows_matching_records_as_they_are_stored()
    {
        await using RunningServer server = await RunningServer.Start();
        using HttpResponseMessage answer = await server.Http.GetAsync("api/tocsin/v1/logs/tail?q=level:error", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        (await reader.ReadLineAsync()).ShouldBe(": connected");
        await server.Log("api", "quiet");
        await server.Log("api", "loud", severity: 17);
        string? line;
        do
        {
            line = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10));
        }
        while (line?.StartsWith("data:", StringComparison.Ordinal) == false);
        line.ShouldNotBeNull().ShouldContain("loud");
    }

    [Fact]
    public async Task A_trace_comes_with_its_logs()
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        await using RunningServer server = await RunningServer.Start();
        await server.Post("v1/traces", $$$"""
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"api"}}]},"scopeSpans":[{"spans":[
              {"traceId":"{{{Trace}}}","spanId":"00f067aa0ba902b7","name":"GET /x","kind":2,"startTimeUnixNano":"{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}}000000","endTimeUnixNano":"{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}}500000"}]}]}]}
            """);
        await server.Log("api", "inside", traceId: Trace);
        JsonElement trace = await server.Get($"api/tocsin/v1/traces/{Trace}");
        trace.GetProperty("spans").EnumerateArray().ShouldHaveSingleItem().GetProperty("name").GetString().ShouldBe("GET /x");
        trace.GetProperty("logs").EnumerateArray().ShouldHaveSingleItem().GetProperty("body").GetString().ShouldBe("inside");
    }
}
