using Tocsin.Testing;
namespace Tocsin.Protocols.Tests.Otlp;

/// <summary>Property: whatever is sent, protobuf and JSON store the same.</summary>
[Trait("Kind", "Fuzz")]
public sealed class OtlpEncodingsAgreeTests
{
    private readonly Decoding _at = new();
    private readonly Random _random = FuzzSeed.Random(31415);

    [Fact]
    public void For_log_records()
    {
        for (int i = 0; i < 500; i++)
        {
            SomeLogRecord[] records = [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Record())];
            _at.Logs(Requests.Json(records)).ShouldBe(_at.Logs(Requests.Proto(records)));
        }
        _at.ShouldBalance();
    }

    [Fact]
    public void For_spans()
    {
        for (int i = 0; i < 500; i++)
        {
            SomeSpan[] spans = [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Span())];
            _at.Spans(Requests.Json(spans)).ShouldBe(_at.Spans(Requests.Proto(spans)));
        }
        _at.ShouldBalance();
    }

    private SomeLogRecord Record() => new()
    {
        Time = Time(),
        Observed = Time(),
        Severity = _random.Next(-1, 30),
        Text = Text(),
        Body = Value(3),
        HasBody = _random.Next(5) > 0,
        Attributes = Pairs(3),
        Dropped = (uint)_random.Next(3),
        Flags = (uint)_random.Next(3),
        TraceId = Id(16),
        SpanId = Id(8),
        EventName = Text(),
    };

    private SomeSpan Span() => new()
    {
        TraceId = Id(16),
        SpanId = Id(8),
        ParentSpanId = Id(8),
        TraceState = Text(),
        Name = Text(),
        Kind = _random.Next(7),
        Start = Time(),
        End = Time(),
        Attributes = Pairs(3),
        Events = [.. Enumerable.Range(0, _random.Next(3)).Select(_ => (Time(), Text(), Pairs(2)))],
        Links = [.. Enumerable.Range(0, _random.Next(3)).Select(_ => (Bytes(16), Bytes(8), Pairs(2)))],
        Status = _random.Next(3),
        StatusMessage = Text(),
        Flags = (uint)_random.Next(300),
    };

    // Now and then absent, too old, or beyond all bounds.
    private ulong Time() => _random.Next(8) switch
    {
        0 => 0,
        1 => 5,
        2 => ulong.MaxValue,
        _ => _at.Now - (ulong)_random.Next(1_000_000),
    };

    private byte[] Id(int length) => _random.Next(6) == 0 ? [] : Bytes(length);

    private byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    private string Text()
    {
        string[] pieces = ["", "plain", "é", "\U0001F600", "\"", "\\", "\n", "\u0001", "password=x", "4111111111111111", "</script>", "INFO"];
        return string.Concat(Enumerable.Range(0, _random.Next(4)).Select(_ => pieces[_random.Next(pieces.Length)]));
    }

    private Pair[] Pairs(int depth) => [.. Enumerable.Range(0, _random.Next(4)).Select(_ => new Pair(Key(), Value(depth)))];

    private string Key() => _random.Next(6) switch { 0 => "user.password", 1 => "@body", 2 => "", 3 => "k\"é", _ => "key" + Text() };

    private object? Value(int depth) => _random.Next(depth > 0 ? 9 : 7) switch
    {
        0 => null,
        1 => _random.Next(2) == 0,
        2 => _random.NextInt64(long.MinValue, long.MaxValue),
        3 => _random.Next(4) switch { 0 => double.NaN, 1 => double.NegativeInfinity, 2 => -0.0, _ => _random.NextDouble() * 1e300 },
        4 => Bytes(_random.Next(5)),
        5 or 6 => Text(),
        7 => Enumerable.Range(0, _random.Next(4)).Select(_ => Value(depth - 1)).ToArray(),
        _ => Pairs(depth - 1),
    };
}
