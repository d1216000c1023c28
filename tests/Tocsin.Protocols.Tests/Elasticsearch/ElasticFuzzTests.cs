using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tocsin.Protocols.Elasticsearch.Bulk;
using Tocsin.Testing;

namespace Tocsin.Protocols.Tests.Elasticsearch;

[Trait("Kind", "Fuzz")]
public sealed class ElasticFuzzTests
{
    private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(30);

    private static readonly string[] s_searches =
    [
        """{"query":{"bool":{"must":[{"query_string":{"query":"level:ERROR AND (a OR -b) took:[1 TO 5}","default_operator":"and"}},{"range":{"timestamp":{"gte":"now-1d/d","lte":"2026-03-15||+1M","time_zone":"+02:00"}}}],"should":[{"match":{"message":{"query":"payment failed","operator":"and"}}},{"ids":{"values":["00000000000000000000000000000001"]}}],"minimum_should_match":"-50%"}},"sort":[{"timestamp":{"order":"desc"}},{"user":{"missing":"_first"}}],"size":20,"from":2,"search_after":[1773511200000,"x","00000000000000000000000000000001"]}""",
        """{"size":0,"aggs":{"h":{"date_histogram":{"field":"timestamp","fixed_interval":"12h","offset":"-2h","min_doc_count":0,"time_zone":"Europe/Berlin","format":"yyyy-MM-dd'T'HH","extended_bounds":{"min":"2026-03-14","max":"now"}},"aggs":{"t":{"terms":{"field":"service","size":3,"order":{"p.max":"desc"},"missing":"?"},"aggs":{"p":{"stats":{"field":"took"}},"q":{"percentiles":{"field":"took","percents":[1,99.9],"keyed":false}}}}}},"f":{"filters":{"filters":{"a":{"term":{"status":404}},"b":{"wildcard":{"user":"U*[?]"}}},"other_bucket":true}},"n":{"histogram":{"field":"took","interval":12.5,"offset":1}}}}""",
        """{"_source":{"includes":["a*","geo.region"],"excludes":["n"]},"fields":["*",{"field":"timestamp","format":"epoch_second"}],"track_total_hits":true,"query":{"multi_match":{"query":"eu us","fields":["message^2","geo.region"],"type":"phrase"}}}""",
    ];

    [Fact]
    public void Damaged_searches_are_answered_or_refused()
    {
        using var desk = new SearchDesk(SomeDocument.Random(FuzzSeed.Random(71), 60), 30);
        var mutation = new Mutation(FuzzSeed.Of(71));
        foreach (string search in s_searches)
            desk.Run(search).TryGetProperty("error", out JsonElement error).ShouldBeFalse($"{error}");
        int answered = 0;
        for (int i = 0; i < 12_000; i++)
            answered += Survive(desk, mutation.Of(Encoding.UTF8.GetBytes(s_searches[i % s_searches.Length]))) ? 1 : 0;
        answered.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void Searches_with_values_in_wrong_places_are_answered_or_refused()
    {
        using var desk = new SearchDesk(SomeDocument.Random(FuzzSeed.Random(74), 60), 30);
        Random random = FuzzSeed.Random(74);
        string[] values = [.. s_searches.SelectMany(s => Values(JsonNode.Parse(s)!)).Select(v => v?.ToJsonString() ?? "null").Distinct()];
        int answered = 0;
        for (int i = 0; i < 12_000; i++)
        {
            JsonNode search = JsonNode.Parse(s_searches[i % s_searches.Length])!;
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                JsonNode?[] all = [.. Values(search).Where(v => v?.Parent is not null)];
                if (all.Length > 0)
                    Replace(all[random.Next(all.Length)]!, JsonNode.Parse(values[random.Next(values.Length)]));
            }
            answered += Survive(desk, Encoding.UTF8.GetBytes(search.ToJsonString())) ? 1 : 0;
        }
        answered.ShouldBeInRange(500, 11_000);
    }

    private static IEnumerable<JsonNode?> Values(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(m => Values(m.Value)).Prepend(map),
        JsonArray list => list.SelectMany(Values).Prepend(list),
        _ => [node],
    };

    private static void Replace(JsonNode old, JsonNode? with)
    {
        if (old.Parent is JsonObject map)
            map[old.GetPropertyName()] = with;
        else if (old.Parent is JsonArray list)
            list[old.GetElementIndex()] = with;
    }

    [Fact]
    public void Query_strings_of_any_characters_are_answered_or_refused()
    {
        using var desk = new SearchDesk(SomeDocument.Random(FuzzSeed.Random(72), 60), 30);
        Random random = FuzzSeed.Random(72);
        string[] pieces =
        [
            "AND", "OR", "NOT", " ", "(", ")", "\"", "[", "]", "{", "}", " TO ", ":", "*", "?", "\\", "/", "^2", "~", "+", "-", "!", "||", "&&", ">=", "<",
            "level", "timestamp", "error", "took", "_exists_", "now-1h", "2026-03-14", "ü", "_id", "trace_id", "message",
        ];
        int answered = 0;
        for (int i = 0; i < 12_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => pieces[random.Next(pieces.Length)]));
            string body = JsonSerializer.Serialize(new { query = new { query_string = new { query = text, default_operator = random.Next(2) == 0 ? "AND" : "OR" } } });
            answered += Survive(desk, Encoding.UTF8.GetBytes(body)) ? 1 : 0;
        }
        answered.ShouldBeInRange(500, 11_000);
    }

    [Fact]
    public void Damaged_bulks_are_stored_or_refused()
    {
        byte[] bulk = Encoding.UTF8.GetBytes("""
            {"create":{"_index":"a","_id":"1"}}
            {"timestamp":"2026-03-14T15:00:00Z","level":"ERROR","message":"one","exception":{"type":"E","traceback":["x"]}}
            {"index":{"_index":"b"}}
            {"@timestamp":"2026-03-14T15:00:00Z","log.level":"warn","message":"two","service":{"name":"x"}}
            {"delete":{"_id":"1"}}
            {"update":{"_id":"1"}}
            {"doc":{}}

            """);
        LogFuzz.Run(() => new BulkDecoder("logs").Decode, [bulk], 73).Totals.Stored.ShouldBeGreaterThan(100);
    }

    private static bool Survive(SearchDesk desk, byte[] body)
    {
        long started = Stopwatch.GetTimestamp();
        try
        {
            JsonElement answer = desk.Run(body);
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(s_slow, Encoding.UTF8.GetString(body));
            if (!answer.TryGetProperty("error", out JsonElement error))
                return true;
            error.GetProperty("reason").GetString().ShouldNotBeNullOrEmpty();
            return false;
        }
        catch (Exception e) when (e is not ShouldAssertException)
        {
            throw new InvalidOperationException(Encoding.UTF8.GetString(body), e);
        }
    }
}
