using System.Text;
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
}
