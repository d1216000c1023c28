using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Tocsin.Ingest;
using Tocsin.Protocols.JsonLines;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Tests.JsonLines;

public sealed class JsonLinesDecodingTests
{
    private readonly LogDecoding _at = new();
    private JsonLinesDecoder _decoder = Decoder("");

    [Fact]
    public void A_line_becomes_a_record_with_every_type_kept()
    {
        string row = Rows("""
            {"timestamp":"2026-03-14T15:00:00.000000001Z","level":"Warning","message":"slow ✗","n":1,"big":9223372036854775807,
            "huge":123456789012345678901234567890,"d":1.5,"e":1e3,"inf":1e999,"yes":true,"no":null,"list":[1,"a",{"b":[]}],
            "user":{"id":"u1","tags":{"x":2}},"trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"00f067aa0ba902b7",
            "service":"shop","host.name":"box","password":"p"}
            """.ReplaceLineEndings("")).Single();
        row.ShouldBe($$$"""
            {"time":"1773500400000000001","observed":"{{{_at.Now}}}","severity":13,
            "trace":"0af7651916cd43dd8448eb211c80319c","span":"00f067aa0ba902b7",
            "stream":{"service.name":"shop","host.name":"box"},
            "fields":{"@severity_text":"Warning","@body":"slow ✗","n":1,"big":"9223372036854775807",
            "huge":"123456789012345678901234567890","d":1.5,"e":1000,"inf":"1e999","yes":true,"no":null,
            "list":[1,"a",{"b":[]}],"user":{"id":"u1","tags":{"x":2}},"service":"shop","password":"[REDACTED]"}}
            """.ReplaceLineEndings(""));
    }

    [Theory]
    [InlineData("{\"time\":\"2026-03-14T15:00:00Z\"}", "1773500400000000000")]
    [InlineData("{\"ts\":1773500400.5}", "1773500400500000000")]
    [InlineData("{\"Timestamp\":\"1773500400500\"}", "1773500400500000000")]
    [InlineData("{\"@timestamp\":\"2026-03-14T15:00:00Z\",\"time\":\"2026-03-14T16:00:00Z\"}", "1773504000000000000")]
    [InlineData("{\"x\":1}", "1773500966000000000")]
    [InlineData("{\"time\":\"soon\"}", "1773500966000000000")]
    public void The_time_is_found_under_its_usual_names(string line, string nanos) => Rows(line).Single().ShouldStartWith($"{{\"time\":\"{nanos}\"");

    [Theory]
    [InlineData("\"level\":\"error\"", 17)]
    [InlineData("\"LEVEL\":\"ERROR\"", 17)]
    [InlineData("\"severity\":\"WARNING\"", 13)]
    [InlineData("\"lvl\":\"dbug\"", 5)]
    [InlineData("\"log.level\":\"fatal\"", 21)]
    [InlineData("\"level\":30", 9)]
    [InlineData("\"level\":3", 17)]
    [InlineData("\"level\":\"odd\"", 0)]
    [InlineData("\"level\":{}", 0)]
    public void The_level_is_a_word_or_a_number(string member, int severity) => Rows($"{{{member}}}").Single().ShouldContain($"\"severity\":{severity},");

    [Fact]
    public void A_name_with_dots_is_that_of_a_member_inside_others()
    {
        _decoder = Decoder("?time=event.created&message=event.reason.text");
        Rows("""{"event":{"created":"2026-03-14T15:00:00Z","reason":{"text":"door left open"}},"log":{"level":"error"},"service":{"name":"gate"}}""")
            .Single().ShouldBe($$$$"""
                {"time":"1773500400000000000","observed":"{{{{_at.Now}}}}","severity":17,"stream":{"service.name":"gate"},
                "fields":{"@severity_text":"error","@body":"door left open",
                "event":{"created":"2026-03-14T15:00:00Z","reason":{"text":"door left open"}},"log":{"level":"error"},"service":{"name":"gate"}}}
                """.ReplaceLineEndings(""));
    }

    [Fact]
    public void An_outer_member_of_the_name_is_trusted_like_an_inner_one_and_the_first_wins()
    {
        Rows("""{"log":{"level":"error"},"log.level":"debug"}""").Single().ShouldContain("\"severity\":17,");
        Rows("""{"level":"info","log":{"level":"error"}}""").Single().ShouldContain("\"severity\":9,");
    }

    [Fact]
    public void Names_longer_than_any_asked_for_are_only_attributes()
    {
        string deep = string.Concat(Enumerable.Repeat("{\"abcdefghij\":", 14)) + "{\"level\":\"error\"}" + new string('}', 14);
        Rows(deep).Single().ShouldContain("\"severity\":0,");
        Rows($"{{\"{new string('n', 200)}\":{{\"level\":\"error\"}}}}").Single().ShouldContain("\"severity\":0,");
    }

    [Fact]
    public void Nothing_that_is_not_understood_is_lost()
    {
        Rows("""{"time":"soon","level":30,"message":{"a":1},"log":"text","trace_id":"short","span_id":1234567890123456}""").Single()
            .ShouldContain("""fields":{"@body":"text","time":"soon","level":30,"message":{"a":1},"trace_id":"short","span_id":1234567890123456}""");
    }

    [Fact]
    public void The_client_names_the_members()
    {
        _decoder = Decoder("?time=when&message=what,text&_level_field=how&stream=region,zone&service=app&resource.env=prod&resource.host.name=box");
        IReadOnlyList<string> rows = Rows("""
            {"when":"2026-03-14T15:00:00Z","text":[1],"how":"info","region":"eu","zone":{"a":1},"app":"shop","time":"x","host":"y"}
            {"when":"2026-03-14T15:00:00Z","what":"two","text":"one","region":"us"}
            """);
        rows[0].ShouldEndWith(""""severity":9,"stream":{"env":"prod","host.name":"box","region":"eu","zone":{"a":1},"service.name":"shop"},"fields":{"@severity_text":"info","@body":[1],"app":"shop","time":"x","host":"y"}}"""");
        rows[1].ShouldEndWith(""""stream":{"env":"prod","host.name":"box","region":"us"},"fields":{"@body":"two","text":"one"}}"""");
    }

    [Fact]
    public void A_named_time_that_cannot_be_read_is_an_error()
    {
        _decoder = Decoder("?time=when");
        Rows("{\"when\":\"soon\"}\n{\"other\":1}").Count.ShouldBe(1);
        _decoder.Errors.First.ShouldBe([new LineError(1, "malformed", "the time cannot be read")]);
    }

    [Fact]
    public void Bad_lines_are_counted_and_told_and_the_others_are_stored()
    {
        Rows($"\uFEFF{{\"a\":1}}\r\n\n  nonsense\n{{\"a\":}}\n{{\"a\":1}} x\n[1]\n{{\"ts\":1}}\n{{\"ts\":{long.MaxValue}}}\n \t \n{{\"a\":2}}").Count.ShouldBe(2);
        _decoder.Errors.First.Select(e => (e.Line, e.Reason)).ShouldBe(
            [(3, "malformed"), (4, "malformed"), (5, "malformed"), (6, "malformed"), (7, "too_old"), (8, "in_future")]);
        _decoder.Errors.First[1].Why.ShouldStartWith("not JSON: '}' is an invalid start of a value");
        _at.Totals.Received.ShouldBe(8);
        _at.ShouldBalance();
    }

    [Fact]
    public void An_array_is_taken_like_lines()
    {
        Rows(" [ {\"a\":1}, {\"a\":[{}]} ,3] ").Count.ShouldBe(2);
        _decoder.Errors.First.Single().Line.ShouldBe(3);
        _at.Decode(Decoder("").Decode, "[{\"a\":1},"u8).Problem.ShouldNotBeNull().ShouldStartWith("the body is not a JSON array");
        _at.Decode(Decoder("").Decode, "[] x"u8).Problem.ShouldNotBeNull();
        _at.ShouldBalance();
    }

    [Fact]
    public void Neighbours_with_the_same_fields_share_one_resource()
    {
        _decoder = Decoder("?stream=a,b");
        Rows("""
            {"a":"1","b":"2"}
            {"b":"2","a":"1"}
            {"a":"12"}
            {"a":"1","b":"2"}
            """).Select(r => r[(r.IndexOf("\"stream\"", StringComparison.Ordinal) + 9)..r.IndexOf(",\"fields\"", StringComparison.Ordinal)]).ShouldBe(
            ["""{"a":"1","b":"2"}""", """{"b":"2","a":"1"}""", """{"a":"12"}""", """{"a":"1","b":"2"}"""]);
    }

    [Fact]
    public void Any_object_comes_back_as_it_was()
    {
        Prop.ForAll<NonNull<string>, long, NormalFloat>((text, whole, real) =>
        {
            string value = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Get));
            string key = $"n\"ü\\{whole}";
            var line = new JsonObject { ["x"] = new JsonObject { [key] = value, ["whole"] = whole, ["real"] = new JsonArray(real.Get, value) } };
            string row = Rows(line.ToJsonString()).Single();
            JsonNode stored = JsonNode.Parse(row)!["fields"]!["x"]!;
            ((string)stored[key]!).ShouldBe(value);
            ((long)stored["whole"]!).ShouldBe(whole);
            ((double)stored["real"]![0]!).ShouldBe(real.Get);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_flood_of_nonsense_costs_a_bounded_time()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Rows(string.Concat(Enumerable.Repeat("{\n", 2_000_000))).ShouldBeEmpty();
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
        _at.Totals.Rejected["malformed"].ShouldBe(2_000_000);
    }

    [Fact]
    public void A_line_past_any_record_is_not_even_read()
    {
        Rows("{\"a\":\"" + new string('x', 5 << 20) + "\"}\n{\"a\":1}").Count.ShouldBe(1);
        _decoder.Errors.First.Single().Reason.ShouldBe("record_too_large");
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void It_survives_damage()
    {
        byte[][] seeds =
        [
            Encoding.UTF8.GetBytes("""
                {"time":"2026-03-14T15:00:00Z","level":"warn","message":"m ✗ \u00e9","a":{"b":[1,2.5,null,"\ud83d\ude00"]},"trace_id":"0af7651916cd43dd8448eb211c80319c"}
                {"ts":1773500400.5,"lvl":30,"msg":"x","service":"s","host":"h","password":"p"}
                """),
            Encoding.UTF8.GetBytes("""[{"@timestamp":1773500400123,"log":"x"},{"a":[[[{}]]]}]"""),
        ];
        LogFuzz.Run(() => Decoder("?stream=a,service").Decode, seeds, 21).Totals.Stored.ShouldBeGreaterThan(1000);
    }

    private IReadOnlyList<string> Rows(string body) => _at.Rows(_decoder.Decode, body);

    private static JsonLinesDecoder Decoder(string query) =>
        new(FieldMap.Read(new QueryCollection(QueryHelpers.ParseQuery(query))));
}
