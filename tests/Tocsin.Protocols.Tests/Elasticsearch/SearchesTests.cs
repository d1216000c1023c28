using System.Text.Json;
using Tocsin.Model;
using Tocsin.Testing;

namespace Tocsin.Protocols.Tests.Elasticsearch;

/// <summary>Order, pages, and what a hit shows.</summary>
public sealed class SearchesTests
{
    private static readonly SomeDocument[] s_documents = SomeDocument.Random(FuzzSeed.Random(61), 500, hours: 0.01);
    private static readonly SearchDesk s_desk = new(s_documents, 250);

    private static readonly (string Sort, Comparison<SomeDocument> Order)[] s_orders =
    [
        ("""[{"timestamp":{"order":"desc"}}]""", (a, b) => b.Millis.CompareTo(a.Millis)),
        ("""[{"timestamp":"asc"}]""", (a, b) => a.Millis.CompareTo(b.Millis)),
        ("""["took"]""", (a, b) => a.Took.CompareTo(b.Took)),
        ("""[{"took":"desc"},"_score"]""", (a, b) => b.Took.CompareTo(a.Took)),
        ("""[{"user":{"order":"desc","missing":"_first"}},{"status":"asc"}]""", (a, b) => (a.User, b.User) switch
        {
            (null, null) => a.Status.CompareTo(b.Status),
            (null, _) => -1,
            (_, null) => 1,
            _ => string.CompareOrdinal(b.User, a.User) is var order && order != 0 ? order : a.Status.CompareTo(b.Status),
        }),
        ("""[{"user":"asc"}]""", (a, b) => a.User is null || b.User is null ? (a.User is null).CompareTo(b.User is null) : string.CompareOrdinal(a.User, b.User)),
        ("""[{"level":"desc"},{"@timestamp":"asc"}]""", (a, b) => b.Severity != a.Severity ? b.Severity.CompareTo(a.Severity) : a.Millis.CompareTo(b.Millis)),
        ("""[{"service":"asc"},{"timestamp":{"order":"desc","format":"strict_date_optional_time_nanos"}}]""",
            (a, b) => string.CompareOrdinal(a.Service, b.Service) is var order && order != 0 ? order : b.Millis.CompareTo(a.Millis)),
    ];

    public static TheoryData<int> Orders => [.. Enumerable.Range(0, s_orders.Length)];

    [Theory]
    [MemberData(nameof(Orders))]
    public void Pages_show_every_record_once_and_in_order(int number)
    {
        (string sort, Comparison<SomeDocument> order) = s_orders[number];
        foreach (int size in (int[])[1000, 37])
        {
            var found = new List<int>();
            string after = "";
            while (true)
            {
                JsonElement[] hits = [.. s_desk.Run($$"""{"size":{{size}},"sort":{{sort}}{{after}}}""").GetProperty("hits").GetProperty("hits").EnumerateArray()];
                found.AddRange(hits.Select(h => h.GetProperty("_source").GetProperty("n").GetInt32()));
                if (hits.Length == 0)
                    break;
                after = $",\"search_after\":{hits[^1].GetProperty("sort").GetRawText()}";
            }
            found.Count.ShouldBe(s_documents.Length);
            found.Distinct().Count().ShouldBe(s_documents.Length);
            for (int i = 1; i < found.Count; i++)
                order(s_documents[found[i - 1]], s_documents[found[i]]).ShouldBeLessThanOrEqualTo(0, sort);
        }
    }

    [Theory]
    [InlineData("desc")]
    [InlineData("asc")]
    public void A_time_alone_goes_on_behind_its_millisecond(string direction)
    {
        SomeDocument middle = s_documents.OrderBy(d => d.Time).ElementAt(250);
        int[] found = s_desk.Numbers($$"""{"size":1000,"sort":[{"timestamp":"{{direction}}"}],"search_after":[{{middle.Millis}}]}""");
        found.Order().ShouldBe(s_documents.Where(d => direction == "desc" ? d.Millis < middle.Millis : d.Millis > middle.Millis).Select(d => d.N));
    }

    [Fact]
    public void From_and_size_cut_the_order()
    {
        int[] all = s_desk.Numbers("""{"size":500,"sort":["took"]}""");
        s_desk.Numbers("""{"from":100,"size":20,"sort":["took"]}""").ShouldBe(all[100..120]);
        s_desk.Numbers("""{"from":490,"size":20}""").Length.ShouldBe(10);
        s_desk.Numbers("""{"size":0}""").ShouldBeEmpty();
        s_desk.Numbers("{}").Length.ShouldBe(10);
        s_desk.Numbers("").Length.ShouldBe(10);
    }

    [Fact]
    public void A_hit_is_the_document_that_was_sent()
    {
        SomeDocument some = s_documents.First(d => d.Trace == 1) with { N = 7, Time = Some.Noon, User = null, Tags = ["x"], Severity = Severity.Error };
        using var desk = new SearchDesk([some]);
        JsonElement hit = desk.Run("""{"sort":["timestamp"]}""").GetProperty("hits").GetProperty("hits")[0];
        hit.GetProperty("_index").GetString().ShouldBe("logs");
        hit.GetProperty("_score").ValueKind.ShouldBe(JsonValueKind.Null);
        hit.GetProperty("sort").GetRawText().ShouldBe($"[1773500400000,\"{hit.GetProperty("_id").GetString()}\"]");
        hit.GetProperty("_source").GetRawText().ShouldBe(
            $$$"""{"@timestamp":"2026-03-14T15:00:00.000000000Z","timestamp":"2026-03-14T15:00:00.000000000Z","level":"ERROR","message":"{{{some.Message}}}","service":"{{{some.Service}}}","trace_id":"02020202020202020202020202020202","n":7,"status":{{{some.Status}}},"took":{{{JsonSerializer.Serialize(some.Took)}}},"cached":{{{(some.Cached ? "true" : "false")}}},"tags":["x"],"geo":{"region":"{{{some.Region}}}"},"service.name":"{{{some.Service}}}","host.name":"box"}""");
    }

    [Theory]
    [InlineData("""{"_source":false}""", "-", "-")]
    [InlineData("""{"_source":["n","geo"]}""", """{"n":7,"geo":{"region":"eu"}}""", "-")]
    [InlineData("""{"_source":"geo.*"}""", """{"geo":{"region":"eu"}}""", "-")]
    [InlineData("""{"_source":{"includes":["le*","n","geo"],"excludes":["geo.region"]}}""", """{"level":"ERROR","n":7,"geo":{}}""", "-")]
    [InlineData("""{"_source":false,"fields":["level","tags",{"field":"@timestamp","format":"epoch_millis"},"nothing"]}""", "-",
        """{"level":["ERROR"],"tags":["x","y"],"@timestamp":["1773500400000"]}""")]
    [InlineData("""{"_source":false,"fields":["st*","serv*"]}""", "-", """{"service":["api"],"status":[404],"service.name":["api"]}""")]
    public void Sources_and_fields_are_cut_as_asked(string search, string source, string fields)
    {
        SomeDocument some = s_documents[0] with
        {
            N = 7, Time = Some.Noon, Severity = Severity.Error, Tags = ["x", "y"], Region = "eu", Status = 404, Service = "api",
        };
        using var desk = new SearchDesk([some]);
        JsonElement hit = desk.Run(search).GetProperty("hits").GetProperty("hits")[0];
        (hit.TryGetProperty("_source", out JsonElement s) ? s.GetRawText() : "-").ShouldBe(source);
        (hit.TryGetProperty("fields", out JsonElement f) ? f.GetRawText() : "-").ShouldBe(fields);
    }

    [Fact]
    public void The_total_is_left_out_when_nobody_wants_it()
    {
        s_desk.Run("""{"track_total_hits":false}""").GetProperty("hits").TryGetProperty("total", out _).ShouldBeFalse();
        s_desk.Run("""{"track_total_hits":5}""").GetProperty("hits").GetProperty("total").GetRawText().ShouldBe("""{"value":500,"relation":"eq"}""");
    }

    [Theory]
    [InlineData("{", "400 json_parse_exception: ")]
    [InlineData("[]", "400 parsing_exception: the body is not a JSON object")]
    [InlineData("{} {}", "400 json_parse_exception: ")]
    [InlineData("""{"query":{"term":{"a":"\ud800"}}}""", "400 json_parse_exception: the body has half a surrogate pair")]
    [InlineData("""{"size":9999,"from":2}""", "400 illegal_argument_exception: Result window is too large")]
    [InlineData("""{"size":-1}""", "400 parsing_exception: [size] expects a whole number")]
    [InlineData("""{"rescore":{"a":1}}""", "400 parsing_exception: a search does not support [rescore]")]
    [InlineData("""{"query":{"term":{"a":1},"match":{"b":2}}}""", "400 parsing_exception: [query] expects one kind of query only")]
    [InlineData("""{"query":{"bool":{"must":[{"match_all":{}},{"nested":{"path":"x"}}]}}}""", "400 parsing_exception: [query.bool.must[1]] does not support query [nested]")]
    [InlineData("""{"query":{"bool":{"musst":[]}}}""", "400 parsing_exception: [query.bool] does not support clause [musst]")]
    [InlineData("""{"query":{"match":{"a":{"query":"x","fuzziness":"AUTO"}}}}""", "400 parsing_exception: [query.match.a] does not support parameter [fuzziness]")]
    [InlineData("""{"query":{"range":{"timestamp":{"gte":"yesterday"}}}}""", "400 parsing_exception: [query.range.timestamp.gte] expects a date in the format")]
    [InlineData("""{"query":{"range":{"timestamp":{"gte":"now-1x"}}}}""", "400 parsing_exception: [query.range.timestamp.gte] expects a date")]
    [InlineData("""{"query":{"range":{"level":{"gte":"loud"}}}}""", "400 parsing_exception: [query.range.level.gte] expects a level")]
    [InlineData("""{"query":{"wildcard":{"trace_id":"ab*"}}}""", "400 parsing_exception: [query.wildcard.trace_id] expects 32 hexadecimal digits")]
    [InlineData("""{"query":{"regexp":{"service":"("}}}""", "400 parsing_exception: [query.regexp.service] expects ")]
    [InlineData("""{"query":{"query_string":{"query":"a AND"}}}""", "400 query_shard_exception: Failed to parse query [a AND] in [query.query_string.query]: expected a word, a \"phrase\" or field:value but found the end at position 6")]
    [InlineData("""{"query":{"query_string":{"query":"(a"}}}""", "400 query_shard_exception: Failed to parse query [(a] in [query.query_string.query]: expected a closing bracket ')' but found the end")]
    [InlineData("""{"query":{"query_string":{"query":"roam~2"}}}""", "expected no '~': near and similar words are not supported but found '~' at position 5")]
    [InlineData("""{"sort":[{"a":{"order":"up"}}]}""", "400 parsing_exception: [sort[0].a.order] expects asc or desc")]
    [InlineData("""{"sort":[{"_script":{"type":"number"}}]}""", "400 parsing_exception: [sort[0]._script] does not support parameter [type]")]
    [InlineData("""{"search_after":[1]}""", "400 parsing_exception: [search_after] expects a [sort]")]
    [InlineData("""{"sort":["a"],"search_after":[1,"x"]}""", "400 parsing_exception: [search_after[1]] expects the id of a hit")]
    public void What_is_wrong_is_named_with_its_place(string search, string refusal) => s_desk.Refusal(search).ShouldContain(refusal);

    [Fact]
    public void Nesting_has_an_end()
    {
        string query = """{"match_all":{}}""";
        for (int i = 0; i < 55; i++)
            query = "{\"bool\":{\"must\":" + query + "}}";
        s_desk.Refusal("{\"query\":" + query + "}").ShouldContain("inside each other");
        s_desk.Refusal("{\"query\":{\"query_string\":{\"query\":\"" + new string('(', 60) + "\"}}}").ShouldContain("brackets inside each other");
        string many = string.Join(',', Enumerable.Repeat("""{"match_all":{}}""", 1100));
        s_desk.Refusal("{\"query\":{\"bool\":{\"should\":[" + many + "]}}}").ShouldContain("at most 1024 clauses");
    }
}
