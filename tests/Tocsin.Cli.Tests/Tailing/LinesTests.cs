using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Tocsin.Cli.Tailing;
using Tocsin.Testing;

namespace Tocsin.Cli.Tests.Tailing;

/// <summary>What a line is, and which lines belong together.</summary>
public sealed class LinesTests
{
    [Theory]
    [InlineData("{\"a\":1}", "Json")]
    [InlineData("{\"@t\":\"2026-01-01T00:00:00Z\",\"@mt\":\"x\"}", "Clef")]
    [InlineData("{not json}", "Plain")]
    [InlineData("level=info msg=\"a b\" n=1", "Logfmt")]
    [InlineData("a=1", "Plain")]
    [InlineData("<34>Oct 11 22:14:15 mymachine su: x", "Syslog")]
    [InlineData("Mar  4 15:00:00 box app[1]: text", "Syslog")]
    [InlineData("2026-03-14 15:00:00,123 INFO text", "Plain")]
    [InlineData("", "Plain")]
    public void A_format_is_told_by_the_first_line(string line, string format) =>
        LineFormats.Detect(Encoding.UTF8.GetBytes(line)).ToString().ShouldBe(format);

    [Theory]
    [InlineData("2026-03-14T15:00:00.123Z ERROR failed", "2026-03-14T15:00:00.123Z", "ERROR")]
    [InlineData("[2026-03-14 15:00:00,123 +01:00] [warn] x", "2026-03-14 15:00:00.123 +01:00", "warn")]
    [InlineData("2026-03-14 15:00:00.1 +00:00 [INF] x", "2026-03-14 15:00:00.1 +00:00", null)]
    [InlineData("fail: Shop.Orders[0]", null, "fail")]
    [InlineData("nothing of the kind, an error at most", null, null)]
    public void Time_and_level_of_plain_text_are_found(string line, string? time, string? level)
    {
        (string? foundTime, string? foundLevel) = PlainLine.Read(Encoding.UTF8.GetBytes(line));
        foundTime.ShouldBe(time);
        foundLevel.ShouldBe(level ?? (line.Contains("[INF]") ? "INF" : null));
    }

    [Fact]
    public void A_time_without_zone_is_local()
    {
        string time = PlainLine.Read("2026-03-14 15:00:00 x"u8).Time.ShouldNotBeNull();
        DateTimeOffset.Parse(time).ShouldBe(new DateTimeOffset(new DateTime(2026, 3, 14, 15, 0, 0, DateTimeKind.Local)));
    }

    [Theory]
    [InlineData("2026-03-14 15:00:00 one\nException: x\n   at a\n\n2026-03-14 15:00:01 two", "2026-03-14 15:00:00 one/Exception: x/   at a|2026-03-14 15:00:01 two")]
    [InlineData("one\n   at a\nCaused by: b\n\tat c\ntwo", "one/   at a/Caused by: b/\tat c|two")]
    [InlineData("{\"a\":1}\n   at a\n   at b\n{\"a\":2}", "{\"a\":1}|   at a/   at b|{\"a\":2}")]
    public void A_stack_trace_belongs_to_its_record(string text, string records) =>
        string.Join('|', Join(text)).Replace('\n', '/').ShouldBe(records);

    [Fact]
    public void A_trace_without_end_is_cut()
    {
        List<string> records = Join("2026-03-14 15:00:00 one\n" + string.Concat(Enumerable.Repeat($"   at {new string('x', 1000)}\n", 1000)));
        records.Count.ShouldBe(4);
        records.Max(r => r.Length).ShouldBeLessThan(256 << 10);
    }

    [Theory]
    [InlineData("a=1 b=x c=\"q \\\"w\\\" \\n\" d= e f=1.5 g=true h=\"2\" i=007", """{"a":1,"b":"x","c":"q \u0022w\u0022 \n","d":"","e":true,"f":1.5,"g":true,"h":"2","i":"007"}""")]
    [InlineData("a=\"unclosed", null)]
    [InlineData("=1", null)]
    [InlineData("a=\"x\"y", null)]
    [InlineData("", null)]
    public void Logfmt_is_read(string line, string? json)
    {
        IReadOnlyList<(string, string, bool)>? pairs = LogfmtLine.Parse(line);
        (pairs is null).ShouldBe(json is null);
        if (pairs is null)
            return;
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            LogfmtLine.Write(pairs, writer);
            writer.WriteEndObject();
        }
        Encoding.UTF8.GetString(buffer.ToArray()).ShouldBe(json);
    }

    [Fact]
    public void Any_text_becomes_one_line_of_json_that_holds_it()
    {
        Prop.ForAll<NonNull<string>>(text =>
        {
            byte[] bytes = Encoding.UTF8.GetBytes("x " + text.Get);
            byte[] line = RecordText.Encode(bytes, LineFormat.Plain);
            line.ShouldNotContain((byte)'\n');
            JsonDocument.Parse(line).RootElement.GetProperty("message").GetString().ShouldBe(Encoding.UTF8.GetString(bytes));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Any_bytes_become_records_whatever_the_format()
    {
        var mutation = new Mutation(FuzzSeed.Of(61));
        byte[] seed = "{\"@t\":\"2026-01-01T00:00:00Z\",\"@m\":\"x\"}\nlevel=info msg=\"a \\\" b\" n=1\n2026-03-14 15:00:00,123 ERROR x\n   at a\n<34>x\n"u8.ToArray();
        for (int i = 0; i < 5000; i++)
        {
            byte[] bytes = mutation.Of(seed);
            LineFormats.Detect(bytes);
            foreach (LineFormat format in new[] { LineFormat.Json, LineFormat.Clef, LineFormat.Logfmt, LineFormat.Plain })
            {
                var joiner = new LineJoiner();
                foreach (Range part in Split(bytes))
                {
                    byte[] line = bytes[part];
                    if (line.Length > 0)
                        joiner.Add(line, 0, RecordText.IsSingle(line, format), record => JsonText.IsObject(RecordText.Encode(record, format)).ShouldBeTrue());
                }
            }
        }
    }

    private static IEnumerable<Range> Split(byte[] bytes)
    {
        int start = 0;
        for (int i = 0; i <= bytes.Length; i++)
        {
            if (i < bytes.Length && bytes[i] != '\n')
                continue;
            yield return start..i;
            start = i + 1;
        }
    }

    private static List<string> Join(string text)
    {
        var joiner = new LineJoiner();
        List<string> records = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            joiner.Add(Encoding.UTF8.GetBytes(line), 0, RecordText.IsSingle(Encoding.UTF8.GetBytes(line), LineFormat.Json), r => records.Add(Encoding.UTF8.GetString(r)));
        joiner.Flush(r => records.Add(Encoding.UTF8.GetString(r)));
        return records;
    }
}
