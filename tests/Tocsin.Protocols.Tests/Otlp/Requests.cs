using System.Text.Json.Nodes;
using Tocsin.Model;

namespace Tocsin.Protocols.Tests.Otlp;

/// <summary>An attribute value that can be written in both encodings: null, bool, long, double, string, byte[], object[], Pair[].</summary>
internal sealed record Pair(string Key, object? Value);

internal sealed record SomeLogRecord
{
    public ulong Time { get; init; }
    public ulong Observed { get; init; }
    public int Severity { get; init; }
    public string Text { get; init; } = "";
    public object? Body { get; init; }
    public bool HasBody { get; init; } = true;
    public Pair[] Attributes { get; init; } = [];
    public uint Dropped { get; init; }
    public uint Flags { get; init; }
    public byte[] TraceId { get; init; } = [];
    public byte[] SpanId { get; init; } = [];
    public string EventName { get; init; } = "";
}

internal sealed record SomeSpan
{
    public byte[] TraceId { get; init; } = [.. Enumerable.Repeat((byte)0xaa, 16)];
    public byte[] SpanId { get; init; } = [.. Enumerable.Repeat((byte)0xbb, 8)];
    public byte[] ParentSpanId { get; init; } = [];
    public string TraceState { get; init; } = "";
    public string Name { get; init; } = "";
    public int Kind { get; init; }
    public ulong Start { get; init; }
    public ulong End { get; init; }
    public Pair[] Attributes { get; init; } = [];
    public (ulong Time, string Name, Pair[] Attributes)[] Events { get; init; } = [];
    public (byte[] TraceId, byte[] SpanId, Pair[] Attributes)[] Links { get; init; } = [];
    public int Status { get; init; }
    public string StatusMessage { get; init; } = "";
    public uint Flags { get; init; }
}

/// <summary>Export requests with one resource and one scope, in protobuf and in JSON.</summary>
internal static class Requests
{
    public static readonly Pair[] Resource = [new("service.name", "shop"), new("host.name", "h1")];

    public static byte[] Proto(params SomeLogRecord[] records) => ProtoRequest(records.Select(r => Encode(r)));

    public static byte[] Proto(params SomeSpan[] spans) => ProtoRequest(spans.Select(s => Encode(s)));

    public static string Json(params SomeLogRecord[] records) =>
        JsonRequest("resourceLogs", "scopeLogs", "logRecords", records.Select(JsonOf));

    public static string Json(params SomeSpan[] spans) =>
        JsonRequest("resourceSpans", "scopeSpans", "spans", spans.Select(JsonOf));

    public static byte[] Encode(SomeLogRecord r) => Tests.Proto.Message(
        Tests.Proto.Fixed64(1, r.Time),
        Tests.Proto.Varint(2, (ulong)r.Severity),
        Tests.Proto.Text(3, r.Text),
        r.HasBody ? Tests.Proto.Nested(5, Any(r.Body)) : [],
        Attributes(6, r.Attributes),
        Tests.Proto.Varint(7, r.Dropped),
        Tests.Proto.Fixed32(8, r.Flags),
        Tests.Proto.Bytes(9, r.TraceId),
        Tests.Proto.Bytes(10, r.SpanId),
        Tests.Proto.Fixed64(11, r.Observed),
        Tests.Proto.Text(12, r.EventName));

    public static byte[] Encode(SomeSpan s) => Tests.Proto.Message(
        Tests.Proto.Bytes(1, s.TraceId),
        Tests.Proto.Bytes(2, s.SpanId),
        Tests.Proto.Text(3, s.TraceState),
        Tests.Proto.Bytes(4, s.ParentSpanId),
        Tests.Proto.Text(5, s.Name),
        Tests.Proto.Varint(6, (ulong)s.Kind),
        Tests.Proto.Fixed64(7, s.Start),
        Tests.Proto.Fixed64(8, s.End),
        [.. s.Events.SelectMany(e => Tests.Proto.Nested(
            11, Tests.Proto.Fixed64(1, e.Time), Tests.Proto.Text(2, e.Name), Attributes(3, e.Attributes)))],
        [.. s.Links.SelectMany(l => Tests.Proto.Nested(
            13, Tests.Proto.Bytes(1, l.TraceId), Tests.Proto.Bytes(2, l.SpanId), Attributes(4, l.Attributes)))],
        Attributes(9, s.Attributes),
        Tests.Proto.Nested(15, Tests.Proto.Text(2, s.StatusMessage), Tests.Proto.Varint(3, (ulong)s.Status)),
        Tests.Proto.Fixed32(16, s.Flags));

    public static byte[] Attributes(int field, Pair[] pairs) => [.. pairs.SelectMany(p =>
        Tests.Proto.Nested(field, Tests.Proto.Text(1, p.Key), Tests.Proto.Nested(2, Any(p.Value))))];

    public static byte[] Any(object? value) => value switch
    {
        null => [],
        string text => Tests.Proto.Text(1, text),
        bool flag => Tests.Proto.Varint(2, flag ? 1u : 0),
        long number => Tests.Proto.Varint(3, (ulong)number),
        double number => Tests.Proto.Double(4, number),
        object?[] items when items is not Pair[] => Tests.Proto.Nested(5, [.. items.Select(i => Tests.Proto.Nested(1, Any(i)))]),
        Pair[] pairs => Tests.Proto.Nested(6, Attributes(1, pairs)),
        byte[] bytes => Tests.Proto.Bytes(7, bytes),
        _ => throw new ArgumentException($"{value.GetType()} has no form in OTLP"),
    };

    private static byte[] ProtoRequest(IEnumerable<byte[]> records) => Tests.Proto.Nested(
        1,
        Tests.Proto.Nested(1, Attributes(1, Resource)),
        Tests.Proto.Nested(
            2,
            [Tests.Proto.Nested(1, Tests.Proto.Text(1, "lib"), Tests.Proto.Text(2, "1.2"), Attributes(3, [new("x", 1L)])),
                .. records.Select(r => Tests.Proto.Bytes(2, r))]),
        Tests.Proto.Text(3, "https://schema"));

    private static string JsonRequest(string groups, string scopes, string name, IEnumerable<JsonObject> records) =>
        new JsonObject
        {
            [groups] = new JsonArray(new JsonObject
            {
                ["resource"] = new JsonObject { ["attributes"] = JsonOf(Resource) },
                [scopes] = new JsonArray(new JsonObject
                {
                    ["scope"] = new JsonObject
                    {
                        ["name"] = "lib", ["version"] = "1.2", ["attributes"] = JsonOf([new Pair("x", 1L)]),
                    },
                    [name] = new JsonArray([.. records]),
                }),
                ["schemaUrl"] = "https://schema",
            }),
        }.ToJsonString();

    private static JsonObject JsonOf(SomeLogRecord r)
    {
        var json = new JsonObject
        {
            ["timeUnixNano"] = r.Time.ToString(),
            ["severityNumber"] = r.Severity,
            ["severityText"] = r.Text,
            ["attributes"] = JsonOf(r.Attributes),
            ["droppedAttributesCount"] = r.Dropped,
            ["flags"] = r.Flags,
            ["traceId"] = Convert.ToHexString(r.TraceId),
            ["spanId"] = Convert.ToHexStringLower(r.SpanId),
            ["observedTimeUnixNano"] = r.Observed.ToString(),
            ["eventName"] = r.EventName,
        };
        if (r.HasBody)
            json.Insert(3, "body", JsonOf(r.Body));
        return json;
    }

    private static JsonObject JsonOf(SomeSpan s) => new()
    {
        ["traceId"] = Convert.ToHexStringLower(s.TraceId),
        ["spanId"] = Convert.ToHexString(s.SpanId),
        ["traceState"] = s.TraceState,
        ["parentSpanId"] = Convert.ToHexStringLower(s.ParentSpanId),
        ["name"] = s.Name,
        ["kind"] = s.Kind,
        ["startTimeUnixNano"] = s.Start.ToString(),
        ["endTimeUnixNano"] = s.End,
        ["events"] = new JsonArray([.. s.Events.Select(e => new JsonObject
        {
            ["timeUnixNano"] = e.Time.ToString(), ["name"] = e.Name, ["attributes"] = JsonOf(e.Attributes),
        })]),
        ["links"] = new JsonArray([.. s.Links.Select(l => new JsonObject
        {
            ["traceId"] = Convert.ToHexStringLower(l.TraceId),
            ["spanId"] = Convert.ToHexStringLower(l.SpanId),
            ["attributes"] = JsonOf(l.Attributes),
        })]),
        ["attributes"] = JsonOf(s.Attributes),
        ["status"] = new JsonObject { ["message"] = s.StatusMessage, ["code"] = s.Status },
        ["flags"] = s.Flags,
    };

    private static JsonArray JsonOf(Pair[] pairs) =>
        [.. pairs.Select(p => new JsonObject { ["key"] = p.Key, ["value"] = JsonOf(p.Value) })];

    private static JsonObject JsonOf(object? value) => value switch
    {
        null => [],
        string text => new JsonObject { ["stringValue"] = text },
        bool flag => new JsonObject { ["boolValue"] = flag },
        long number => new JsonObject { ["intValue"] = number % 2 == 0 ? number : number.ToString() },
        double number => new JsonObject
        {
            ["doubleValue"] = double.IsNaN(number) ? "NaN"
                : double.IsPositiveInfinity(number) ? "Infinity"
                : double.IsNegativeInfinity(number) ? "-Infinity"
                : number,
        },
        object?[] items when items is not Pair[] => new JsonObject
        {
            ["arrayValue"] = new JsonObject { ["values"] = new JsonArray([.. items.Select(JsonOf)]) },
        },
        Pair[] pairs => new JsonObject { ["kvlistValue"] = new JsonObject { ["values"] = JsonOf(pairs) } },
        byte[] bytes => new JsonObject { ["bytesValue"] = Convert.ToBase64String(bytes) },
        _ => throw new ArgumentException($"{value.GetType()} has no form in OTLP"),
    };
}
