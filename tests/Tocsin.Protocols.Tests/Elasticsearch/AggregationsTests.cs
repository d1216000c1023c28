using System.Globalization;
using System.Text.Json;
using Tocsin.Testing;

namespace Tocsin.Protocols.Tests.Elasticsearch;

/// <summary>Every aggregation against a naive evaluation, over memory, a segment and both.</summary>
public sealed class AggregationsTests
{
    private static readonly SomeDocument[] s_documents = SomeDocument.Random(FuzzSeed.Random(51), 700);

    private static readonly (string Asked, Func<IReadOnlyList<SomeDocument>, string> Naive)[] s_cases =
    [
        ("""{"date_histogram":{"field":"timestamp","fixed_interval":"1h"}}""", d => Hours(d, 3_600_000, 0)),
        ("""{"date_histogram":{"field":"@timestamp","interval":"1h"}}""", d => Hours(d, 3_600_000, 0)),
        ("""{"date_histogram":{"field":"timestamp","calendar_interval":"hour"}}""", d => Hours(d, 3_600_000, 0)),
        ("""{"date_histogram":{"field":"timestamp","fixed_interval":"90m"}}""", d => Hours(d, 5_400_000, 0)),
        ("""{"date_histogram":{"field":"timestamp","fixed_interval":"5m","min_doc_count":2}}""", d => Hours(d, 300_000, 2)),
        ("""{"date_histogram":{"field":"timestamp","fixed_interval":"1d","offset":"+6h"}}""", d => Hours(d, 86_400_000, 0, 6 * 3_600_000)),
        ("""{"date_histogram":{"field":"timestamp","calendar_interval":"1d"}}""", d => Hours(d, 86_400_000, 0)),
        ("""{"date_histogram":{"field":"timestamp","fixed_interval":"1h","aggs":0},"aggs":{}}""", _ => "[aggs.a.date_histogram] does not support parameter [aggs]"),
        ("""{"date_histogram":{"field":"timestamp","fixed_interval":"6h"},"aggs":{"t":{"max":{"field":"took"}},"u":{"cardinality":{"field":"user"}}}}""",
            d => Buckets(Filled(d, 21_600_000), (k, g) => $"\"key_as_string\":\"{Iso(k)}\",\"key\":{k},\"doc_count\":{g.Length},\"t\":{{\"value\":{Number(g, x => x.Max())}}},\"u\":{{\"value\":{Users(g)}}}")),
        ("""{"terms":{"field":"service"}}""", d => Terms(d.GroupBy(x => Text(x.Service)), 10)),
        ("""{"terms":{"field":"level"}}""", d => Terms(d.GroupBy(x => Text(x.Level)), 10)),
        ("""{"terms":{"field":"status","size":2}}""", d => Terms(d.GroupBy(x => x.Status.ToString()), 2)),
        ("""{"terms":{"field":"status","order":{"_key":"desc"}}}""", d => Terms(d.GroupBy(x => x.Status.ToString()).OrderByDescending(g => long.Parse(g.Key)))),
        ("""{"terms":{"field":"service","order":[{"_count":"asc"},{"_key":"asc"}]}}""",
            d => Terms(d.GroupBy(x => Text(x.Service)).OrderBy(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal))),
        ("""{"terms":{"field":"tags"}}""", d => Terms(d.SelectMany(x => x.Tags.Select(t => (t, x))).GroupBy(p => Text(p.t), p => p.x), 10)),
        ("""{"terms":{"field":"user.keyword","missing":"nobody","min_doc_count":50}}""",
            d => Terms(d.GroupBy(x => Text(x.User ?? "nobody")).Where(g => g.Count() >= 50), 10)),
        ("""{"terms":{"field":"geo.region","order":{"slow":"desc"}},"aggs":{"slow":{"avg":{"field":"took"}}}}""",
            d => Terms(d.GroupBy(x => Text(x.Region)).OrderByDescending(g => g.Average(x => x.Took)), g => $",\"slow\":{{\"value\":{Average(g)}}}")),
        ("""{"terms":{"field":"service","order":{"s.max":"asc"}},"aggs":{"s":{"stats":{"field":"took"}}}}""",
            d => Terms(d.GroupBy(x => Text(x.Service)).OrderBy(g => g.Max(x => x.Took)), g => $",\"s\":{Stats(g)}")),
        ("""{"terms":{"field":"service"},"aggs":{"l":{"terms":{"field":"level","size":1}}}}""",
            d => Terms(ByCount(d.GroupBy(x => Text(x.Service))), g => $",\"l\":{Terms(g.GroupBy(x => Text(x.Level)), 1)}")),
        ("""{"terms":{"field":"nothing"}}""", _ => """{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[]}"""),
        ("""{"stats":{"field":"took"}}""", Stats),
        ("""{"stats":{"field":"nothing"}}""", _ => """{"count":0,"min":null,"max":null,"avg":null,"sum":0}"""),
        ("""{"min":{"field":"took"}}""", d => $"{{\"value\":{Number(d, x => x.Min())}}}"),
        ("""{"max":{"field":"timestamp"}}""", d => $"{{\"value\":{Json(d.Max(x => x.Time.UnixNanos) / 1e6)},\"value_as_string\":\"{Iso(d.Max(x => x.Millis))}\"}}"),
        ("""{"sum":{"field":"status"}}""", d => $"{{\"value\":{d.Sum(x => x.Status)}}}"),
        ("""{"value_count":{"field":"user"}}""", d => $"{{\"value\":{d.Count(x => x.User is not null)}}}"),
        ("""{"value_count":{"field":"tags"}}""", d => $"{{\"value\":{d.Sum(x => x.Tags.Length)}}}"),
        ("""{"cardinality":{"field":"took","precision_threshold":100}}""", d => $"{{\"value\":{d.Select(x => x.Took).Distinct().Count()}}}"),
        ("""{"percentiles":{"field":"took","percents":[50,99.9]}}""", d => $"{{\"values\":{{\"50.0\":{Percentile(d, 50)},\"99.9\":{Percentile(d, 99.9)}}}}}"),
        ("""{"percentiles":{"field":"took","percents":[95],"keyed":false}}""", d => $"{{\"values\":[{{\"key\":95,\"value\":{Percentile(d, 95)}}}]}}"),
        ("""{"filter":{"term":{"level":"ERROR"}},"aggs":{"m":{"value_count":{"field":"n"}}}}""",
            d => d.Count(x => x.Level == "ERROR") is var n ? $"{{\"doc_count\":{n},\"m\":{{\"value\":{n}}}}}" : ""),
        ("""{"filters":{"filters":{"bad":{"range":{"status":{"gte":404}}},"slow":{"range":{"took":{"gte":90}}}}}}""",
            d => $"{{\"buckets\":{{\"bad\":{{\"doc_count\":{d.Count(x => x.Status >= 404)}}},\"slow\":{{\"doc_count\":{d.Count(x => x.Took >= 90)}}}}}}}"),
        ("""{"filters":{"other_bucket_key":"rest","filters":{"bad":{"range":{"status":{"gte":404}}}}}}""",
            d => $"{{\"buckets\":{{\"bad\":{{\"doc_count\":{d.Count(x => x.Status >= 404)}}},\"rest\":{{\"doc_count\":{d.Count(x => x.Status < 404)}}}}}}}"),
        ("""{"filters":{"filters":[{"match_none":{}},{"term":{"cached":true}}]},"aggs":{"t":{"terms":{"field":"status"}}}}""",
            d => $"{{\"buckets\":[{{\"doc_count\":0,\"t\":{Terms(d.Take(0).GroupBy(x => ""), 1)}}},{{\"doc_count\":{d.Count(x => x.Cached)},\"t\":{Terms(d.Where(x => x.Cached).GroupBy(x => x.Status.ToString()), 10)}}}]}}"),
        ("""{"missing":{"field":"user"}}""", d => $"{{\"doc_count\":{d.Count(x => x.User is null)}}}"),
        ("""{"range":{"field":"took","ranges":[{"to":10},{"from":10,"to":50.5},{"key":"slow","from":50.5}]}}""",
            d => $$"""{"buckets":[{"key":"*-10.0","to":10,"doc_count":{{d.Count(x => x.Took < 10)}}},{"key":"10.0-50.5","from":10,"to":50.5,"doc_count":{{d.Count(x => x.Took is >= 10 and < 50.5)}}},{"key":"slow","from":50.5,"doc_count":{{d.Count(x => x.Took >= 50.5)}}}]}"""),
        ("""{"histogram":{"field":"status","interval":100}}""", d => $"{{\"buckets\":[{string.Join(',', new[] { 200, 300, 400, 500 }.Select(k =>
            $"{{\"key\":{k},\"doc_count\":{d.Count(x => x.Status / 100 * 100 == k)}}}"))}]}}"),
    ];

    private static readonly SearchDesk[] s_desks = [new(s_documents), new(s_documents, 350), new(s_documents, 700)];

    public static TheoryData<string> Asked => [.. s_cases.Select(c => c.Asked)];

    [Theory]
    [MemberData(nameof(Asked))]
    public void An_aggregation_finds_what_the_naive_evaluation_finds(string asked)
    {
        Func<IReadOnlyList<SomeDocument>, string> naive = s_cases.First(c => c.Asked == asked).Naive;
        foreach (SearchDesk desk in s_desks)
        {
            desk.Aggregate(asked).ShouldBe(naive(s_documents), asked);
            desk.Aggregate(asked, """{"bool":{"should":[{"range":{"timestamp":{"gte":"2026-03-15"}}},{"term":{"status":500}}]}}""")
                .ShouldBe(naive([.. s_documents.Where(d => d.Status == 500 || d.Time >= Some.Noon.Add(TimeSpan.FromHours(9)))]), asked);
        }
    }

    [Fact]
    public void Spread_is_that_of_the_numbers()
    {
        JsonElement found = JsonSerializer.Deserialize<JsonElement>(s_desks[1].Aggregate("""{"extended_stats":{"field":"took","sigma":3}}"""));
        double average = s_documents.Average(d => d.Took), variance = s_documents.Average(d => (d.Took - average) * (d.Took - average));
        double deviation = Math.Sqrt(variance);
        found.GetProperty("count").GetInt32().ShouldBe(700);
        found.GetProperty("sum_of_squares").GetDouble().ShouldBe(s_documents.Sum(d => d.Took * d.Took), 1e-6);
        found.GetProperty("variance").GetDouble().ShouldBe(variance, 1e-9);
        found.GetProperty("variance_sampling").GetDouble().ShouldBe(variance * 700 / 699, 1e-9);
        found.GetProperty("std_deviation").GetDouble().ShouldBe(deviation, 1e-9);
        found.GetProperty("std_deviation_bounds").GetProperty("upper").GetDouble().ShouldBe(average + 3 * deviation, 1e-9);
    }

    [Theory]
    [InlineData("""{"date_histogram":{"field":"timestamp","fixed_interval":"1h","min_doc_count":0,"extended_bounds":{"min":"2026-03-14T14:10:00Z","max":"2026-03-14T17:00:00Z"}}}""",
        """{"buckets":[{"key_as_string":"2026-03-14T14:00:00.000Z","key":1773496800000,"doc_count":0},{"key_as_string":"2026-03-14T15:00:00.000Z","key":1773500400000,"doc_count":2},{"key_as_string":"2026-03-14T16:00:00.000Z","key":1773504000000,"doc_count":0},{"key_as_string":"2026-03-14T17:00:00.000Z","key":1773507600000,"doc_count":0}]}""")]
    [InlineData("""{"date_histogram":{"field":"timestamp","fixed_interval":"30m","hard_bounds":{"min":"2026-03-14T15:30:00Z","max":"2026-03-14T17:00:00Z"},"format":"HH:mm"}}""",
        """{"buckets":[{"key_as_string":"15:30","key":1773502200000,"doc_count":1}]}""")]
    [InlineData("""{"date_histogram":{"field":"timestamp","calendar_interval":"day","time_zone":"Asia/Tokyo","keyed":true,"format":"yyyy-MM-dd"}}""",
        """{"buckets":{"2026-03-15":{"key_as_string":"2026-03-15","key":1773500400000,"doc_count":2}}}""")]
    [InlineData("""{"date_histogram":{"field":"timestamp","fixed_interval":"1d","time_zone":"-08:00"}}""",
        """{"buckets":[{"key_as_string":"2026-03-14T00:00:00.000-08:00","key":1773475200000,"doc_count":2}]}""")]
    [InlineData("""{"date_histogram":{"field":"timestamp","fixed_interval":"30m","order":{"_key":"desc"},"format":"epoch_second"}}""",
        """{"buckets":[{"key_as_string":"1773502200","key":1773502200000,"doc_count":1},{"key_as_string":"1773500400","key":1773500400000,"doc_count":1}]}""")]
    public void Dates_are_cut_and_spelled_as_asked(string asked, string answer)
    {
        SomeDocument some = s_documents[0];
        using var desk = new SearchDesk([some with { Time = Some.Noon }, some with { Time = Some.Noon.Add(TimeSpan.FromMinutes(40)) }]);
        desk.Aggregate(asked).ShouldBe(answer);
    }

    [Theory]
    [InlineData("""{"date_histogram":{"field":"timestamp","fixed_interval":"1ms"}}""", "more than 65536 buckets")]
    [InlineData("""{"date_histogram":{"field":"timestamp","fixed_interval":"1M"}}""", "[aggs.a.date_histogram.fixed_interval] expects a length of time")]
    [InlineData("""{"date_histogram":{"field":"timestamp"}}""", "expects one of [fixed_interval], [calendar_interval] and [interval]")]
    [InlineData("""{"date_histogram":{"field":"timestamp","calendar_interval":"2d"}}""", "expects a unit such as 1d")]
    [InlineData("""{"date_histogram":{"field":"timestamp","fixed_interval":"1h","time_zone":"Nowhere/Else"}}""", "expects a time zone")]
    [InlineData("""{"terms":{"field":"service","include":"a.*"}}""", "[aggs.a.terms] does not support parameter [include]")]
    [InlineData("""{"terms":{"field":"service","order":{"x":"asc"}}}""", "expects an inner aggregation with one number named [x]")]
    [InlineData("""{"significant_terms":{"field":"service"}}""", "[aggs.a] does not support aggregation [significant_terms]")]
    [InlineData("""{"max":{"field":"took"},"aggs":{"x":{"min":{"field":"took"}}}}""", "the aggregation [max] has no buckets")]
    [InlineData("""{"percentiles":{"field":"took","percents":[101]}}""", "[aggs.a.percentiles.percents[0]] expects a number from 0 to 100")]
    [InlineData("""{"terms":{"script":"doc"}}""", "[aggs.a.terms] expects a member [field]")]
    public void What_is_not_supported_is_named(string asked, string reason) =>
        s_desks[0].Aggregate(asked).ShouldContain(reason);

    private static string Hours(IReadOnlyList<SomeDocument> documents, long step, int least, long offset = 0) => Buckets(
        Filled(documents, step, offset).Where(b => b.Group.Length >= least),
        (key, group) => $"\"key_as_string\":\"{Iso(key)}\",\"key\":{key},\"doc_count\":{group.Length}");

    private static IEnumerable<(long Key, SomeDocument[] Group)> Filled(IReadOnlyList<SomeDocument> documents, long step, long offset = 0)
    {
        ILookup<long, SomeDocument> found = documents.ToLookup(d => (d.Millis - offset) / step * step + offset);
        long first = found.Min(g => g.Key), last = found.Max(g => g.Key);
        for (long key = first; key <= last; key += step)
            yield return (key, [.. found[key]]);
    }

    private static string Buckets(IEnumerable<(long Key, SomeDocument[] Group)> buckets, Func<long, SomeDocument[], string> members) =>
        $"{{\"buckets\":[{string.Join(',', buckets.Select(b => $"{{{members(b.Key, b.Group)}}}"))}]}}";

    private static IEnumerable<IGrouping<string, SomeDocument>> ByCount(IEnumerable<IGrouping<string, SomeDocument>> groups) =>
        groups.OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal);

    private static string Terms(IEnumerable<IGrouping<string, SomeDocument>> groups, int size) => Terms(ByCount(groups), _ => "", size);

    private static string Terms(IEnumerable<IGrouping<string, SomeDocument>> ordered, Func<IReadOnlyList<SomeDocument>, string>? inner = null, int size = 10)
    {
        IGrouping<string, SomeDocument>[] all = [.. ordered];
        IEnumerable<string> shown = all.Take(size).Select(g => $"{{\"key\":{g.Key},\"doc_count\":{g.Count()}{inner?.Invoke([.. g])}}}");
        return $"{{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":{all.Skip(size).Sum(g => g.Count())},\"buckets\":[{string.Join(',', shown)}]}}";
    }

    private static string Stats(IReadOnlyList<SomeDocument> d) =>
        $"{{\"count\":{d.Count},\"min\":{Number(d, x => x.Min())},\"max\":{Number(d, x => x.Max())},\"avg\":{Average(d)},\"sum\":{Number(d, x => x.Sum())}}}";

    // Hundredths are added exactly, as the sums that are tested are all but.
    private static string Number(IReadOnlyCollection<SomeDocument> documents, Func<IEnumerable<decimal>, decimal> of) =>
        documents.Count == 0 ? "null" : Json((double)of(documents.Select(d => (decimal)d.Took)));

    private static string Average(IReadOnlyCollection<SomeDocument> documents) =>
        Json((double)documents.Sum(d => (decimal)d.Took) / documents.Count);

    private static string Percentile(IReadOnlyList<SomeDocument> documents, double percent) =>
        Json(documents.Select(d => d.Took).Order().ElementAt((int)Math.Ceiling(percent / 100 * documents.Count) - 1));

    private static int Users(SomeDocument[] group) => group.Where(d => d.User is not null).Select(d => d.User).Distinct().Count();

    private static string Json(double value) => JsonSerializer.Serialize(value);

    private static string Text(string text) => $"\"{text}\"";

    private static string Iso(long millis) =>
        DateTimeOffset.FromUnixTimeMilliseconds(millis).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
