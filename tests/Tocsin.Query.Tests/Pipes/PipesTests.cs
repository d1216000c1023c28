using Tocsin.Model;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Pipes;

public sealed class PipesTests : IDisposable
{
    private readonly QueryDesk _desk = new(
        Some.Log("GET /a 200 in 12ms", 1).With(("status", 200), ("path", "/a"), ("ms", 12), ("user", "ann")),
        Some.Log("GET /b 500 in 250ms", 2).With(("status", "500"), ("path", "/b"), ("ms", 250.5), ("user", ""))
            with { Severity = Severity.Error },
        Some.Log("GET /a 500 in 1ms", 3).With(("status", 500), ("path", "/a"), ("ms", 1)) with { Severity = Severity.Error },
        Some.Log("ready", 4) with { Service = "web", Severity = Severity.Warn });

    public void Dispose() => _desk.Dispose();

    [Theory]
    [InlineData("* | where status >= 500 | fields path", "/a / /b")]
    [InlineData("* | where status == 500 and path:/b | fields path", "/b")]
    [InlineData("* | where not status > 200 | fields message", "ready / GET /a 200 in 12ms")]
    [InlineData("* | where level >= \"warn\" | fields level", "warn / error / error")]
    [InlineData("* | where time < \"2026-03-14T15:00:02Z\" | fields ms", "12")]
    [InlineData("* | where exists(user) | fields user", "'' / ann")]
    [InlineData("* | where user == \"\" | fields path", "/b")]
    [InlineData("* | where status in (200, 404) | fields path", "/a")]
    [InlineData("* | stats count()", "4")]
    [InlineData("nothing | stats count(), sum(ms) by level", "")]
    [InlineData("nothing | stats count(), sum(ms)", "0 -")]
    [InlineData("* | stats count(), count(ms), sum(ms), avg(ms), min(ms), max(ms)", "4 3 263.5 87.83333333333333 1 250.5")]
    [InlineData("* | stats count() by status", "200 1 / 500 2 / - 1")]
    [InlineData("* | stats count() as n by level | sort -n, level", "error 2 / info 1 / warn 1")]
    [InlineData("* | stats count() by level | sort -level", "error 2 / warn 1 / info 1")]
    [InlineData("* | stats p50(ms), percentile(ms, 99) by path", "/a 1 12 / /b 250.5 250.5 / - - -")]
    [InlineData("* | stats first(ms), last(ms), values(path), distinct(path)", "12 1 [\"/a\",\"/b\"] 2")]
    [InlineData("* | stats stddev(ms), rate() | extend r = round(rate * 3600)", "140.9807906536679 0.0011111111111111111 4")]
    [InlineData("* | sort ms | fields ms", "1 / 12 / 250.5 / -")]
    [InlineData("* | sort -ms | limit 2 | fields ms", "250.5 / 12")]
    [InlineData("* | limit 1 | fields message", "ready")]
    [InlineData("* | head 0 | fields message", "")]
    [InlineData("* | extend slow = ms > 100, kind = if(slow, \"slow\", \"fast\") | fields slow, kind | limit 3",
        "false fast / false fast / true slow")]
    [InlineData("status:* | extend x = status * 2, y = ms / 0, z = 7 / 2 | fields x, y, z | limit 1", "1000 - 3.5")]
    [InlineData("* | timechart 30m count()", "2026-03-14T15:00:00.000000000Z 4 / 2026-03-14T15:30:00.000000000Z 0")]
    [InlineData("* | timechart span=1h count(), sum(ms) by service",
        "2026-03-14T15:00:00.000000000Z api 3 263.5 / 2026-03-14T15:00:00.000000000Z web 1 -")]
    [InlineData("* | timechart auto count() | stats count(), sum(count), min(time)", "60 4 2026-03-14T15:00:00.000000000Z")]
    [InlineData("* | timechart 1h count() by level | fields level, count", "info 1 / warn 1 / error 2")]
    [InlineData("* | top 1 path", "/a 2 0.6667")]
    [InlineData("* | top status by path", "/a 200 1 0.5 / /a 500 1 0.5 / /b 500 1 1")]
    [InlineData("* | facets path, status", "path text /a 2 / path text /b 1 / status text 500 2 / status int 200 1")]
    [InlineData("* | facets 1 | where field in (\"level\", \"service.name\") | fields field, value, count", "level error 2 / service.name api 3")]
    [InlineData("* | dedup path | fields path", "- / /a / /b")]
    [InlineData("* | patterns | fields count, share, level, pattern",
        "2 0.5 error GET /a <n> in <n>ms / 1 0.25 error GET /b <n> in <n>ms / 1 0.25 warn ready")]
    [InlineData("* | parse pattern \"<verb> <_> <code> in <took>\" | fields verb, code, took | limit 2", "- - - / GET 500 1ms")]
    [InlineData("GET | parse regexp /in (?<n>\\d+)ms/ | stats sum(n)", "263")]
    [InlineData("GET | parse logfmt from concat(\"a=\", ms, \" b=\\\"x y\\\" c\") | fields a, b, c", "1 x y - / 250.5 x y - / 12 x y -")]
    [InlineData("status:200 | parse json from \"{'a':{'b':1.5},'n':12345678901234567890,'l':[1,2]}\" | fields a.b", "-")]
    [InlineData("status:200 | extend j = \"{\\\"a\\\":{\\\"b\\\":1.5},\\\"l\\\":[1, 2]}\" | parse json from j | fields a.b, l", "1.5 [1,2]")]
    [InlineData("path:/b | context 1 | fields ms, hit", "1 false / 250.5 true / 12 false")]
    [InlineData("/5\\d\\d\\sin/ | fields status", "500 / 500")]
    [InlineData("path:/^.b$/ | fields path", "/b")]
    public void A_query_answers(string query, string want) => _desk.Table(query).ShouldBe(want);

    [Fact]
    public void A_record_shows_its_parts_and_what_pipes_have_set()
    {
        _desk.Run("ready | extend x = 1").Names.ShouldBe(
            ["time", "level", "service", "message", "trace", "span", "x", "attributes", "resource"]);
        _desk.Table("GET | fields - path, status, service | limit 1").ShouldBe(
            "2026-03-14T15:00:03.000000000Z error GET /a 500 in 1ms - - {\"ms\":1} {\"host.name\":\"box\"}");
    }
}
