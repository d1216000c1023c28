using Tocsin.Query.Logs;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Logs;

public sealed class LogQueryTests
{
    [Theory]
    [InlineData("", "all")]
    [InlineData("  ", "all")]
    [InlineData("*", "all")]
    [InlineData("*:*", "all")]
    [InlineData("timeout", "text has \"timeout\"")]
    [InlineData("connection reset", "(text has \"connection\" and text has \"reset\")")]
    [InlineData("connection AND reset", "(text has \"connection\" and text has \"reset\")")]
    [InlineData("\"connection reset\"", "text has \"connection reset\"")]
    [InlineData("\"say \\\"hi\\\"\"", "text has \"say \"hi\"\"")]
    [InlineData("a OR b c", "(text has \"a\" or (text has \"b\" and text has \"c\"))")]
    [InlineData("a || b && c", "(text has \"a\" or (text has \"b\" and text has \"c\"))")]
    [InlineData("(a OR b) c", "((text has \"a\" or text has \"b\") and text has \"c\")")]
    [InlineData("-a", "not text has \"a\"")]
    [InlineData("NOT a b", "(not text has \"a\" and text has \"b\")")]
    [InlineData("!(a OR b)", "not (text has \"a\" or text has \"b\")")]
    [InlineData("and or not", "(text has \"and\" and text has \"or\" and text has \"not\")")]
    [InlineData("ORDER", "text has \"ORDER\"")]
    [InlineData("api-gateway", "text has \"api-gateway\"")]
    [InlineData("time*", "text like \"time*\"")]
    [InlineData("te?t", "text like \"te?t\"")]
    [InlineData("what?", "text has \"what?\"")]
    [InlineData("2\\*3", "text has \"2*3\"")]
    [InlineData("* a", "text has \"a\"")]
    public void Words_and_phrases(string text, string want) => Printed(text).ShouldBe(want);

    [Theory]
    [InlineData("service:api", "service.name|service has \"api\"")]
    [InlineData("http.route:\"/users/{id}\"", "http.route has \"/users/{id}\"")]
    [InlineData("url:http://x:80/y", "url has \"http://x:80/y\"")]
    [InlineData("path:/api/*", "path like \"/api/*\"")]
    [InlineData("user.id:=Ann", "user.id = \"Ann\"")]
    [InlineData("user.id:=\"Ann Lee\"", "user.id = \"Ann Lee\"")]
    [InlineData("status:>=500", "status >= 500")]
    [InlineData("status:<-1.5", "status < -1.5")]
    [InlineData("status:[500 TO 600}", "(status >= 500 and status < 600)")]
    [InlineData("status:[500 TO *]", "status >= 500")]
    [InlineData("status:in(500, 502,\"504\")", "(status = \"500\" or status = \"502\" or status = \"504\")")]
    [InlineData("service:(api OR web)", "(service.name|service has \"api\" or service.name|service has \"web\")")]
    [InlineData("service:(api -web)", "(service.name|service has \"api\" and not service.name|service has \"web\")")]
    [InlineData("user:*", "user exists")]
    [InlineData("-user:*", "not user exists")]
    [InlineData("Message:x", "@body|message has \"x\"")]
    [InlineData("body:x", "@body|body has \"x\"")]
    [InlineData("host:h", "host.name|host has \"h\"")]
    [InlineData("@body:x", "@body has \"x\"")]
    [InlineData("@mt:x", "@@mt has \"x\"")]
    [InlineData("duration:>500ms", "@duration|duration > 500000000")]
    [InlineData("duration:<1.5s", "@duration|duration < 1500000000")]
    [InlineData("duration:>10", "@duration|duration > 10")]
    [InlineData("a\\:b:c", "a:b has \"c\"")]
    public void Fields(string text, string want) => Printed(text).ShouldBe(want);

    [Theory]
    [InlineData("level:error", "severity 17..20")]
    [InlineData("level:ERROR", "severity 17..20")]
    [InlineData("Severity:\"Warning\"", "severity 13..16")]
    [InlineData("level:>=warn", "severity 13..255")]
    [InlineData("level:>warn", "severity 17..255")]
    [InlineData("level:<warn", "severity 1..12")]
    [InlineData("level:<=warn", "severity 1..16")]
    [InlineData("level:unknown", "severity 0..0")]
    [InlineData("level:18", "severity 18..18")]
    [InlineData("level:(error OR fatal)", "(severity 17..20 or severity 21..24)")]
    [InlineData("level:in(error,fatal)", "(severity 17..20 or severity 21..24)")]
    [InlineData("level:e*", "severity 17..20")]
    [InlineData("level:*", "severity 1..255")]
    [InlineData("trace:0AF7651916CD43DD8448EB211C80319C", "trace 0af7651916cd43dd8448eb211c80319c")]
    [InlineData("span:b7ad6b7169203331", "span b7ad6b7169203331")]
    [InlineData("trace:*", "not trace ")]
    public void Levels_and_ids(string text, string want) => Printed(text).ShouldBe(want);

    [Theory]
    [InlineData("level:error service:api \"connection reset\" -path:\"/health\" duration:>500ms",
        "(severity 17..20 and service.name|service has \"api\" and text has \"connection reset\" "
        + "and not path has \"/health\" and @duration|duration > 500000000)")]
    public void A_whole_line(string text, string want) => Printed(text).ShouldBe(want);

    [Theory]
    [InlineData("(a", 2, "expected a closing bracket ')' but found the end of the query at position 3")]
    [InlineData("a)", 1, "expected a '(' in front of this bracket but found ')' at position 2")]
    [InlineData("\"a", 2, "expected a closing quote '\"' but found the end of the query at position 3")]
    [InlineData("service:", 8, "expected a value after 'service:' but found the end of the query at position 9")]
    [InlineData("service: api", 8, "expected a value after 'service:', without a blank between but found a blank at position 9")]
    [InlineData("a AND", 5,
        "expected a word, a \"phrase\" or field:value but found the end of the query at position 6")]
    [InlineData("OR b", 0, "expected a condition on either side of AND and OR, or the word itself in quotes but found 'OR' at position 1")]
    [InlineData("level:loud", 6,
        "expected a level: trace, debug, info, warn, error, fatal or unknown but found 'loud' at position 7")]
    [InlineData("trace:12", 6, "expected 32 hexadecimal digits but found '12' at position 7")]
    [InlineData("duration:>soon", 9, "expected a duration such as 500ms, 2s or 1.5h but found 'soon' at position 10")]
    [InlineData("took:>5ms", 5,
        "expected a plain number, since units are understood for 'duration' only but found '5ms' at position 6")]
    [InlineData("a:[1 2]", 5, "expected TO between the ends of the range but found '2' at position 6")]
    [InlineData("a:in(1", 6, "expected ',' or the closing bracket ')' of a:in( ) but found the end of the query at position 7")]
    [InlineData("a:in()", 5, "expected a value inside a:in( ) but found ')' at position 6")]
    [InlineData("a | stats count()", 2, "expected a filter without pipes but found '|' at position 3")]
    public void Mistakes_say_where_and_what_was_expected(string text, int position, string message)
    {
        LogQueryResult result = LogQuery.Parse(text);
        result.Predicate.ShouldBeNull();
        result.Error!.Message.ShouldBe(message);
        result.Error.Position.ShouldBe(position);
        message.ShouldContain(result.Error.Expected);
    }

    [Fact]
    public void Brackets_nest_only_so_deep() =>
        LogQuery.Parse(new string('(', 5000) + "a")
            .Error!.Message.ShouldContain("at most 100 brackets inside each other");

    [Fact]
    public void A_query_has_a_longest_length() =>
        LogQuery.Parse(new string('a', LogQuery.MaxLength + 1)).Error!.Expected.ShouldBe("at most 10000 characters");

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Any_text_gives_a_predicate_or_an_error_inside_the_text()
    {
        string[] pieces =
        [
            "a", "level", ":", "=", ">", "<", "(", ")", "[", "]", "{", "}", "\"", "\\", "*", "?", "-", "!", "|",
            "||", "&&", " ", " ",
            "AND", "OR", "NOT", "TO", "in(", ",", "5ms", "é", "\u0000", "trace:", "service:", "duration:", "error",
            ".", "@", "\uD800",
        ];
        var random = FuzzSeed.Random(20260314);
        for (int i = 0; i < 30_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(12))
                .Select(_ => pieces[random.Next(pieces.Length)]));
            LogQueryResult result = LogQuery.Parse(text);
            if (result.Error is { } error)
                error.Position.ShouldBeInRange(0, text.Length, text);
            else
                result.Predicate.ShouldNotBeNull(text);
        }
    }

    private static string Printed(string text)
    {
        LogQueryResult result = LogQuery.Parse(text);
        result.Error?.Message.ShouldBeNull();
        return result.Predicate!.ToString();
    }
}
