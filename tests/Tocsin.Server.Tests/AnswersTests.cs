using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tocsin.Server.Tests;

/// <summary>What every answer of our own API has in common, on a server with something of everything.</summary>
public sealed partial class AnswersTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736", Api = "api/tocsin/v1/";

    [Fact]
    public async Task Every_answer_is_as_the_document_says_and_its_times_have_one_form()
    {
        await using RunningServer server = await RunningServer.Start();
        var document = new OpenApiAnswers(await server.Get("openapi/v1.json"));
        document.Faults("info", JsonSerializer.SerializeToElement(new { version = 1 })).ShouldContain("$.version is Number, not string");
        await server.Log("api", "gone", severity: 21, traceId: Trace);
        string now = DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:sszzz");
        (await server.Post(Api + "crashes", $$"""
            {"crashId":"CRASH-20260314150926-0123abcd","class":"killed","time":"{{now}}","service":"api","process":{"pid":7,"startTime":"{{now}}"},
             "logs":[{"time":"{{now}}","level":"info","logger":"x","message":"y"}],"breadcrumbs":[{"time":"{{now}}","category":"c","message":"m"}]}
            """)).Status.ShouldBe(HttpStatusCode.OK);
        (await server.Post(Api + "alerts", $$"""
            {"type":"disk_full","title":"Disk is full","message":"m","resource":"node-3",
             "relatedLogs":[{"time":"{{now}}","level":"warn","service":"s","message":"m"}]}
            """)).Status.ShouldBe(HttpStatusCode.Created);
        long group = (await server.Get(Api + "crashes")).GetProperty("items")[0].GetProperty("id").GetInt64();
        long alert = (await server.Get(Api + "alerts")).GetProperty("items")[0].GetProperty("id").GetInt64();
        (await server.Post($"{Api}alerts/{alert}/suppress", """{"for":"2h","by":"me"}""")).Status.ShouldBe(HttpStatusCode.OK);
        (await server.Post(Api + "views", """{"name":"All","query":"*"}""")).Status.ShouldBe(HttpStatusCode.Created);
        (await server.Post(Api + "levels", """{"service":"api","level":"debug","for":"15m","by":"me"}""")).Status.ShouldBe(HttpStatusCode.OK);
        (await server.Post(Api + "verify", "{}")).Status.ShouldBe(HttpStatusCode.Accepted);
        (string Path, int Least)[] answers =
        [
            ("info", 1), ("overview", 2), ("logs", 3), ("query", 3), ($"traces/{Trace}", 2), ("crashes", 2), ($"crashes/{group}", 6),
            ($"crashes/{group}/events/CRASH-20260314150926-0123abcd", 4), ("alerts", 3), ($"alerts/{alert}", 5), ("views", 1), ("levels", 3),
            ("verify", 1), ("storage", 1), ("logs/histogram", 0), ("logs/fields?field=service", 0), ("ingest/status", 1), ("channels", 0),
            ("../../../health", 1), ("../../../health/detailed", 1), ("../../../health/crashes", 1),
        ];
        foreach ((string path, int least) in answers)
        {
            JsonElement answer = await server.Get(Api + path);
            document.Faults(path, answer).ShouldBeEmpty(path);
            string[] times = [.. Texts(answer).Where(text => Time().IsMatch(text))];
            times.Length.ShouldBeGreaterThanOrEqualTo(least, path);
            times.Where(text => !OneForm().IsMatch(text)).ShouldBeEmpty(path);
        }
    }

    [Fact]
    public async Task A_time_has_the_nanoseconds_that_were_sent()
    {
        await using RunningServer server = await RunningServer.Start();
        await server.Post("v1/logs", $$$"""
            {"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"{{{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}}}123456789","traceId":"{{{Trace}}}","body":{"stringValue":"x"}}]}]}]}
            """);
        foreach (string path in (string[])["logs", "query?q=* | fields time", $"traces/{Trace}"])
            Texts(await server.Get(Api + path)).ShouldContain(text => text.EndsWith(".123456789Z", StringComparison.Ordinal), path);
    }

    private static IEnumerable<string> Texts(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Array => json.EnumerateArray().SelectMany(Texts),
        JsonValueKind.Object => json.EnumerateObject().SelectMany(member => Texts(member.Value)),
        JsonValueKind.String => [json.GetString()!],
        _ => [],
    };

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT")]
    private static partial Regex Time();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$")]
    private static partial Regex OneForm();
}
