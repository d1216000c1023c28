using Tocsin.Query.Execution;
using Tocsin.Query.Plans;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Pipes;

/// <summary>What patterns say of time: the trend over the range, and what was not there before.</summary>
public sealed class PatternsPipeTests : IDisposable
{
    private const string Shown = " | fields pattern, new, trend";
    private const string None = "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0";

    private readonly QueryDesk _desk = new(Some.Log("order 7 paid", -1800), Some.Log("disk 4 full", -9000));

    public PatternsPipeTests()
    {
        _desk.Database.Seal(CancellationToken.None);
        _desk.Append(Some.Log("order 8 paid", 1), Some.Log("order 9 paid", 3599), Some.Log("disk 5 full", 200) with { Service = "web" });
        _desk.Database.Seal(CancellationToken.None);
    }

    public void Dispose() => _desk.Dispose();

    [Theory]
    [InlineData("* | patterns")]
    [InlineData("* | extend x = 1 | patterns")]
    public void The_trend_counts_24_parts_of_the_range_and_new_is_what_the_time_before_does_not_have(string query) =>
        _desk.Table(query + Shown).ShouldBe($"order <n> paid false [1,{None},1] / disk <n> full true [0,1,{None}]");

    [Fact]
    public void A_pattern_is_new_per_group()
    {
        _desk.Append(Some.Log("disk 1 full", -5));
        _desk.Table("disk | patterns by service | fields service, new").ShouldBe("web true");
        _desk.Table("disk | patterns | fields new").ShouldBe("false");
    }

    [Fact]
    public void What_the_filter_and_the_pipes_in_front_leave_out_was_not_there_before()
    {
        _desk.Table("order -7 | patterns | fields new").ShouldBe("true");
        _desk.Table("order | where not contains(message, \"7\") | patterns | fields new").ShouldBe("true");
    }

    [Fact]
    public void Nothing_is_new_or_old_where_nothing_was_stored_before()
    {
        _desk.Request = _desk.Request with { From = Some.Noon.Add(TimeSpan.FromDays(-2)) };
        _desk.Table("order | patterns | fields count, new").ShouldBe("3 -");
    }

    [Fact]
    public void Without_an_end_of_the_range_there_is_no_trend_and_no_time_before()
    {
        _desk.Request = new QueryRequest();
        _desk.Table("order | patterns | fields count, trend, new").ShouldBe("3 - -");
    }

    [Fact]
    public void Rows_that_a_pipe_has_made_were_never_there_before() =>
        _desk.Table("order | fields message, time | patterns | fields count, new").ShouldBe("2 -");

    [Theory]
    [InlineData("* | patterns", true)]
    [InlineData("* | patterns | where new | fields pattern", true)]
    [InlineData("* | patterns | sort -new | fields pattern", true)]
    [InlineData("* | patterns | fields - new", false)]
    [InlineData("* | patterns | fields pattern, trend", false)]
    [InlineData("* | patterns | stats sum(count)", false)]
    public void The_time_before_is_read_only_for_who_asks_what_is_new(string query, bool asks)
    {
        _desk.Run("* | patterns | fields pattern");
        long rows = _desk.Report.RowsScanned;
        _desk.Run(query);
        (_desk.Report.RowsScanned > rows).ShouldBe(asks);
        QueryExplanation.Of(QueryText.Parse(query).Plan!, _desk.Request).Text
            .Contains("[from columns, without making rows; the time before is asked too, for what is new]", StringComparison.Ordinal).ShouldBe(asks);
    }

    [Fact]
    public void When_the_time_before_is_too_much_the_answer_stands_and_says_so()
    {
        _desk.Append([.. Enumerable.Range(0, 50).Select(i => Some.Log($"tick {i}", -i - 1))]);
        _desk.Database.Seal(CancellationToken.None);
        _desk.Request = _desk.Request with { MaxScannedRows = 40 };
        _desk.Table("* | patterns 1 | fields pattern, new").ShouldBe("order <n> paid -");
        _desk.Report.Notes.ShouldHaveSingleItem().ShouldContain("new");
    }
}
