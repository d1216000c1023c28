using Tocsin.Model;
using Tocsin.Testing;

namespace Tocsin.Protocols.Tests.Elasticsearch;

/// <summary>Every query against a naive evaluation, alone and mixed at random inside bool.</summary>
public sealed class QueriesTests
{
    private static readonly SomeDocument[] s_documents = SomeDocument.Random(FuzzSeed.Random(41), 600);

    /// <summary>2026-03-14T15:00:00Z.</summary>
    private static readonly Instant s_noon = Some.Noon;

    private static readonly (string Query, Func<SomeDocument, bool> Fits)[] s_cases =
    [
        ("""{"match_all":{}}""", _ => true),
        ("""{"match_none":{}}""", _ => false),
        ("""{"term":{"level":"ERROR"}}""", d => d.Level == "ERROR"),
        ("""{"term":{"level.keyword":{"value":"warning"}}}""", d => d.Level == "WARN"),
        ("""{"term":{"level":"nonsense"}}""", _ => false),
        ("""{"term":{"service":"svc-1"}}""", d => d.Service == "svc-1"),
        ("""{"term":{"service.name":"svc-1"}}""", d => d.Service == "svc-1"),
        ("""{"term":{"service":"SVC-1"}}""", _ => false),
        ("""{"term":{"user":"User A"}}""", d => d.User == "User A"),
        ("""{"term":{"user":"User"}}""", _ => false),
        ("""{"term":{"status":404}}""", d => d.Status == 404),
        ("""{"term":{"status":"404"}}""", d => d.Status == 404),
        ("""{"term":{"cached":true}}""", d => d.Cached),
        ("""{"term":{"tags":"t1"}}""", d => d.Tags.Contains("t1")),
        ("""{"term":{"geo.region":"eu"}}""", d => d.Region == "eu"),
        ("""{"term":{"attributes.geo.region":"eu"}}""", d => d.Region == "eu"),
        ("""{"term":{"trace_id":"02020202020202020202020202020202"}}""", d => d.Trace == 1),
        ("""{"term":{"trace.id":"nonsense"}}""", _ => false),
        ("""{"term":{"message":"payment"}}""", d => d.Message.Split(' ').Contains("payment")),
        ("""{"terms":{"status":[200,500]}}""", d => d.Status is 200 or 500),
        ("""{"terms":{"level":["ERROR","FATAL"],"boost":2}}""", d => d.Level is "ERROR" or "FATAL"),
        ("""{"terms":{"user":[]}}""", _ => false),
        ("""{"match":{"message":"payment served"}}""", d => Words(d, "payment") || Words(d, "Served")),
        ("""{"match":{"message":{"query":"payment served","operator":"and"}}}""", d => Words(d, "payment") && Words(d, "Served")),
        ("""{"match":{"message":{"query":"payment failed order","minimum_should_match":2}}}""",
            d => new[] { "payment", "failed", "order" }.Count(w => Words(d, w)) >= 2),
        ("""{"match":{"message":{"query":"payment failed order page","minimum_should_match":"75%"}}}""",
            d => new[] { "payment", "failed", "order", "page" }.Count(w => Words(d, w)) >= 3),
        ("""{"match":{"user":"a"}}""", d => d.User == "User A"),
        ("""{"match":{"status":500}}""", d => d.Status == 500),
        ("""{"match":{"level":"error"}}""", d => d.Level == "ERROR"),
        ("""{"match_phrase":{"message":"payment failed"}}""", d => $" {d.Message} ".Contains(" payment failed ")),
        ("""{"match_phrase":{"message":{"query":"PAYMENT Failed"}}}""", d => $" {d.Message} ".Contains(" payment failed ")),
        ("""{"match_phrase_prefix":{"message":"pay"}}""", d => Words(d, "payment")),
        ("""{"multi_match":{"query":"eu payment","fields":["message","geo.region^3"]}}""", d => Words(d, "payment") || d.Region == "eu"),
        ("""{"exists":{"field":"user"}}""", d => d.User is not null),
        ("""{"exists":{"field":"timestamp"}}""", _ => true),
        ("""{"exists":{"field":"trace_id"}}""", d => d.Trace != 0),
        ("""{"exists":{"field":"nothing"}}""", _ => false),
        ("""{"prefix":{"service":"svc-"}}""", _ => true),
        ("""{"prefix":{"service":{"value":"SVC-2"}}}""", d => d.Service == "svc-2"),
        ("""{"prefix":{"level":"ERR"}}""", d => d.Level == "ERROR"),
        ("""{"wildcard":{"service":"*-3"}}""", d => d.Service == "svc-3"),
        ("""{"wildcard":{"user":{"value":"u?er*c"}}}""", d => d.User == "User C"),
        ("""{"wildcard":{"user":{"wildcard":"*"}}}""", d => d.User is not null),
        ("""{"regexp":{"service":"svc-[12]"}}""", d => d.Service is "svc-1" or "svc-2"),
        ("""{"regexp":{"service":{"value":"svc"}}}""", _ => false),
        ("""{"range":{"status":{"gte":404}}}""", d => d.Status >= 404),
        ("""{"range":{"status":{"gt":"200","lt":500}}}""", d => d.Status is > 200 and < 500),
        ("""{"range":{"took":{"gte":10.5,"lte":20}}}""", d => d.Took is >= 10.5 and <= 20),
        ("""{"range":{"level":{"gte":"WARN"}}}""", d => d.Severity >= Severity.Warn),
        ("""{"range":{"service":{"gt":"svc-1"}}}""", d => string.CompareOrdinal(d.Service, "svc-1") > 0),
        ("""{"range":{"timestamp":{"gte":"2026-03-14T18:00:00","lte":"2026-03-14T20:00:00"}}}""", d => Hours(d, 3, 5 + 1 / 3600.0)),
        ("""{"range":{"@timestamp":{"gt":"2026-03-14T18","lt":"2026-03-14T20:30"}}}""", d => Hours(d, 4, 5.5)),
        ("""{"range":{"timestamp":{"gte":"2026-03-15"}}}""", d => Hours(d, 9, 99)),
        ("""{"range":{"timestamp":{"gte":"2026-03-15","time_zone":"+02:00"}}}""", d => Hours(d, 7, 99)),
        ("""{"range":{"timestamp":{"lte":"2026-03-14","time_zone":"Europe/Berlin"}}}""", d => Hours(d, 0, 8)),
        ("""{"range":{"timestamp":{"gte":"2026-03-14||+1d/d","lt":"2026-03-15T12:00:00Z||-2h"}}}""", d => Hours(d, 9, 19)),
        ("""{"range":{"timestamp":{"gte":"now+1h/h","lt":"now+3h+30m"}}}""", d => Hours(d, 1, 13_166 / 3600.0)),
        ("""{"range":{"timestamp":{"gte":1773511200000,"format":"epoch_millis"}}}""", d => Hours(d, 3, 99)),
        ("""{"range":{"timestamp":{"gte":"1773511200","format":"epoch_second"}}}""", d => Hours(d, 3, 99)),
        ("""{"range":{"timestamp":{"gt":"14/03/2026 18:00","format":"dd/MM/yyyy HH:mm||yyyy"}}}""", d => Hours(d, 3 + 1 / 60.0, 99)),
        ("""{"range":{"timestamp":{}}}""", _ => true),
        ("""{"constant_score":{"filter":{"term":{"status":200}},"boost":3}}""", d => d.Status == 200),
        ("""{"query_string":{"query":"level:ERROR"}}""", d => d.Level == "ERROR"),
        ("""{"query_string":{"query":"payment served"}}""", d => Words(d, "payment") || Words(d, "Served")),
        ("""{"query_string":{"query":"payment served","default_operator":"AND"}}""", d => Words(d, "payment") && Words(d, "Served")),
        ("""{"query_string":{"query":"payment AND NOT failed OR page"}}""", d => Words(d, "payment") && !Words(d, "failed") || Words(d, "page")),
        ("""{"query_string":{"query":"payment -failed"}}""", d => Words(d, "payment") && !Words(d, "failed")),
        ("""{"query_string":{"query":"payment +failed order"}}""", d => Words(d, "failed")),
        ("""{"query_string":{"query":"NOT payment"}}""", d => !Words(d, "payment")),
        ("""{"query_string":{"query":"\"payment failed\"^2 || (status:500 && !cached:true)"}}""",
            d => $" {d.Message} ".Contains(" payment failed ") || d.Status == 500 && !d.Cached),
        ("""{"query_string":{"query":"level:(ERROR OR FATAL) AND status:[404 TO *]"}}""", d => d.Level is "ERROR" or "FATAL" && d.Status >= 404),
        ("""{"query_string":{"query":"status:{200 TO 500}"}}""", d => d.Status is > 200 and < 500),
        ("""{"query_string":{"query":"status:>=404 AND took:<50"}}""", d => d.Status >= 404 && d.Took < 50),
        ("""{"query_string":{"query":"_exists_:user AND user:\"User B\""}}""", d => d.User == "User B"),
        ("""{"query_string":{"query":"pay* AND service:svc\\-1"}}""", d => Words(d, "payment") && d.Service == "svc-1"),
        ("""{"query_string":{"query":"service:/svc-[01]/"}}""", d => d.Service is "svc-0" or "svc-1"),
        ("""{"query_string":{"query":"timestamp:[\"2026-03-14T18:00:00\" TO \"2026-03-14T20:00:00\"}"}}""", d => Hours(d, 3, 5)),
        ("""{"query_string":{"query":"eu","default_field":"geo.region"}}""", d => d.Region == "eu"),
        ("""{"query_string":{"query":"eu payment","fields":["geo.region","message"],"default_operator":"and"}}""",
            d => d.Region == "eu" && Words(d, "payment")),
        ("""{"query_string":{"query":"*:*"}}""", _ => true),
        ("""{"query_string":{"query":"*"}}""", _ => true),
        ("""{"query_string":{"query":" "}}""", _ => false),
        ("""{"bool":{}}""", _ => true),
        ("""{"bool":{"must":{"term":{"status":200}},"should":[{"term":{"cached":true}}]}}""", d => d.Status == 200),
        ("""{"bool":{"should":[{"term":{"status":200}},{"term":{"cached":true}}]}}""", d => d.Status == 200 || d.Cached),
        ("""{"bool":{"filter":[{"term":{"status":200}}],"should":[{"term":{"cached":true}}],"minimum_should_match":1}}""",
            d => d.Status == 200 && d.Cached),
        ("""{"bool":{"must_not":[{"term":{"status":200}},{"term":{"cached":true}}]}}""", d => d.Status != 200 && !d.Cached),
    ];

    private static readonly SearchDesk[] s_desks = [new(s_documents), new(s_documents, 300), new(s_documents, 600)];

    public static TheoryData<string> Queries => [.. s_cases.Select(c => c.Query)];

    [Theory]
    [MemberData(nameof(Queries))]
    public void A_query_finds_what_the_naive_evaluation_finds(string query)
    {
        Func<SomeDocument, bool> fits = s_cases.First(c => c.Query == query).Fits;
        int[] expected = Expected(fits);
        foreach (SearchDesk desk in s_desks)
        {
            desk.Find(query).Order().ToArray().ShouldBe(expected, query);
            desk.Run($$"""{"size":0,"query":{{query}}}""").GetProperty("hits").GetProperty("total").GetProperty("value").GetInt32().ShouldBe(expected.Length);
        }
    }

    [Fact]
    public void Queries_inside_bool_find_what_the_naive_evaluation_finds()
    {
        SearchDesk desk = s_desks[1];
        Random random = FuzzSeed.Random(42);
        for (int i = 0; i < 1500; i++)
        {
            (string query, Func<SomeDocument, bool> fits) = Tree(random, 3);
            desk.Find(query).Order().ToArray().ShouldBe(Expected(fits), query);
        }
    }

    [Fact]
    public void Hits_are_found_by_their_ids()
    {
        SearchDesk desk = s_desks[1];
        string[] ids = [.. desk.Run("""{"size":5,"from":290}""").GetProperty("hits").GetProperty("hits").EnumerateArray().Select(h => h.GetProperty("_id").GetString()!)];
        int[] numbers = desk.Numbers("""{"size":5,"from":290}""");
        desk.Find($$$"""{"ids":{"values":["{{{string.Join("\",\"", ids)}}}","nonsense"]}}""").ShouldBe(numbers);
        desk.Find($$$"""{"bool":{"should":[{"term":{"_id":"{{{ids[0]}}}"}},{"match_none":{}}]}}""").ShouldBe(numbers[..1]);
    }

    private static (string Query, Func<SomeDocument, bool> Fits) Tree(Random random, int depth)
    {
        if (depth == 0 || random.Next(3) == 0)
            return s_cases[random.Next(s_cases.Length)];
        (string Query, Func<SomeDocument, bool> Fits)[] Some() => [.. Enumerable.Range(0, random.Next(4)).Select(_ => Tree(random, depth - 1))];
        var (must, filter, should, mustNot) = (Some(), Some(), Some(), Some()[..0]);
        if (random.Next(2) == 0)
            mustNot = Some();
        int? least = random.Next(2) == 0 ? random.Next(0, should.Length + 1) : null;
        int wanted = least ?? (should.Length > 0 && must.Length + filter.Length == 0 ? 1 : 0);
        string List(string name, (string Query, Func<SomeDocument, bool>)[] parts) => $"\"{name}\":[{string.Join(',', parts.Select(p => p.Query))}]";
        string query = "{\"bool\":{" + string.Join(',', List("must", must), List("filter", filter), List("should", should), List("must_not", mustNot))
            + (least is { } given ? $",\"minimum_should_match\":{given}" : "") + "}}";
        return (query, d => must.All(m => m.Fits(d)) && filter.All(f => f.Fits(d)) && !mustNot.Any(m => m.Fits(d)) && should.Count(s => s.Fits(d)) >= wanted);
    }

    private static int[] Expected(Func<SomeDocument, bool> fits) => [.. s_documents.Where(fits).Select(d => d.N).Order()];

    private static bool Words(SomeDocument document, string word) => document.Message.Split(' ').Contains(word);

    private static bool Hours(SomeDocument document, double from, double to) =>
        document.Time.UnixNanos >= s_noon.UnixNanos + (long)Math.Round(from * 3600) * 1_000_000_000
        && document.Time.UnixNanos < s_noon.UnixNanos + (long)Math.Round(to * 3600) * 1_000_000_000;
}
