using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tocsin.Protocols.Loki;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Tests.Loki;

public sealed class LokiDecodingTests
{
    private readonly LogDecoding _at = new();

    [Fact]
    public void Labels_are_the_resource_and_metadata_are_attributes()
    {
        string row = _at.Rows(LokiJson.Decode, $$$"""
            {"streams":[{"values":[["{{{_at.Now - 1}}}","line \"1\" ✗",{"user":"zoe","level":"warn",
              "trace_id":"0AF7651916cd43dd8448eb211c80319c","span_id":"00f067aa0ba902b7"}]],
              "stream":{"app":"shop","hostname":"box","level":"info"}}]}
            """).ShouldHaveSingleItem();
        row.ShouldBe(
            $"{{\"time\":\"{_at.Now - 1}\",\"observed\":\"{_at.Now}\",\"severity\":13,"
            + """
                "trace":"0af7651916cd43dd8448eb211c80319c","span":"00f067aa0ba902b7",
                """ + """
                "stream":{"service.name":"shop","host.name":"box","app":"shop","hostname":"box","level":"info"},
                """ + """
                "fields":{"@body":"line \"1\" ✗","user":"zoe","level":"warn"}}
                """);
    }

    [Fact]
    public void Both_encodings_give_the_same_rows()
    {
        (string Name, string Value)[] labels = [("app", "shop \"1\""), ("level", "error"), ("ünï", "ö\\n")];
        SomeEntry[] entries = [new(_at.Now - 5, "first", [("a", "1")]), new(_at.Now, "", []), new(0, "no time", [("trace_id", "no id")])];
        _at.Rows(LokiProto.Decode, LokiBodies.Proto(labels, entries))
            .ShouldBe(_at.Rows(LokiJson.Decode, LokiBodies.Json(labels, entries)));
    }

    [Fact]
    public void Any_labels_and_lines_come_through_in_both_encodings()
    {
        Prop.ForAll<NonNull<string>, NonNull<string>>((value, line) =>
        {
            string text = value.Get.Replace("\0", "");
            // A lone surrogate has no UTF-8 form; encoders write U+FFFD.
            text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            string body = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(line.Get));
            (string, string)[] labels = [("tag", text)];
            string proto = _at.Rows(LokiProto.Decode, LokiBodies.Proto(labels, new SomeEntry(_at.Now, body, []))).Single();
            string json = _at.Rows(LokiJson.Decode, LokiBodies.Json(labels, new SomeEntry(_at.Now, body, []))).Single();
            proto.ShouldBe(json);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("""{a="1",b="2"}""", "\"a\":\"1\",\"b\":\"2\"")]
    [InlineData("""{ a = "1" , }""", "\"a\":\"1\"")]
    [InlineData("{}", "")]
    [InlineData("{a=`raw\\n`}", "\"a\":\"raw\\\\n\"")]
    [InlineData("""{a="\x41\101\u0042\U000000f6\t\""}""", "\"a\":\"AABö\\t\\\"\"")]
    public void Labels_are_quoted_as_in_go(string labels, string stream)
    {
        byte[] body = Proto.Nested(1, Proto.Text(1, labels), Proto.Nested(2, Proto.Text(2, "x")));
        _at.Rows(LokiProto.Decode, body).Single().ShouldContain($"\"stream\":{{{stream}}}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("a=\"1\"")]
    [InlineData("{a=1}")]
    [InlineData("{a=\"1}")]
    [InlineData("{a=\"1\" b=\"2\"}")]
    [InlineData("{=\"1\"}")]
    [InlineData("{a=\"\\q\"}")]
    [InlineData("{a=\"\\x4\"}")]
    [InlineData("{a=\"\\400\"}")]
    public void A_stream_with_unreadable_labels_loses_its_entries_and_no_others(string labels)
    {
        byte[] body =
        [
            .. Proto.Nested(1, Proto.Text(1, labels), Proto.Nested(2, Proto.Text(2, "x")), Proto.Nested(2, Proto.Text(2, "y"))),
            .. Proto.Nested(1, Proto.Text(1, "{app=\"good\"}"), Proto.Nested(2, Proto.Text(2, "z"))),
        ];
        _at.Rows(LokiProto.Decode, body).Single().ShouldContain("\"service.name\":\"good\"");
        _at.Totals.Rejected["malformed"].ShouldBe(2);
        _at.ShouldBalance();
    }

    [Theory]
    [InlineData("""{"streams":[{"stream":{},"values":[[1700000000000000000,"number"]]}]}""")]
    [InlineData("""{"streams":[{"stream":{},"values":[["x","line"]]}]}""")]
    [InlineData("""{"streams":[{"stream":{},"values":[["1"]]}]}""")]
    [InlineData("""{"streams":[{"stream":{},"values":[["1","line","metadata"]]}]}""")]
    [InlineData("""{"streams":[{"stream":{"a":1},"values":[]}]}""")]
    [InlineData("""{"streams":[]""")]
    [InlineData("""[]""")]
    [InlineData("""{"streams":[]} x""")]
    [InlineData("")]
    public void What_is_not_a_push_request_is_refused_whole(string body)
    {
        (IReadOnlyList<string> rows, string? problem) = _at.Decode(LokiJson.Decode, Encoding.UTF8.GetBytes(body));
        (rows.Count, problem).ShouldSatisfyAllConditions(p => p.Count.ShouldBe(0), p => p.problem.ShouldNotBeNull());
        _at.ShouldBalance();
    }

    [Fact]
    public void Times_beyond_all_bounds_are_rejected_and_not_wrapped()
    {
        byte[] body = Proto.Nested(1, Proto.Text(1, "{}"),
            Entry(long.MaxValue, 0), Entry(-5, 0), Entry(1, -1), Entry(long.MinValue, long.MinValue));
        _at.Rows(LokiProto.Decode, body).ShouldBeEmpty();
        _at.Totals.Rejected.ShouldBe(new Dictionary<string, long> { ["in_future"] = 1, ["too_old"] = 3 });

        static byte[] Entry(long seconds, long nanos) =>
            Proto.Nested(2, Proto.Nested(1, Proto.Varint(1, (ulong)seconds), Proto.Varint(2, (ulong)nanos)), Proto.Text(2, "x"));
    }
}

/// <summary>Loki's snappy blocks, made by somebody else's encoder.</summary>
public sealed class SnappyBlockTests
{
    [Fact]
    public void What_was_packed_comes_out_again()
    {
        Prop.ForAll<byte[], PositiveInt>((bytes, times) =>
        {
            byte[] plain = [.. Enumerable.Repeat(bytes, Math.Min(times.Get * 7, 500)).SelectMany(b => b)];
            Unpack(IronSnappy.Snappy.Encode(plain)).ShouldBe(plain);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("04 0c 61 62 63 64", "abcd")] // literal
    [InlineData("08 04 61 62 09 02", "abababab")] // overlapping copy, 1-byte offset: 4 + 2 bytes
    [InlineData("06 04 61 62 0e 02 00", "ababab")] // 2-byte offset
    [InlineData("06 04 61 62 0f 02 00 00 00", "ababab")] // 4-byte offset
    public void Elements_are_read_as_specified(string hex, string text) =>
        Encoding.ASCII.GetString(Unpack(Convert.FromHexString(hex.Replace(" ", ""))).ShouldNotBeNull()).ShouldBe(text);

    [Theory]
    [InlineData("04 0c 61 62 63")] // literal cut off
    [InlineData("03 0c 61 62 63 64")] // longer than announced
    [InlineData("05 0c 61 62 63 64")] // shorter than announced
    [InlineData("04 01 00")] // copy before the start
    [InlineData("04 00 61 01 00")] // offset 0
    [InlineData("04 ff ff ff ff ff")] // length that would overflow
    [InlineData("ff ff ff ff ff ff")] // length without end
    [InlineData("")]
    public void Damage_is_seen(string hex) => Unpack(Convert.FromHexString(hex.Replace(" ", ""))).ShouldBeNull();

    private static byte[]? Unpack(byte[] block)
    {
        if (!SnappyBlock.TryReadLength(block, out uint length, out int header) || length > 1 << 20)
            return null;
        byte[] to = new byte[length];
        return SnappyBlock.TryDecode(block.AsSpan(header), to) ? to : null;
    }
}
