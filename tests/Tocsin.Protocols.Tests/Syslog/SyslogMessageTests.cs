using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Tocsin.Model;
using Tocsin.Protocols.Shared;
using Tocsin.Protocols.Syslog;

namespace Tocsin.Protocols.Tests.Syslog;

public sealed class SyslogMessageTests
{
    private readonly LogDecoding _at = new();

    [Fact]
    public void Every_part_of_rfc_5424_is_a_field()
    {
        Row("""<165>1 2026-03-14T15:00:00.123456+01:00 box.example.com shop 1234 ID47 [ex@32473 iut="3" src="A\"p\]p\\l\x"][meta seq="1"][empty] """ + "\uFEFFpayment failed ✗").ShouldBe($$$$"""
            {"time":"1773496800123456000","observed":"{{{{_at.Now}}}}","severity":10,
            "stream":{"host.name":"box.example.com","service.name":"shop"},
            "fields":{"@severity_text":"notice","@body":"payment failed ✗","syslog.facility":"local4","process.pid":1234,"syslog.msg_id":"ID47",
            "syslog.structured_data":{"ex@32473":{"iut":"3","src":"A\"p]p\\l\\x"},"meta":{"seq":"1"},"empty":{} }}}
            """.Replace(" }}}", "}}}").ReplaceLineEndings(""));
    }

    [Theory]
    [InlineData("<34>1 - - - - - -", 21, "", "", "")]
    [InlineData("<34>1 - - - - - - text", 21, "", "", "text")]
    [InlineData("<0>1 2026-03-14T15:00:00Z h a - - - x", 24, "h", "a", "x")]
    [InlineData("<191>1 2026-03-14T15:00:00Z h a p-1 - [a] x", 5, "h", "a", "x")]
    // RFC 3164 and its many relatives.
    [InlineData("<34>Mar 14 15:00:00 mymachine su: 'su root' failed for lonvick on /dev/pts/8", 21, "mymachine", "su", "'su root' failed for lonvick on /dev/pts/8")]
    [InlineData("<13>Mar 14 15:00:00 box app[77]: text: more", 10, "box", "app", "text: more")]
    [InlineData("<13>Mar 14 15:00:00 app[77]: no host", 10, "", "app", "no host")]
    [InlineData("<13>Mar 14 15:00:00 app: no host", 10, "", "app", "no host")]
    [InlineData("<13>Mar 14 15:00:00 2001:db8::1 app: six", 10, "2001:db8::1", "app", "six")]
    [InlineData("<13>Mar  4 15:00:00 box text without tag", 10, "box", "", "text without tag")]
    [InlineData("<13>Mar 14 2026 15:00:00.123: %ASA-6-302013: Built", 10, "", "%ASA-6-302013", "Built")]
    [InlineData("<13>2026-03-14T15:00:00.123456+00:00 box app[77]: rsyslog's forward format", 10, "box", "app", "rsyslog's forward format")]
    [InlineData("<12>python says: hello\0", 13, "", "", "python says: hello")]
    [InlineData("<13>app[12]: nothing but a tag\n", 10, "", "app", "nothing but a tag")]
    [InlineData("no priority at all", 0, "", "", "no priority at all")]
    [InlineData("<192>too large", 0, "", "", "<192>too large")]
    [InlineData("<>", 0, "", "", "<>")]
    [InlineData("<13>", 10, "", "", "")]
    [InlineData("<13>1 2026-99-14T15:00:00Z h a - - - broken", 10, "", "", "1 2026-99-14T15:00:00Z h a - - - broken")]
    [InlineData("<13>1 - h a - - [broken text", 10, "", "", "1 - h a - - [broken text")]
    [InlineData("<13>Foo 14 15:00:00 box app: text", 10, "", "", "Foo 14 15:00:00 box app: text")]
    public void Whatever_is_sent_becomes_a_record(string frame, int severity, string host, string app, string text)
    {
        JsonNode row = JsonNode.Parse(Row(frame))!;
        ((int)row["severity"]!).ShouldBe(severity);
        ((string?)row["stream"]!["host.name"] ?? "").ShouldBe(host.Length > 0 ? host : "10.0.0.9");
        ((string?)row["stream"]!["service.name"] ?? "").ShouldBe(app);
        ((string)row["fields"]!["@body"]!).ShouldBe(text);
    }

    [Theory]
    [InlineData("<13>Mar 14 15:00:00 a: x", "2026-03-14T15:00:00Z", "UTC", "2026-03-14T15:09:26Z")]
    [InlineData("<13>Mar 14 15:00:00.25 a: x", "2026-03-14T15:00:00.25Z", "UTC", "2026-03-14T15:09:26Z")]
    [InlineData("<13>Dec 31 23:59:59 a: x", "2025-12-31T23:59:59Z", "UTC", "2026-01-01T00:00:05Z")]
    [InlineData("<13>Jan  1 00:00:03 a: x", "2026-01-01T00:00:03Z", "UTC", "2025-12-31T23:59:59Z")]
    [InlineData("<13>Feb 29 12:00:00 a: x", "2028-02-29T12:00:00Z", "UTC", "2028-03-01T00:00:00Z")]
    [InlineData("<13>Mar 14 16:00:00 a: x", "2026-03-14T15:00:00Z", "Europe/Berlin", "2026-03-14T15:09:26Z")]
    [InlineData("<13>Jul 14 16:00:00 a: x", "2026-07-14T14:00:00Z", "Europe/Berlin", "2026-07-14T15:09:26Z")]
    [InlineData("<13>Mar 14 2019 16:00:00 a: x", "2019-03-14T16:00:00Z", "UTC", "2026-03-14T15:09:26Z")]
    public void A_time_without_year_and_zone_is_the_nearest_one(string frame, string expected, string zone, string now)
    {
        SyslogMessage message = SyslogMessage.Parse(
            Encoding.UTF8.GetBytes(frame), new SyslogClock(Instant.From(DateTimeOffset.Parse(now)), TimeZoneInfo.FindSystemTimeZoneById(zone)));
        message.UnixNanos.ShouldBe((ulong)Instant.From(DateTimeOffset.Parse(expected)).UnixNanos);
    }

    [Fact]
    public void Without_a_time_it_is_the_time_of_arrival() => Row("<13>1 - h a - - - x").ShouldStartWith($"{{\"time\":\"{_at.Now}\"");

    [Fact]
    public void Any_structured_data_comes_back()
    {
        Prop.ForAll<NonNull<string>, NonNull<string>>((a, b) =>
        {
            string one = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(a.Get)), two = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(b.Get));
            JsonNode data = JsonNode.Parse(Row($"<13>1 - h a - - [id@1 one=\"{Escape(one)}\" two=\"{Escape(two)}\"] end"))!["fields"]!;
            ((string)data["@body"]!).ShouldBe("end");
            ((string)data["syslog.structured_data"]!["id@1"]!["one"]!).ShouldBe(one);
            ((string)data["syslog.structured_data"]!["id@1"]!["two"]!).ShouldBe(two);
        }).QuickCheckThrowOnFailure();

        static string Escape(string value) => value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("]", "\\]");
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void It_survives_damage() => LogFuzz.Run(
        () => (body, writer) =>
        {
            var record = new SyslogRecord([], TimeZoneInfo.Utc, writer);
            record.Write(body, "10.0.0.9"u8);
            return SyslogProtocol.Decode(body, writer, [], new LineErrors());
        },
        [
            Encoding.UTF8.GetBytes("<165>1 2026-03-14T15:00:00.123456+01:00 box shop 1234 ID47 [ex@32473 iut=\"3\" src=\"A\\\"p\\]p\"][meta a=\"1\"] \uFEFFtext ✗"),
            Encoding.UTF8.GetBytes("<34>Mar  4 15:00:00 mymachine su[12]: failed"),
            Encoding.UTF8.GetBytes("<34>Mar 14 2026 15:00:00.123: %ASA-6-302013: Built"),
            Encoding.UTF8.GetBytes("<34>2026-03-14T15:00:00.123456+00:00 box app[77]: text"),
        ], 41).Totals.Stored.ShouldBeGreaterThan(1000);

    private string Row(string frame) => _at.Rows(
        (body, writer) =>
        {
            new SyslogRecord([], TimeZoneInfo.Utc, writer).Write(body, "10.0.0.9"u8);
            return null;
        },
        frame).Single();
}
