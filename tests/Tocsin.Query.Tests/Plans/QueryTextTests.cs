using Tocsin.Query.Plans;

namespace Tocsin.Query.Tests.Plans;

public sealed class QueryTextTests
{
    [Theory]
    [InlineData("", "*")]
    [InlineData("a b|limit 5", "\"a\" \"b\" | limit 5")]
    [InlineData("a||b | HEAD 3", "\"a\" OR \"b\" | limit 3")]
    [InlineData("x:in(1,2) | summarize dcount(u), n=count() BY s", "x:=\"1\" OR x:=\"2\" | stats distinct(u), count() as n by s")]
    [InlineData("| stats count(), count()", "* | stats count(), count() as count_2")]
    [InlineData("| sort -a, +b, c desc, -(-d)", "* | sort a desc, b, c desc, (-d) desc")]
    [InlineData("| where a=1 and not b>=2 or c", "* | where ((a == 1) and (not (b >= 2))) or c")]
    [InlineData("| extend a = -(18), b = -18, c = -(-x)", "* | extend a = -(18), b = -18, c = -(-x)")]
    [InlineData("| fields (-ms), -b as c", "* | fields (-ms), -b as c")]
    [InlineData("| where a in (1, \"x\")", "* | where (a == 1) or (a == \"x\")")]
    [InlineData("| where service:(a OR b) and d:[1 TO 5}", "* | where (service:\"a\" or service:\"b\") and (d:>=\"1\" and d:<\"5\")")]
    [InlineData("| extend `a b` = -5 * -x", "* | extend `a b` = -5 * (-x)")]
    [InlineData("| extend x = 1.5h, y = 2.0", "* | extend x = 5400000000000, y = 2.0")]
    [InlineData("| timechart span=90m count()", "* | timechart 90m count()")]
    [InlineData("| parse regexp \"a/(?<b>.)\" from c", "* | parse regexp /a\\/(?<b>.)/ from c")]
    [InlineData("path:/cart | extend s = ms / 1000 / 2", "path:\"/cart\" | extend s = (ms / 1000) / 2")]
    public void A_query_is_spelled_out(string text, string want)
    {
        QueryTextResult parsed = QueryText.Parse(text);
        parsed.Error?.Message.ShouldBeNull();
        parsed.Plan!.ToString().ShouldBe(want);
    }

    [Theory]
    [InlineData("a | ", 4, "expected a verb: where, stats, timechart, top, facets, sort, limit, fields, extend, parse, patterns, dedup, context but found the end of the query at position 5")]
    [InlineData("a | stats", 9, "found the end of the query at position 10")]
    [InlineData("a | stats count( by x", 17, "expected a value, a field or a function but found 'by' at position 18")]
    [InlineData("a | stats nope(x)", 10, "expected a function such as count, distinct, sum")]
    [InlineData("a | stats sum()", 10, "expected 1 argument for sum( ) but found 0 at position 11")]
    [InlineData("a | stats count() as x, sum(y) as x", 24, "expected another name for this column but found 'x' twice at position 25")]
    [InlineData("a | stats percentile(x, 101)", 10, "expected a number from 0 to 100")]
    [InlineData("a | where (b", 12, "expected a closing bracket ')' but found the end of the query")]
    [InlineData("a | where b ==", 14, "expected a value, a field or a function")]
    [InlineData("a | where nope(b)", 10, "expected a function such as if, lower, bin or tonumber but found 'nope' at position 11")]
    [InlineData("a | where if(b)", 10, "expected 3 arguments for if( ) but found 1")]
    [InlineData("a | where matches(b, c)", 21, "expected a regular expression such as /re/ here in matches( )")]
    [InlineData("a | where matches(b, /(/)", 21, "expected a regular expression of at most 1000 characters")]
    [InlineData("a | where matches(b, /(?=x)/)", 21, "without look-around and back-references")]
    [InlineData("a | where level:loud", 16, "expected a level: trace, debug")]
    [InlineData("a | limit -1", 10, "expected a number of rows but found '-'")]
    [InlineData("a | limit 5 6", 12, "expected '|' or the end of the query but found '6'")]
    [InlineData("a | extend x", 12, "expected '=' after x")]
    [InlineData("a | parse xml", 10, "expected json, logfmt, pattern")]
    [InlineData("a | parse pattern \"<a><b>\"", 18, "expected text between the values of the pattern")]
    [InlineData("a | parse regexp /a/", 17, "expected at least one named group")]
    [InlineData("a | timechart 5x count()", 14, "expected a step such as 5m but found '5x'")]
    [InlineData("a | stats count() | context 5", 20, "expected records in front of context; move it forward")]
    [InlineData("a | where 12abc", 10, "expected a number such as 500, 1.5 or 250ms but found '12abc'")]
    [InlineData("a | where \"b", 12, "expected a closing quote")]
    public void Mistakes_say_where_and_what_was_expected(string text, int position, string message)
    {
        QueryTextResult parsed = QueryText.Parse(text);
        parsed.Plan.ShouldBeNull();
        parsed.Error!.Message.ShouldContain(message);
        parsed.Error.Position.ShouldBe(position);
    }

    [Fact]
    public void Depth_and_length_are_bounded()
    {
        QueryText.Parse("* | where " + new string('(', 5000)).Error!.Message.ShouldContain("300 parts");
        QueryText.Parse("* | where " + string.Concat(Enumerable.Repeat("1+", 4000)) + "1").Error!.Message.ShouldContain("300 parts");
        QueryText.Parse("* | where " + string.Concat(Enumerable.Repeat("not ", 2000)) + "a").Error!.Message.ShouldContain("300 parts");
        QueryText.Parse(new string('a', 10_001)).Error!.Expected.ShouldBe("at most 10000 characters");
    }
}
