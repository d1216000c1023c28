using Tocsin.Model;
using Tocsin.Model.Alerts;
using Tocsin.Model.Metrics;
using Tocsin.Query.Logs;
using Tocsin.Storage;
using Tocsin.Storage.Scan;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Logs;

public sealed class LogSearchTests : IDisposable
{
    private readonly Database _database = Database.Open(
        new DatabaseOptions { Directory = "/data", MinFreeBytes = 0 }, new MemoryFileSystem(), new FakeClock(),
            new MetricSet());

    private readonly LogSearch _search;

    public LogSearchTests() => _search = new LogSearch(_database);

    public void Dispose() => _database.Dispose();

    [Theory]
    [InlineData("reset", "d a")]
    [InlineData("RESET", "d a")]
    [InlineData("rese", "")]
    [InlineData("rese*", "d b a")]
    [InlineData("*set", "d a")]
    [InlineData("\"connection reset\"", "a")]
    [InlineData("\"reset connection\"", "d")]
    [InlineData("connection -peer", "d")]
    [InlineData("ÜBER", "b")]
    [InlineData("ünreset", "")]
    [InlineData("status:500", "c b")]
    [InlineData("status:=500", "c b")]
    [InlineData("status:>=500", "c b")]
    [InlineData("status:<500", "a")]
    [InlineData("status:*", "c b a")]
    [InlineData("-status:*", "d")]
    [InlineData("status:(200 OR 500)", "c b a")]
    [InlineData("status:in(200,404)", "a")]
    [InlineData("status:[200 TO 500}", "a")]
    [InlineData("service:web", "c")]
    [InlineData("service:api", "d b a")]
    [InlineData("host:box", "d c b a")]
    [InlineData("level:error", "a")]
    [InlineData("level:>=warn", "b a")]
    [InlineData("level:unknown", "d")]
    [InlineData("path:/health", "b a")]
    [InlineData("path:\"/health/live\"", "b")]
    [InlineData("path:=/health", "a")]
    [InlineData("path:/health/*", "b")]
    [InlineData("empty:*", "c")]
    [InlineData("empty:\"\"", "c")]
    [InlineData("user.name:ann", "c")]
    [InlineData("user.roles:admin", "c")]
    [InlineData("user:root", "c")]
    [InlineData("ok:true", "c")]
    [InlineData("ok:TRUE", "c")]
    [InlineData("big:9007199254740993", "d")]
    [InlineData("big:9007199254740992", "")]
    [InlineData("raw:DEAD", "d")]
    [InlineData("trace:01010101010101010101010101010101", "a")]
    [InlineData("span:0202020202020202", "a")]
    [InlineData("trace:*", "a")]
    [InlineData("x:y", "")]
    public void A_query_finds(string query, string want)
    {
        Append(
            Some.Log("connection reset by peer", 1).With(("status", 200), ("path", "/health"))
                with { Severity = Severity.Error, TraceId = Some.TraceId(0), SpanId = Some.SpanId(1) },
            Some.Log("über-reseted", 2)
                .With(("status", "500"), ("path", "/health/live")) with { Severity = Severity.Warn },
            Some.Log("hello", 3).With(
                ("status", 500.0), ("empty", ""), ("ok", true),
                ("user", new Dictionary<string,
                    object?> { ["name"] = "Ann", ["roles"] = new object?[] { "admin", "root" } }))
                with { Service = "web" },
            Some.Log("reset connection", 4)
                .With(("big", 9007199254740993), ("raw", new byte[] { 0xDE, 0xAD })) with { Severity = 0 });
        string[] names = ["a", "b", "c", "d"];
        IEnumerable<string> found = Find(query)
            .Items.Select(e => names[(int)(e.Time - Some.Noon).TotalSeconds - 1]);
        string.Join(' ', found).ShouldBe(want);
    }

    [Fact]
    public void Pages_follow_each_other_without_gap_or_repeat()
    {
        for (int i = 0; i < 10; i++)
            Append([.. Enumerable.Range(0, 10).Select(j => Some.Log($"{i}.{j}", j % 3))]);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            LogPage page = Find("", limit: 7, cursor);
            seen.AddRange(page.Items.Select(e => e.Id));
            cursor = page.Next;
        }
        while (cursor is not null);
        seen.Count.ShouldBe(100);
        seen.ShouldBe(seen.Distinct().OrderDescending(StringComparer.Ordinal));
    }

    [Fact]
    public void An_entry_carries_every_field_as_json()
    {
        Append(Some.Log("m", 1).With(("n", 1), ("d", 0.5), ("@at", "x"), ("list", new object?[] { null, true }))
            with { TraceId = Some.TraceId(0), Severity = Severity.Warn });
        LogEntry entry = Find("").Items.Single();
        entry.Attributes.GetRawText().ShouldBe("""{"n":1,"d":0.5,"@at":"x","list":[null,true]}""");
        entry.Resource.GetRawText().ShouldBe("""{"service.name":"api","host.name":"box"}""");
        entry.TimeNanos.ShouldBe(Some.Noon.Add(TimeSpan.FromSeconds(1)).UnixNanos.ToString());
        (entry.Service, entry.Body, entry.Level, entry.TraceId)
            .ShouldBe(("api", "m", "warn", "01010101010101010101010101010101"));
    }

    [Fact]
    public void A_histogram_counts_by_family_in_steps_people_like()
    {
        Append(
            Some.Log("a", 0) with { Severity = Severity.Error }, Some.Log("b", 59), Some.Log("c", 60),
                Some.Log("d", 3599.9),
            Some.Log("outside", 3600));
        LogHistogram histogram = _search.Histogram(
            Predicate.All, Some.Noon, Some.Noon.Add(TimeSpan.FromHours(1)), 60, CancellationToken.None);
        histogram.Step.ShouldBe(TimeSpan.FromMinutes(1));
        histogram.Count.ShouldBe(60);
        int info = Severity.Family(Severity.Info), error = Severity.Family(Severity.Error);
        (histogram[0, error], histogram[0, info], histogram[1, info], histogram[59, info]).ShouldBe((1, 1, 1, 1));
        (histogram.Total(info), histogram.Total(error)).ShouldBe((3, 1));
        histogram.TimeOf(1).ShouldBe(Some.Noon.ToDateTimeOffset().AddMinutes(1));
    }

    [Fact]
    public void A_histogram_of_all_time_does_not_overflow()
    {
        Append(Some.Log("a"));
        LogHistogram all = _search.Histogram(
            Predicate.All, new Instant(long.MinValue), new Instant(long.MaxValue), 10, CancellationToken.None);
        all.Total(Severity.Family(Severity.Info)).ShouldBe(1);
        Enumerable.Range(0, all.Count).ShouldAllBe(i => all.TimeOf(i) > DateTimeOffset.MinValue);
    }

    [Fact]
    public void Top_values_are_counted_by_name_of_the_query_language()
    {
        Append(Some.Log("a"), Some.Log("b"), Some.Log("c") with { Service = "web", Severity = Severity.Error });
        Top("service").ShouldBe(["api 2", "web 1"]);
        Top("level").ShouldBe(["info 2", "error 1"]);
        Top("nothing").ShouldBeEmpty();
    }

    [Fact]
    public void A_trace_lists_parents_before_children()
    {
        Append(
            Span("child 2", 2, 30, 1), Span("child 1", 1, 20, 0), Span("root", 0, 10, null),
            Span("orphan", 5, 50, 99), Span("child 3", 3, 40, 0));
        TraceView trace = _search.Trace(Some.TraceId(0), CancellationToken.None)!;
        trace.Spans.Select(s => $"{s.Depth} {s.Name}")
            .ShouldBe(["0 root", "1 child 1", "2 child 2", "1 child 3", "0 orphan"]);
        trace.DurationNanos.ShouldBe(40 * 1_000_000_000L + 1000);
        trace.Services.ShouldBe(["api"]);
        trace.Spans[0].Kind.ShouldBe("server");
        _search.Trace(Some.TraceId(1), CancellationToken.None).ShouldBeNull();
    }

    [Fact]
    public void A_circle_of_parents_is_shown_once()
    {
        Append(Span("a", 0, 1, 1), Span("b", 1, 2, 0));
        _search.Trace(Some.TraceId(0), CancellationToken.None)!.Spans.Select(s => $"{s.Depth} {s.Name}")
            .ShouldBe(["0 a", "1 b"]);
    }

    [Fact]
    public void Related_logs_are_those_of_the_run_the_trace_or_the_process()
    {
        Append(
            Some.Log("same run", 1).With(("service.instance.id", "r1")),
            Some.Log("same trace", 2) with { TraceId = Some.TraceId(3) },
            Some.Log("same process", 3).With(("process.pid", 42)),
            Some.Log("same pid on another host", 4).With(("process.pid", 42)) with { Host = "other" },
            Some.Log("unrelated", 5),
            Some.Log("too late", 9).With(("service.instance.id", "r1")));
        Related("r1", Convert.ToHexString(Some.TraceId(3)), "box", 42)
            .ShouldBe(["same run", "same trace", "same process"]);
        Related(null, null, null, 42).ShouldBeEmpty();
        Related("r1", null, null, null, limit: 1).ShouldBe(["same run"]);
    }

    private IEnumerable<string> Related(string? run, string? trace, string? host, int? pid, int limit = 10) =>
        _search.Related(run, trace, host, pid, Some.Noon.Add(TimeSpan.FromSeconds(8)), limit, CancellationToken.None)
            .Select(r => r.Message);

    private IEnumerable<string> Top(string field) =>
        _search.TopValues(Predicate.All, field, new Instant(0), new Instant(long.MaxValue), 10, CancellationToken.None)
            .Values.Select(v => $"{v.Value} {v.Count}");

    private static SomeLog Span(string name, int id, double seconds, int? parent) =>
        (Some.Log(name, seconds) with { Dataset = Dataset.Spans, TraceId = Some.TraceId(0), SpanId =
            Some.SpanId(id) }).With(
            ("@kind", 2), ("@duration", 1000),
                ("@parent_span_id", parent is { } p ? Some.SpanId(p) : Array.Empty<byte>()));

    private LogPage Find(string query, int limit = 100, string? cursor = null) => _search.Search(
        LogQuery.Parse(query).Predicate!, new Instant(0), new Instant(long.MaxValue), limit, cursor,
            CancellationToken.None);

    private void Append(params SomeLog[] logs) =>
        _database.Append(Some.Batch(logs), CancellationToken.None).AsTask().GetAwaiter().GetResult()
            .ShouldBe(AppendResult.Stored);
}
