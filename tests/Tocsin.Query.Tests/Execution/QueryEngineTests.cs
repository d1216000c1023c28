using System.Text;
using Tocsin.Model;
using Tocsin.Query.Answers;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Plans;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Execution;

public sealed class QueryEngineTests : IDisposable
{
    private readonly QueryDesk _desk = new([.. Enumerable.Range(0, 3000).Select(i =>
        Some.Log($"row {i} {new string('x', 50)}", i / 1000.0).With(("n", i), ("key", $"k{i}")))]);

    public void Dispose() => _desk.Dispose();

    [Theory]
    [InlineData("* | stats count() by key", "groups")]
    [InlineData("* | stats values(message)", "groups")]
    [InlineData("* | dedup key | stats count()", "groups")]
    [InlineData("* | sort message | stats count()", "rows to sort")]
    [InlineData("* | top 5 key", "groups")]
    public void A_query_that_needs_too_much_memory_is_refused_with_the_budget_and_a_way_out(string query, string what)
    {
        _desk.Request = _desk.Request with { MemoryBytes = 8 * 1024 };
        _desk.Run(query);
        _desk.Report.Refused.ShouldNotBeNull().ShouldStartWith($"the query needs more than 8 KiB of memory for ");
        _desk.Report.Refused!.ShouldContain(what);
        _desk.Report.Refused!.ShouldContain("shorter time");
        _desk.Report.Partial.ShouldBeTrue();
    }

    [Theory]
    [InlineData("* | patterns", 3)]
    [InlineData("* | patterns | fields - new", 2)]
    [InlineData("* | sort -n | limit 3", 2)]
    [InlineData("* | stats count()", 0)]
    [InlineData("nosuchword | limit 1", 0)]
    public void Segments_are_counted_once_however_often_a_query_scans(string query, int read)
    {
        _desk.Database.Seal(CancellationToken.None);
        for (int day = -1; day <= 1; day++)
        {
            _desk.Append(Some.Log($"next {day}", -60 * 60 * 24 * day).With(("n", day)));
            _desk.Database.Seal(CancellationToken.None);
        }
        int all = _desk.Database.Stats().Segments;
        _desk.Request = _desk.Request with { From = Some.Noon.Add(TimeSpan.FromHours(-20)), To = Some.Noon.Add(TimeSpan.FromHours(2)) };
        _desk.Run(query);
        (_desk.Report.SegmentsScanned, _desk.Report.SegmentsScanned + _desk.Report.SegmentsSkipped).ShouldBe((read, all));
    }

    [Theory]
    [InlineData("* | stats count(), max(n) by key")]
    [InlineData("* | top 3 message")]
    [InlineData("* | limit 1")]
    [InlineData("* | extend m = n | stats max(m)")]
    public void A_query_that_would_read_too_many_rows_is_refused(string query)
    {
        _desk.Request = _desk.Request with { MaxScannedRows = 2999 };
        _desk.Run(query);
        _desk.Report.Refused.ShouldBe("the query would read more than 2999 rows: ask for a shorter time or for rarer words");
        _desk.Request = _desk.Request with { MaxScannedRows = 3000 };
        _desk.Run(query);
        _desk.Report.Refused.ShouldBeNull();
    }

    [Theory]
    [InlineData("* | stats max(n) by key")]
    [InlineData("* | extend m = n | stats max(m)")]
    public void A_query_that_takes_too_long_is_refused(string query)
    {
        _desk.Append(Some.Log("one more", 2));
        _desk.Request = _desk.Request with { MaxTime = TimeSpan.FromSeconds(5) };
        var late = new LateSink(() => _desk.Clock.Advance(TimeSpan.FromSeconds(5)));
        QueryReport report = _desk.Engine.Run(QueryText.Parse(query).Plan!, _desk.Request, late, CancellationToken.None);
        report.Refused.ShouldBe("the query takes longer than 5s: ask for a shorter time or for rarer words");
    }

    /// <summary>Lets time pass as soon as an answer begins, which is before anything is read.</summary>
    private sealed class LateSink(Action begin) : RowSink
    {
        public override void Begin(IReadOnlyList<string> columns) => begin();

        public override void Row(ReadOnlySpan<Cell> cells)
        {
        }
    }

    [Fact]
    public void Queries_share_memory_and_give_it_back()
    {
        var pool = new MemoryPool(2 * MemoryPool.Chunk);
        using (var first = new MemoryBudget(long.MaxValue, pool))
        {
            first.Take(MemoryPool.Chunk + 1, "groups", "fewer");
            using var second = new MemoryBudget(long.MaxValue, pool);
            Should.Throw<QueryRefusedException>(() => second.Take(1, "groups", "ask for fewer"))
                .Message.ShouldBe("the queries that run now leave no memory for groups: try again later, or ask for fewer");
        }
        pool.Used.ShouldBe(0);
    }

    [Fact]
    public void Spans_are_queried_like_logs()
    {
        SomeLog Span(string name, double ms, int at) => (Some.Log(name, at) with { Dataset = Model.Dataset.Spans, TraceId = Some.TraceId(1), SpanId = Some.SpanId(at) })
            .With(("@duration", (long)(ms * 1e6)), ("@kind", 2));
        using var desk = new QueryDesk(Span("GET /a", 700, 1), Span("GET /a", 900.5, 2), Span("GET /b", 3, 3));
        desk.Request = desk.Request with { Dataset = Model.Dataset.Spans };
        desk.Table("duration:>500ms | stats count(), p95(duration) by service").ShouldBe("api 2 900500000");
        desk.Table("* | where duration > 500ms | top name").ShouldBe("GET /a 2 1");
        desk.Table("GET | sort duration | fields name, duration / 1ms as ms, span | limit 1").ShouldBe("GET /b 3 0404040404040404");
        desk.Table("* | limit 1 | fields - attributes, resource, time, trace, span").ShouldBe("info api GET /b");
    }

    [Fact]
    public void Facets_of_everything_leave_out_ids()
    {
        _desk.Table("* | facets 1 | fields field, value, count").ShouldBe("host.name box 3000 / level info 3000 / service.name api 3000");
        _desk.Report.Notes.ShouldHaveSingleItem().ShouldContain("more than 1000 values");
        _desk.Table("* | facets 1 key").ShouldBe("key text k0 1");
    }

    [Fact]
    public void Context_reaches_over_the_range_and_stays_in_the_stream()
    {
        using var desk = new QueryDesk(
            Some.Log("before", -5), Some.Log("hit", 1), Some.Log("other", 2) with { Service = "web" }, Some.Log("after", 3),
            Some.Log("hit again", 4), Some.Log("far", 8000));
        desk.Table("hit | context 1 | fields message, hit").ShouldBe("hit again true / after false / hit true / before false");
        desk.Table("hit | limit 1 | context 9 | fields message").ShouldBe("hit again / after / hit / before");
    }

    [Theory]
    [InlineData("* | where n > 5 | extend x = n | limit 1000000 | stats count()")]
    [InlineData("* | sort -n | limit 5")]
    [InlineData("* | sort -n | extend x = n | fields x | limit 5")]
    [InlineData("* | stats sum(n), p99(n), distinct(service)")]
    public void What_keeps_little_needs_little(string query)
    {
        _desk.Request = _desk.Request with { MemoryBytes = 1024 * 1024 };
        _desk.Run(query);
        _desk.Report.Refused.ShouldBeNull();
    }

    [Fact]
    public void A_limit_stops_the_scan()
    {
        var seen = new List<string>();
        QueryPlan plan = QueryText.Parse("* | where matches(message, /row/) | limit 3 | fields n").Plan!;
        _desk.Engine.Run(plan, _desk.Request, new Sink(seen), CancellationToken.None);
        seen.ShouldBe(["2999", "2998", "2997"]);
        _desk.Run("* | limit 0");
        _desk.Report.Rows.ShouldBe(0);
    }

    [Fact]
    public void A_cancelled_query_ends()
    {
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Should.Throw<OperationCanceledException>(() =>
            _desk.Engine.Run(QueryText.Parse("* | sort n").Plan!, _desk.Request, new TableSink(), cancel.Token));
    }

    [Fact]
    public void The_report_says_what_was_searched()
    {
        _desk.Request = _desk.Request with { MaxRows = 10 };
        _desk.Run("*").Rows.Count.ShouldBe(10);
        QueryReport report = _desk.Report;
        report.Truncated.ShouldBeTrue();
        report.Rows.ShouldBe(10);
        report.RowsScanned.ShouldBeGreaterThan(0);
        report.BytesScanned.ShouldBeGreaterThan(0);
        (report.From, report.To).ShouldBe((_desk.Request.From, _desk.Request.To));
        report.Partial.ShouldBeFalse();
    }

    [Fact]
    public void Lines_and_csv_pass_through_a_small_buffer()
    {
        var sizes = new List<int>();
        using var lines = new JsonLinesSink(bytes => sizes.Add(bytes.Length));
        _desk.Engine.Run(QueryText.Parse("*").Plan!, _desk.Request, lines, CancellationToken.None);
        lines.Flush();
        sizes.Count.ShouldBeGreaterThan(5);
        sizes.ShouldAllBe(size => size < 40_000);
    }

    [Fact]
    public void Csv_tells_missing_from_empty_and_defuses_formulas()
    {
        var text = new StringBuilder();
        var csv = new CsvSink(bytes => text.Append(Encoding.UTF8.GetString(bytes.Span)));
        csv.Begin(["a", "b,c"]);
        csv.Row([Cell.Missing, Cell.Of("")]);
        csv.Row([Cell.Of("=1+1"), Cell.Of(-5L)]);
        csv.Row([Cell.Of("say \"hi\"\n"), Cell.Of("-x")]);
        csv.Flush();
        text.ToString().ShouldBe("a,\"b,c\"\r\n,\"\"\r\n'=1+1,-5\r\n\"say \"\"hi\"\"\n\",'-x\r\n");
    }

    [Fact]
    public void Percentiles_of_many_numbers_stay_within_half_a_percent() =>
        double.Parse(_desk.Table("* | extend m = n * 7 + 1 | stats p90(m)"), System.Globalization.CultureInfo.InvariantCulture).ShouldBe(2699 * 7 + 1);

    private sealed class Sink(List<string> seen) : RowSink
    {
        public override void Begin(IReadOnlyList<string> columns)
        {
        }

        public override void Row(ReadOnlySpan<Cell> cells) => seen.Add(cells[0].ToString());
    }

    [Fact]
    public void Steps_of_a_chart_are_multiples_also_where_time_begins()
    {
        using var desk = new QueryDesk(new SomeLog("first", new Instant(long.MinValue + 5)));
        desk.Request = new QueryRequest { From = new Instant(long.MinValue + 1), To = new Instant(long.MinValue + 7_200_000_000_000) };
        desk.Table("* | timechart 1h count()").ShouldBe(
            "1677-09-21T00:12:43.145224192Z 1 / 1677-09-21T01:00:00.000000000Z 0 / 1677-09-21T02:00:00.000000000Z 0");
    }

    [Theory]
    [InlineData("big:>9007199254740992", 1)]
    [InlineData("big:=9007199254740993", 0)]
    [InlineData("big:<9007199254740993", 1)]
    [InlineData("whole:>9007199254740992.0", 1)]
    [InlineData("whole:<=9007199254740992.0", 0)]
    public void Whole_numbers_that_no_fraction_can_hold_are_compared_exactly(string filter, int found)
    {
        using var desk = new QueryDesk(Some.Log("x", 1).With(("big", filter.Contains('>') ? "9007199254740993" : 9007199254740992.0), ("whole", 9007199254740993)));
        desk.Run(filter).Rows.Count.ShouldBe(found);
    }
}
