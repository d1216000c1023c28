using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Tocsin.Protocols.Seq;

namespace Tocsin.Protocols.Tests.Seq;

public sealed class SeqDecodingTests
{
    private readonly LogDecoding _at = new();
    private readonly SeqDecoder _decoder = new([]);

    [Fact]
    public void A_clef_event_becomes_a_record()
    {
        string row = Clef("""
            {"@t":"2026-03-14T15:00:00.1234567Z","@mt":"Order {OrderId} of {User} took {Elapsed:000} ms","@l":"Warning","@i":"a1b2",
            "@r":["007"],"@tr":"0af7651916cd43dd8448eb211c80319c","@sp":"00f067aa0ba902b7","@x":"System.InvalidOperationException: card declined\n   at Shop.Pay()",
            "@ra":{"deployment.environment.name":"prod"},"@@version":"v1","@new":1,
            "OrderId":42,"User":"zoe ✗","Elapsed":7.4,"Cart":{"$type":"Cart","Items":[1,"b"]},"Application":"shop","MachineName":"box","SourceContext":"Shop.Orders"}
            """.ReplaceLineEndings("")).Single();
        row.ShouldBe($$$"""
            {"time":"1773500400123456700","observed":"{{{_at.Now}}}","severity":13,
            "trace":"0af7651916cd43dd8448eb211c80319c","span":"00f067aa0ba902b7",
            "stream":{"deployment.environment.name":"prod","service.name":"shop","host.name":"box","@scope.name":"Shop.Orders"},
            "fields":{"@severity_text":"Warning","@body":"Order 42 of zoe ✗ took 007 ms",
            "log.record.template":"Order {OrderId} of {User} took {Elapsed:000} ms","log.record.event_type":"a1b2",
            "exception.type":"System.InvalidOperationException","exception.message":"card declined",
            "exception.stacktrace":"System.InvalidOperationException: card declined\n   at Shop.Pay()",
            "@@version":"v1","@@new":1,"OrderId":42,"User":"zoe ✗","Elapsed":7.4,
            "Cart":{"$type":"Cart","Items":[1,"b"]},"Application":"shop","MachineName":"box","SourceContext":"Shop.Orders"}}
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public void Both_formats_give_the_same_record()
    {
        string clef = Clef("""{"@t":"2026-03-14T15:00:00Z","@mt":"Hi {Name}","@l":"Error","@x":"E: x","@tr":"0af7651916cd43dd8448eb211c80319c","Name":"zoe"}""").Single();
        string raw = _at.Rows(new SeqDecoder([]).Raw, """
            {"Events":[{"Properties":{"Name":"zoe"},"Timestamp":"2026-03-14T15:00:00Z","MessageTemplate":"Hi {Name}","Level":"Error","Exception":"E: x","TraceId":"0af7651916cd43dd8448eb211c80319c"}]}
            """).Single();
        raw.ShouldBe(clef);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("{a} {b} {c} {d} {e} {missing}", "text 1 2.5 true {\"x\":[1]} {missing}")]
    [InlineData("{@a} {$a} {0}", "text text zero")]
    [InlineData("{{a}} {{{a}}} }}{{", "{a} {text} }{")]
    [InlineData("[{b,5}] [{b,-5}] [{a,2}]", "[    1] [1    ] [text]")]
    [InlineData("{b:000} {c:0.00} {c:F1} {b:X4} {b,6:000}", "001 2.50 2.5 0001    001")]
    [InlineData("{b:D999999999} {c:Q} {a:u3}", "1 2.5 text")]
    [InlineData("{ a } {a b} {} {a", "{ a } {a b} {} {a")]
    [InlineData("{b,999999999}", "{b,999999999}")]
    [InlineData("✗{a}✗", "✗text✗")]
    public void A_template_is_rendered(string template, string message)
    {
        var line = new JsonObject { ["@mt"] = template };
        foreach ((string name, string value) in new[] { ("a", "\"text\""), ("b", "1"), ("c", "2.5"), ("d", "true"), ("e", "{\"x\":[1]}"), ("0", "\"zero\"") })
            line[name] = JsonNode.Parse(value);
        Body(Clef(line.ToJsonString()).Single()).ShouldBe(message);
    }

    [Fact]
    public void The_clients_renderings_are_taken_in_order()
    {
        Body(Clef("""{"@mt":"{d:yyyy} {n} {x:0} {y:0}","@r":["2026","one"],"d":"2026-03-14","n":5,"x":1,"y":2}""").Single()).ShouldBe("2026 5 one 2");
    }

    [Fact]
    public void A_given_message_wins_and_no_level_is_information()
    {
        string row = Clef("""{"@m":"given","@mt":"t {a}"}""").Single();
        row.ShouldContain("\"severity\":9,");
        row.ShouldContain("\"@body\":\"given\",\"log.record.template\":\"t {a}\"");
    }

    [Fact]
    public void Bad_events_are_counted_and_told_and_the_others_are_stored()
    {
        Clef("{\"@m\":\"ok\"}\n\nx\n{\"@t\":\"soon\"}\n{\"@t\":5}\n{\"@t\":\"1999-01-01T00:00:00Z\"}\n{\"@m\":\"ok\"} {}").Count.ShouldBe(1);
        _decoder.Errors.First.Select(e => (e.Line, e.Reason, e.Why)).ShouldBe(
        [
            (3, "malformed", "not a JSON object"), (4, "malformed", "the time is not ISO 8601"), (5, "malformed", "expected text"),
            (6, "too_old", "the record is older than the retention"), (7, "malformed", _decoder.Errors.First[4].Why),
        ]);
        _at.ShouldBalance();
    }

    [Theory]
    [InlineData("{\"Events\":{}}")]
    [InlineData("{\"@t\":\"2026-03-14T15:00:00Z\"}")]
    [InlineData("[]")]
    [InlineData("{\"Events\":[}")]
    [InlineData("{\"Events\":[]} x")]
    [InlineData("nonsense")]
    public void What_is_not_raw_events_is_refused_whole(string body) =>
        _at.Decode(_decoder.Raw, Encoding.UTF8.GetBytes(body)).Problem.ShouldNotBeNull().ShouldContain("clef");

    [Fact]
    public void Any_property_comes_back_and_stands_in_the_message()
    {
        Prop.ForAll<NonNull<string>, long>((text, number) =>
        {
            string value = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Get));
            var line = new JsonObject { ["@mt"] = "<{p}|{n}>", ["p"] = value, ["n"] = number };
            JsonNode fields = JsonNode.Parse(Clef(line.ToJsonString()).Single())!["fields"]!;
            ((string)fields["p"]!).ShouldBe(value);
            ((string)fields["@body"]!).ShouldBe($"<{value}|{number}>");
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_template_cannot_be_made_a_bomb()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        string template = string.Concat(Enumerable.Repeat("{a}", 100_000));
        string members = string.Concat(Enumerable.Range(0, 100_000).Select(i => $",\"m{i}\":{i}"));
        _ = Clef($"{{\"@mt\":\"{template}\",\"a\":\"{new string('x', 200_000)}\"{members}}}");
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(3));
        _at.ShouldBalance();
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Clef_survives_damage() => LogFuzz.Run(
        () => new SeqDecoder([("service.name"u8.ToArray(), "x"u8.ToArray())]).Clef,
        [
            Encoding.UTF8.GetBytes("""
                {"@t":"2026-03-14T15:00:00.1Z","@mt":"Order {OrderId,5} of {@User:l} {{x}} {E:0.0}","@l":"Warning","@r":["a"],"@x":"A.B: c\n at","@ra":{"a":1},"@@v":1,"OrderId":42,"User":{"a":[1,"\u00e9"]},"E":1.5,"Application":"s"}
                {"@t":"2026-03-14T15:00:00+01:00","@m":"x","@tr":"0af7651916cd43dd8448eb211c80319c","@i":5}
                """),
        ], 31).Totals.Stored.ShouldBeGreaterThan(1000);

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Raw_events_survive_damage() => LogFuzz.Run(
        () => new SeqDecoder([]).Raw,
        [
            Encoding.UTF8.GetBytes("""
                {"Events":[{"Timestamp":"2026-03-14T15:00:00Z","Level":"Error","MessageTemplate":"a {b:0} {{","Exception":"x","EventType":3,"Properties":{"b":1.5,"c":[{}]}},{"Properties":{}}]}
                """),
        ], 32).Totals.Stored.ShouldBeGreaterThan(100);

    private static string Body(string row) => (string)JsonNode.Parse(row)!["fields"]!["@body"]!;

    private IReadOnlyList<string> Clef(string body) => _at.Rows(_decoder.Clef, body);
}
