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
    [InlineData("a | limit -1", 10, "expected a number of rows but found '-1'")]
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

    [Theory]
    [InlineData("* | stats count() group by service", "',', 'as', 'by', '|' or the end of the query but found 'group' at position 19")]
    [InlineData("* | stats count by service", "'(' after count, as in count() but found 'by' at position 17")]
    [InlineData("* | stats count() service", "',', 'as', 'by', '|' or the end of the query but found 'service' at position 19")]
    [InlineData("* | stats count(), by service", "{functions} but found 'by' at position 20")]
    [InlineData("* | stats count() by", "a field or an expression but found the end of the query at position 21")]
    [InlineData("* | stats count() by service sort -count", "'|' in front of sort but found 'sort' at position 30")]
    [InlineData("* | stats avg(duration by service", "',' or the closing bracket ')' of avg( ) but found 'by' at position 24")]
    [InlineData("* | stat count()", "stats, or {verbs} but found 'stat' at position 5")]
    [InlineData("* | count() by service", "stats in front of functions, or {verbs} but found 'count' at position 5")]
    [InlineData("* | service:shop", "where in front of a condition, or {verbs} but found 'service' at position 5")]
    [InlineData("AND level:error", "a condition on either side of AND and OR, or the word itself in quotes but found 'AND' at position 1")]
    [InlineData("level:error OR OR level:warn", "a condition on either side of AND and OR, or the word itself in quotes but found 'OR' at position 16")]
    [InlineData("level:error) service:shop", "a '(' in front of this bracket but found ')' at position 12")]
    [InlineData("service: shop", "a value after 'service:', without a blank between but found a blank at position 9")]
    [InlineData("status:[400 599]", "TO between the ends of the range but found '599' at position 13")]
    [InlineData("status:in(500,502", "',' or the closing bracket ')' of status:in( ) but found the end of the query at position 18")]
    [InlineData("* | where status === 500", "a comparison: ==, !=, <, <=, > or >= but found '===' at position 18")]
    [InlineData("* | where status => 500", "a comparison: ==, !=, <, <=, > or >= but found '=>' at position 18")]
    [InlineData("* | where status >= 500 level:error", "'and', 'or', a comparison such as '==', '|' or the end of the query but found 'level' at position 25")]
    [InlineData("* | where message contains \"foo\"", "'and', 'or', a comparison such as '==', '|' or the end of the query; contains is a function: contains(x, …) but found 'contains' at position 19")]
    [InlineData("* | where status in 200, 500", "'(' after in but found '200' at position 21")]
    [InlineData("* | where status > 500)", "a '(' in front of this bracket but found ')' at position 23")]
    [InlineData("* | where len(message > 5", "',' or the closing bracket ')' of len( ) but found the end of the query at position 26")]
    [InlineData("* | timechart count() span=5m", "the span in front of the functions, as in timechart span=5m count() but found 'span' at position 23")]
    [InlineData("* | timechart span 5m count()", "'=' after span but found '5m' at position 20")]
    [InlineData("* | top service limit 5", "'|' in front of limit but found 'limit' at position 17")]
    [InlineData("* | sort", "a field to sort by, such as time or -count but found the end of the query at position 9")]
    [InlineData("* | sort count descending", "',', 'asc', 'desc', '|' or the end of the query but found 'descending' at position 16")]
    [InlineData("* | limit -5", "a number of rows but found '-5' at position 11")]
    [InlineData("* | head -n 5", "a number of rows but found '-n' at position 10")]
    [InlineData("* | fields service message", "',', 'as', '|' or the end of the query but found 'message' at position 20")]
    [InlineData("* | extend ms / 1000", "'=' after ms, as in slow = ms > 500 but found '/' at position 15")]
    [InlineData("* | extend a == 3", "'=' after a, as in slow = ms > 500 but found '==' at position 14")]
    [InlineData("* | parse json from 'a' 'b'", "'from', '|' or the end of the query but found ''b'' at position 25")]
    [InlineData("* | parse xml", "json, logfmt, pattern \"<name> …\" or regexp /(?<name>…)/ but found 'xml' at position 11")]
    [InlineData("* | patterns service", "'by', '|' or the end of the query but found 'service' at position 14")]
    [InlineData("* | stats count() as \"n\"", "a name after as, without quotes or in backticks but found '\"n\"' at position 22")]
    [InlineData("* | stats sum(ms) / count()", "',', 'as', 'by', '|' or the end of the query; extend behind it computes with its columns but found '/' at position 19")]
    [InlineData("* | where matches(message, \"abc\")", "a regular expression such as /re/ here in matches( ) but found '\"abc\"' at position 28")]
    [InlineData("* | where matches(message, /(a/)", "a regular expression of at most 1000 characters without look-around and back-references but found '(a', which is none: Not enough )'s at its character 3 at position 28")]
    [InlineData("* | where lowr(a) == 1", "lower, or a function such as if, lower, bin or tonumber but found 'lowr' at position 11")]
    public void A_mistake_names_the_whole_word_its_place_and_what_was_expected(string text, string sentence)
    {
        const string Verbs = "a verb: where, stats, timechart, top, facets, sort, limit, fields, extend, parse, patterns, dedup, context";
        const string Functions = "a function such as count, distinct, sum, avg, min, max, stddev, first, last, values, rate, percentile or p95";
        string found = QueryText.Parse(text).Error!.Message;
        found.ShouldBe("expected " + sentence.Replace("{verbs}", Verbs).Replace("{functions}", Functions));
    }

    [Theory]
    [InlineData("a | limit \"a very long text, much longer than anybody wants to see again\"", "'\"a very long text, much longer than anyb…'")]
    [InlineData("a | limit grüße", "'grüße'")]
    [InlineData("a | limit \ud83d\ude00", "'\ud83d\ude00'")]
    [InlineData("a | limit `x y`", "'`x y`'")]
    [InlineData("a | limit &&b", "'&&'")]
    public void What_was_found_is_a_whole_sign_or_text_cut_when_it_is_long(string text, string found) =>
        QueryText.Parse(text).Error!.Message.ShouldBe($"expected a number of rows but found {found} at position 11");

    [Fact]
    public void Depth_and_length_are_bounded()
    {
        QueryText.Parse("* | where " + new string('(', 5000)).Error!.Message.ShouldContain("300 parts");
        QueryText.Parse("* | where " + string.Concat(Enumerable.Repeat("1+", 4000)) + "1").Error!.Message.ShouldContain("300 parts");
        QueryText.Parse("* | where " + string.Concat(Enumerable.Repeat("not ", 2000)) + "a").Error!.Message.ShouldContain("300 parts");
        QueryText.Parse(new string('a', 10_001)).Error!.Expected.ShouldBe("at most 10000 characters");
    }
}
