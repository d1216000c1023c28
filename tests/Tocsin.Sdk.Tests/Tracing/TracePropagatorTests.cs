using System.Diagnostics;
using Tocsin.Testing;
using TocsinSdk.Tracing;

namespace TocsinSdk.Tests.Tracing;

public sealed class TracePropagatorTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c", Span = "b7ad6b7169203331";

    private static Dictionary<string, string> Injected(string? named, Activity activity)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        TracePropagator.From(named, out _).Inject(activity, headers, (to, name, value) =>
            ((Dictionary<string, string>)to!)[name] = value);
        return headers;
    }

    private static (string? Id, string? State, List<KeyValuePair<string, string?>>? Baggage) Extracted(
        string? named, params (string Name, string Value)[] headers)
    {
        static void Get(object? from, string name, out string? value, out IEnumerable<string>? values)
        {
            values = null;
            value = ((Dictionary<string, string>)from!).GetValueOrDefault(name);
        }
        var carrier = headers.ToDictionary(h => h.Name, h => h.Value, StringComparer.OrdinalIgnoreCase);
        var propagator = TracePropagator.From(named, out _);
        propagator.ExtractTraceIdAndState(carrier, Get, out var id, out var state);
        return (id, state, propagator.ExtractBaggage(carrier, Get)?.ToList());
    }

    private static Activity Started()
    {
        var activity = new Activity("x").SetParentId($"00-{Trace}-{Span}-01").AddBaggage("user.id", "ü,1");
        activity.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        activity.TraceStateString = "a=b";
        return activity.Start();
    }

    [Fact]
    public void By_default_W3C_headers_go_out_and_come_in()
    {
        using var activity = Started();
        var headers = Injected(null, activity);
        headers["traceparent"].ShouldBe(activity.Id);
        headers["tracestate"].ShouldBe("a=b");
        headers["baggage"].ShouldBe("user.id=%C3%BC%2C1");
        headers.Count.ShouldBe(3);

        var back = Extracted(null, [.. headers.Select(h => (h.Key, h.Value))]);
        back.Id.ShouldBe(activity.Id);
        back.State.ShouldBe("a=b");
        back.Baggage.ShouldNotBeNull().ShouldHaveSingleItem().ShouldBe(new("user.id", "ü,1"));
    }

    [Fact]
    public void B3_goes_out_and_comes_in_when_asked_for()
    {
        using var activity = Started();
        Injected("b3", activity).ShouldHaveSingleItem().Value.ShouldBe($"{Trace}-{activity.SpanId}-1");
        Injected("b3multi", activity)["X-B3-TraceId"].ShouldBe(Trace);
        Extracted("b3", ("b3", $"{Trace}-{Span}-0")).Id.ShouldBe($"00-{Trace}-{Span}-00");
        Extracted("b3", ("b3", $"{Trace[16..]}-{Span}-d-{Span}")).Id.ShouldBe($"00-{new string('0', 16)}{Trace[16..]}-{Span}-01");
        Extracted("b3multi", ("X-B3-TraceId", Trace), ("X-B3-SpanId", Span), ("X-B3-Sampled", "1")).Id
            .ShouldBe($"00-{Trace}-{Span}-01");
        Extracted("tracecontext,b3", ("b3", $"{Trace}-{Span}-1"), ("traceparent", $"00-{Trace}-{Span}-00")).Id
            .ShouldBe($"00-{Trace}-{Span}-00");
    }

    [Theory]
    [InlineData("b3", "0")]
    [InlineData("b3", "xyz-abc-1")]
    [InlineData("b3", "00000000000000000000000000000000-0000000000000000-1")]
    [InlineData("traceparent", "00-short-b7ad6b7169203331-01")]
    public void What_is_malformed_begins_a_new_trace(string header, string value) =>
        Extracted("tracecontext,b3", (header, value)).Id.ShouldBeNull();

    [Fact]
    public void None_is_none_and_unknown_names_are_told()
    {
        using var activity = Started();
        Injected("none", activity).ShouldBeEmpty();
        TracePropagator.From("tracecontext, JAEGER", out var unknown);
        unknown.ShouldBe(["jaeger"]);
    }

    [Fact, Trait("Kind", "Fuzz")]
    public void Headers_of_strangers_are_read_or_ignored_but_never_fail()
    {
        var random = FuzzSeed.Random(3);
        const string alphabet = "0123456789abcdef-=,;% \0ü\"user.id";
        for (var i = 0; i < 5_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(80)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
            var (id, _, baggage) = Extracted("tracecontext,baggage,b3,b3multi", ("b3", text), ("traceparent", text),
                ("baggage", text), ("X-B3-TraceId", text), ("X-B3-SpanId", text));
            if (id is not null)
                ActivityContext.TryParse(id, null, out _).ShouldBeTrue();
            (baggage?.Count ?? 0).ShouldBeLessThanOrEqualTo(180);
        }
    }
}
