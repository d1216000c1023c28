using System.Diagnostics;
using System.Text;
using Tocsin.Protocols.Otlp;
using Tocsin.Testing;

namespace Tocsin.Protocols.Tests.Otlp;

/// <summary>Whatever bytes arrive: no exception, no endless work, and the books balance.</summary>
[Trait("Kind", "Fuzz")]
public sealed class OtlpFuzzTests
{
    private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(1);
    private readonly Decoding _at = new();
    private readonly Random _random = FuzzSeed.Random(27182);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Mutated_requests_are_accepted_or_refused(bool json)
    {
        byte[][] seeds = Seeds(json);
        for (int i = 0; i < 6000; i++)
        {
            byte[] request = Mutate(seeds[i % seeds.Length]);
            Survive(request, json);
        }
        _at.ShouldBalance();
        _at.Pipeline.Totals().Sum(t => t.Stored).ShouldBeGreaterThan(100);
        _at.Pipeline.Totals().Sum(t => t.Rejected.GetValueOrDefault("malformed")).ShouldBeGreaterThan(100);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Random_bytes_are_accepted_or_refused(bool json)
    {
        for (int i = 0; i < 3000; i++)
        {
            byte[] request = new byte[_random.Next(200)];
            _random.NextBytes(request);
            Survive(request, json);
        }
        _at.ShouldBalance();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_prefix_of_a_request_is_accepted_or_refused(bool json)
    {
        foreach (byte[] seed in Seeds(json))
        {
            for (int length = 0; length < seed.Length; length++)
                Survive(seed[..length], json);
        }
        _at.ShouldBalance();
    }

    [Fact]
    public void Many_tiny_scopes_under_a_large_resource_cost_time_in_proportion()
    {
        byte[] resource = Proto.Nested(1, Requests.Attributes(1, [.. Enumerable.Range(0, 400).Select(i => new Pair($"a{i}", new string('x', 1000)))]));
        byte[] scope = Proto.Nested(2, Proto.Nested(2));
        byte[] request = Proto.Bytes(1, [.. resource, .. Enumerable.Repeat(scope, 200_000).SelectMany(s => s)]);
        Survive(request, json: false, TimeSpan.FromSeconds(10));
        _at.Pipeline.Totals().Single(t => t.Dataset == "logs").Rejected.Keys.ShouldBe(["batch_too_large"]);
        _at.ShouldBalance();
    }

    private void Survive(byte[] request, bool json, TimeSpan? limit = null)
    {
        foreach (OtlpSignal signal in OtlpSignal.All)
        {
            long started = Stopwatch.GetTimestamp();
            try
            {
                _at.Export(request, signal, json);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{signal.Path}: {Convert.ToBase64String(request.AsSpan(0, Math.Min(2000, request.Length)))}", e);
            }
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(limit ?? s_slow);
        }
    }

    private byte[] Mutate(byte[] seed)
    {
        List<byte> bytes = [.. seed];
        for (int n = _random.Next(4); n >= 0; n--)
        {
            int at = _random.Next(bytes.Count);
            switch (_random.Next(7))
            {
                case 0: bytes[at] ^= (byte)(1 << _random.Next(8)); break;
                case 1: bytes[at] = (byte)_random.Next(256); break;
                case 2: bytes.RemoveRange(at, Math.Min(_random.Next(8), bytes.Count - at)); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(_random.Next(40), bytes.Count - at))); break;
                case 4: bytes.InsertRange(at, Proto.Number(ulong.MaxValue >> _random.Next(64))); break;
                case 5: bytes.InsertRange(at, Encoding.ASCII.GetBytes("\"{}[]:,\\u"[_random.Next(9)..])); break;
                default: bytes.Insert(at, 0xff); break;
            }
            if (bytes.Count == 0)
                bytes.Add(0);
        }
        return [.. bytes];
    }

    private byte[][] Seeds(bool json)
    {
        SomeLogRecord log = new()
        {
            Time = _at.Now,
            Severity = 9,
            Body = new Pair[] { new("a", new object?[] { 1L, "x", null }), new("password", "p") },
            Attributes = [new("k", "v"), new("d", 1.5), new("b", new byte[] { 1 })],
            TraceId = [.. Enumerable.Repeat((byte)1, 16)],
        };
        SomeSpan span = new()
        {
            Start = _at.Now,
            End = _at.Now + 5,
            Name = "n",
            Attributes = [new("k", true)],
            Events = [(_at.Now, "e", [new("k", "v")])],
            Links = [(new byte[16], new byte[8], [new("k", 1L)])],
        };
        return json
            ? [Encoding.UTF8.GetBytes(Requests.Json(log, log)), Encoding.UTF8.GetBytes(Requests.Json(span, span))]
            : [Requests.Proto(log, log), Requests.Proto(span, span)];
    }
}
