using System.Text;
using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Protocols.Otlp;

namespace Tocsin.Protocols.Tests.Otlp;

[Collection(nameof(Alone))]
public sealed class OtlpDecodingTests
{
    private const string Stream = """
        "stream":{"service.name":"shop","host.name":"h1","@schema_url":"https://schema","@scope.name":"lib","@scope.version":"1.2","@scope.attributes":{"x":1}}
        """;

    private readonly Decoding _at = new();

    [Fact]
    public void A_log_record_keeps_every_field_in_both_encodings()
    {
        var record = new SomeLogRecord
        {
            Time = _at.Now,
            Observed = _at.Now + 5,
            Severity = 17,
            Text = "Error",
            Body = "boom",
            Attributes =
            [
                new("s", "text"), new("i", -5L), new("d", 1.5), new("b", true), new("n", null), new("raw", new byte[] { 1, 255 }),
                new("list", new object?[] { "a", 2L, null }), new("map", new Pair[] { new("k", "v"), new("deep", new Pair[] { new("x", false) }) }),
            ],
            Dropped = 2,
            Flags = 1,
            TraceId = Convert.FromHexString("0102030405060708090a0b0c0d0e0f10"),
            SpanId = Convert.FromHexString("1112131415161718"),
            EventName = "order.failed",
        };
        string expected = $$$"""
            {"time":"{{{_at.Now}}}","observed":"{{{_at.Now + 5}}}","severity":17,"trace":"0102030405060708090a0b0c0d0e0f10","span":"1112131415161718",{{{Stream.Trim()}}},"fields":{"@severity_text":"Error","@event_name":"order.failed","@flags":1,"@body":"boom","s":"text","i":-5,"d":1.5,"b":true,"n":null,"raw":"01ff","list":["a",2,null],"map":{"k":"v","deep":{"x":false}},"@dropped_attributes_count":2}}
            """.Trim();
        _at.Logs(Requests.Proto(record)).Single().ShouldBe(expected);
        _at.Logs(Requests.Json(record)).Single().ShouldBe(expected);
    }

    [Fact]
    public void A_span_keeps_every_field_in_both_encodings()
    {
        byte[] other = [.. Enumerable.Repeat((byte)0xcc, 16)];
        var span = new SomeSpan
        {
            ParentSpanId = [9, 9, 9, 9, 9, 9, 9, 9],
            TraceState = "a=b",
            Name = "GET /",
            Kind = 2,
            Start = _at.Now,
            End = _at.Now + 1500,
            Attributes = [new("http.route", "/")],
            Events = [(_at.Now + 7, "exception", [new("exception.type", "X")]), (_at.Now + 8, "plain", [])],
            Links = [(other, [8, 8, 8, 8, 8, 8, 8, 8], [new("why", "batch")])],
            Status = 2,
            StatusMessage = "bad",
            Flags = 257,
        };
        string expected = $$$"""
            {"time":"{{{_at.Now}}}","observed":"{{{_at.Now}}}","severity":17,"trace":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","span":"bbbbbbbbbbbbbbbb",{{{Stream.Trim()}}},"fields":{"@name":"GET /","@kind":2,"@duration":1500,"@status_code":2,"@status_message":"bad","@trace_state":"a=b","@parent_span_id":"0909090909090909","@flags":257,"@events":[{"name":"exception","time":"{{{_at.Now + 7}}}","attributes":{"exception.type":"X"}},{"name":"plain","time":"{{{_at.Now + 8}}}"}],"@links":[{"trace_id":"cccccccccccccccccccccccccccccccc","span_id":"0808080808080808","attributes":{"why":"batch"}}],"http.route":"/"}}
            """.Trim();
        _at.Spans(Requests.Proto(span)).Single().ShouldBe(expected);
        _at.Spans(Requests.Json(span)).Single().ShouldBe(expected);
    }

    [Fact]
    public void A_span_without_ids_is_rejected_and_its_neighbours_are_not()
    {
        SomeSpan[] spans =
        [
            new() { TraceId = [], Start = _at.Now }, new() { SpanId = new byte[8], Start = _at.Now },
            new() { TraceId = [1, 2, 3], Start = _at.Now }, new() { Name = "good", Start = _at.Now },
        ];
        ExportResult result = _at.Export(Requests.Proto(spans), OtlpSignal.Traces, json: false);
        result.ShouldBe(new ExportResult(ExportStatus.Accepted, 3, "3 rejected: 3 invalid_id"));
        _at.Export(Encoding.UTF8.GetBytes(Requests.Json(spans)), OtlpSignal.Traces, json: true).ShouldBe(result);
        _at.ShouldBalance();
    }

    [Fact]
    public void A_log_record_with_broken_ids_is_kept_without_them()
    {
        var record = new SomeLogRecord { Time = _at.Now, Body = "x", TraceId = [1], SpanId = new byte[9] };
        _at.Logs(Requests.Proto(record)).Single().ShouldNotContain("\"trace\"");
        _at.Logs(Requests.Json(record)).Single().ShouldNotContain("\"span\"");
    }

    [Fact]
    public void Fields_may_come_in_any_order()
    {
        byte[] head = Proto.Nested(1, Requests.Attributes(1, [new("service.name", "late")]));
        byte[] record = Proto.Bytes(2, Requests.Encode(new SomeLogRecord { Body = "x" }));
        byte[] scope = Proto.Nested(2, record, Proto.Nested(1, Proto.Text(1, "lib")));
        string late = _at.Logs(Proto.Nested(1, scope, Proto.Text(3, "url"), head)).Single();
        late.ShouldContain("""
            "stream":{"service.name":"late","@schema_url":"url","@scope.name":"lib"}
            """.Trim());
        _at.Logs("""
            {"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[{"value":{"intValue":"3"},"key":"k"}],"body":{"stringValue":"x"}}],
              "scope":{"name":"lib"}}],"schemaUrl":"url","resource":{"attributes":[{"key":"service.name","value":{"stringValue":"late"}}]}}]}
            """).Single().ShouldEndWith("""
            "stream":{"service.name":"late","@schema_url":"url","@scope.name":"lib"},"fields":{"k":3,"@body":"x"}}
            """.Trim());
    }

    [Fact]
    public void Unknown_fields_are_passed_over()
    {
        byte[] unknown = Proto.Message(
            Proto.Varint(100, 5), Proto.Fixed64(101, 5), Proto.Fixed32(102, 5), Proto.Text(103, "x"), Proto.Varint(6, 1));
        byte[] record = Proto.Bytes(2, [.. Requests.Encode(new SomeLogRecord { Body = "x" }), .. unknown]);
        _at.Logs(Proto.Message(unknown, Proto.Nested(1, unknown, Proto.Nested(2, record, unknown)))).Count.ShouldBe(1);
        _at.Logs("""
            {"new":{"a":[1,{"b":2}]},"resourceLogs":[{"new":[[]],"resource":{"entityRefs":[{}]},"scopeLogs":[{"new":1,
              "logRecords":[{"new":{"x":[]},"body":{"new":1,"stringValue":"x"}}]}]}]}
            """).Count.ShouldBe(1);
    }

    [Fact]
    public void Json_nulls_are_defaults()
    {
        _at.Logs("""
            {"resourceLogs":[{"resource":null,"schemaUrl":null,"scopeLogs":[{"scope":null,"logRecords":[{"timeUnixNano":null,
              "severityNumber":null,"severityText":null,"traceId":null,"body":null,"attributes":null}]}]},{"scopeLogs":null}]}
            """).Single().ShouldEndWith("""
            "severity":0,"stream":{},"fields":{"@body":null}}
            """.Trim());
        _at.Spans("""
            {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","spanId":"bbbbbbbbbbbbbbbb",
              "status":null,"events":null,"links":[],"kind":null}]}]}]}
            """).Count.ShouldBe(1);
    }

    [Fact]
    public void Json_escapes_are_undone_and_lone_surrogates_replaced() =>
        _at.Logs("""
            {"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"a\n\"\u00e9\ud83d\ude00\ud800x\\\/"},
              "attributes":[{"key":"k\u0041","value":{"stringValue":"\t"}}]}]}]}]}
            """).Single().ShouldEndWith("\"fields\":{\"@body\":\"a\\n\\\"é\\uD83D\\uDE00\uFFFDx\\\\/\",\"kA\":\"\\t\"}}");

    [Fact]
    public void Invalid_utf8_becomes_replacement_characters_in_both_encodings()
    {
        byte[] bad = [(byte)'a', 0xff, (byte)'b'];
        byte[] record = Proto.Nested(2, Proto.Nested(5, Proto.Bytes(1, bad)));
        _at.Logs(Proto.Nested(1, Proto.Nested(2, record))).Single().ShouldContain("\"@body\":\"a\uFFFDb\"");
        byte[] json =
        [
            .. "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"stringValue\":\""u8, .. bad, .. "\"}}]}]}]}"u8,
        ];
        _at.Export(json, OtlpSignal.Logs, json: true).Status.ShouldBe(ExportStatus.Accepted);
        _at.Metrics.Total("tocsin_ingest_repaired_text_total").ShouldBe(2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{} x")]
    [InlineData("{\"resourceLogs\":{}}")]
    [InlineData("{\"resourceLogs\":[1]}")]
    [InlineData("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"timeUnixNano\":\"x\"}]}]}]}")]
    [InlineData("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"timeUnixNano\":-1}]}]}]}")]
    [InlineData("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":\"plain\"}]}]}]}")]
    [InlineData("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"bytesValue\":\"%%\"}}]}]}]}")]
    [InlineData("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{},{\"body\":{\"intValue\":1.5}}]}]}]}")]
    public void Malformed_json_is_refused_as_a_whole(string request)
    {
        ExportResult result = _at.Export(Encoding.UTF8.GetBytes(request), OtlpSignal.Logs, json: true);
        result.Status.ShouldBe(ExportStatus.Malformed);
        result.Message.ShouldBe("the body is not a valid OTLP logs request in JSON");
        _at.Pipeline.Totals().Single().Rejected["malformed"].ShouldBeGreaterThan(0);
        _at.ShouldBalance();
    }

    [Theory]
    [InlineData("0a")] // length is missing
    [InlineData("0a05")] // fewer bytes than announced
    [InlineData("0affffffffffffffffff01")] // huge length
    [InlineData("0affffffffffffffffffff01")] // varint of eleven bytes
    [InlineData("00")] // field number 0
    [InlineData("0b")] // group
    [InlineData("0f")] // wire type 7
    [InlineData("0a02 0aff")] // broken inside
    [InlineData("0a07 1205 1203 0d0000")] // truncated fixed32 inside a record
    public void Malformed_protobuf_is_refused_as_a_whole(string hex)
    {
        byte[] request = Convert.FromHexString(hex.Replace(" ", ""));
        _at.Export(request, OtlpSignal.Logs, json: false).Status.ShouldBe(ExportStatus.Malformed);
        _at.Pipeline.Totals().Single().Rejected["malformed"].ShouldBe(1);
        _at.ShouldBalance();
    }

    [Fact]
    public void A_record_nested_too_deep_is_rejected_and_its_neighbours_are_not()
    {
        object value = "end";
        for (int i = 0; i < 200; i++)
            value = i % 2 == 0 ? new[] { value } : new Pair[] { new("k", value) };
        SomeLogRecord[] records = [new() { Body = value }, new() { Body = "fine" }];
        var expected = new ExportResult(ExportStatus.Accepted, 1, "1 rejected: 1 too_deep");
        _at.Export(Requests.Proto(records), OtlpSignal.Logs, json: false).ShouldBe(expected);
        _at.Export(Encoding.UTF8.GetBytes(Requests.Json(records)), OtlpSignal.Logs, json: true).ShouldBe(expected);
        _at.ShouldBalance();
    }

    [Fact]
    public void Hundreds_of_thousands_of_levels_do_not_overflow_the_stack()
    {
        // Each level wraps the one inside it: an array value with one item.
        byte[] any = [];
        List<byte[]> parts = [];
        int length = 0;
        for (int i = 0; i < 200_000; i++)
        {
            byte[] head = i % 2 == 0 ? [0x0a, .. Proto.Number((ulong)length)] : [0x2a, .. Proto.Number((ulong)length)];
            parts.Add(head);
            length += head.Length;
        }
        parts.Reverse();
        any = [.. parts.SelectMany(p => p)];
        byte[] request = Proto.Nested(1, Proto.Nested(2, Proto.Nested(2, Proto.Bytes(5, any))));
        _at.Export(request, OtlpSignal.Logs, json: false).Rejected.ShouldBe(1);

        string deep = new('[', 300_000);
        _at.Export(Encoding.UTF8.GetBytes("{\"resourceLogs\":" + deep), OtlpSignal.Logs, json: true)
            .Status.ShouldBe(ExportStatus.Malformed);
        _at.ShouldBalance();
    }

    [Fact]
    public void An_empty_request_is_accepted()
    {
        _at.Logs([]).ShouldBeEmpty();
        _at.Logs("{}").ShouldBeEmpty();
        _at.Spans(Proto.Nested(1, Proto.Nested(2))).ShouldBeEmpty();
    }

    [Fact]
    public void Metrics_are_counted_and_rejected()
    {
        byte[] Metric(int kind, int points) =>
            Proto.Nested(2, Proto.Text(1, "m"), Proto.Nested(kind, [.. Enumerable.Range(0, points).Select(_ => Proto.Nested(1, Proto.Fixed64(3, 1)))]));
        byte[] request = Proto.Nested(1, Proto.Nested(2, Metric(5, 1), Metric(7, 2), Metric(9, 3), Metric(10, 4), Metric(11, 5)));
        ExportResult result = _at.Export(request, OtlpSignal.Metrics, json: false);
        (result.Status, result.Rejected).ShouldBe((ExportStatus.Accepted, 15));
        _at.Export("""
            {"resourceMetrics":[{"resource":{},"scopeMetrics":[{"scope":{},"metrics":[{"name":"a","gauge":{"dataPoints":[{"asInt":"1"},{}]}},
              {"name":"b","sum":{"dataPoints":[{}],"isMonotonic":true}}]}]}]}
            """u8, OtlpSignal.Metrics, json: true).Rejected.ShouldBe(3);
        _at.Export("{"u8, OtlpSignal.Metrics, json: true).Status.ShouldBe(ExportStatus.Malformed);
        _at.Export([0x0a], OtlpSignal.Metrics, json: false).Status.ShouldBe(ExportStatus.Malformed);
        _at.Export([], OtlpSignal.Metrics, json: false).Rejected.ShouldBe(0);
        IngestTotals totals = _at.Pipeline.Totals().Single();
        (totals.Received, totals.Rejected["metrics_not_supported"], totals.Rejected["malformed"]).ShouldBe((20, 18, 2));
        _at.ShouldBalance();
    }

    [Fact]
    public void Decoding_a_thousand_plain_records_allocates_nothing()
    {
        byte[] logs = Requests.Proto([.. Enumerable.Range(0, 1000).Select(i => new SomeLogRecord
        {
            Time = _at.Now,
            Severity = 9,
            Text = "Information",
            Body = "Request finished HTTP/1.1 GET http://localhost/api/orders/42 - 200 in 12 ms",
            TraceId = [.. Enumerable.Repeat((byte)7, 16)],
            Attributes = [new("http.route", "/api/orders/{id}"), new("status", 200L), new("user.token", "abc"), new("list", new object[] { "a", 1.5 })],
        })]);
        byte[] spans = Requests.Proto([.. Enumerable.Range(0, 1000).Select(i => new SomeSpan
        {
            Name = "GET", Start = _at.Now, End = _at.Now + 5, Attributes = [new("http.route", "/")], Events = [(_at.Now, "e", [new("k", "v")])],
        })]);
        Allocated(logs, Dataset.Logs).ShouldBe(0);
        Allocated(spans, Dataset.Spans).ShouldBe(0);

        long Allocated(byte[] request, Dataset dataset)
        {
            for (int warm = 0; warm < 2; warm++)
            {
                IngestWriter first = _at.Pipeline.Begin("test", dataset);
                ProtoRequests.Decode(request, first).ShouldBeTrue();
                first.Rows.ShouldBe(1000);
                _at.Pipeline.Commit(first, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            }
            IngestWriter writer = _at.Pipeline.Begin("test", dataset);
            long before = GC.GetAllocatedBytesForCurrentThread();
            ProtoRequests.Decode(request, writer);
            long after = GC.GetAllocatedBytesForCurrentThread();
            _at.Pipeline.Abort(writer, RejectReason.Malformed);
            return after - before;
        }
    }
}
