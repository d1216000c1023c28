using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Tocsin.Testing;
using TocsinSdk.Tracing;

namespace TocsinSdk.Tests.Tracing;

public sealed class SamplingTests : IDisposable
{
    private readonly ActivitySource _source = new("sampling-" + Guid.NewGuid().ToString("N"));
    private readonly List<Activity> _exported = [];
    private readonly FakeClock _clock = new();
    private TailSampling? _tail;
    private TracerProvider? _provider;

    private sealed class Seen(List<Activity> exported) : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            lock (exported)
                exported.Add(data);
        }
    }

    private void Start(double ratio, Action<TraceOptions>? configure = null, string? sampler = null, string? argument = null)
    {
        var options = new TraceOptions { SampleRatio = ratio };
        configure?.Invoke(options);
        _tail = new TailSampling(new Seen(_exported), options, _clock);
        _provider = OpenTelemetry.Sdk.CreateTracerProviderBuilder().AddSource(_source.Name)
            .SetSampler(HeadSampler.From(options, name => name == "OTEL_TRACES_SAMPLER" ? sampler : argument))
            .AddProcessor(_tail).Build();
    }

    public void Dispose()
    {
        _provider?.Dispose();
        _source.Dispose();
    }

    private void Trace(bool fails, int children = 2, ActivityContext parent = default)
    {
        using var root = _source.StartActivity("root", ActivityKind.Server, parent);
        for (var i = 0; i < children; i++)
        {
            using var child = _source.StartActivity("child");
            if (fails && i == 0)
                child?.SetStatus(ActivityStatusCode.Error);
        }
    }

    [Fact]
    public void A_trace_that_was_not_sampled_and_went_well_is_forgotten()
    {
        Start(ratio: 0);
        Trace(fails: false);
        _exported.ShouldBeEmpty();
        _tail!.Waiting.ShouldBe(0);
    }

    [Fact]
    public void A_trace_that_failed_is_exported_whole_although_not_sampled()
    {
        Start(ratio: 0);
        Trace(fails: true);
        _exported.Select(a => a.OperationName).ShouldBe(["child", "child", "root"]);
        _exported.ShouldAllBe(a => a.Recorded);
        _exported[2].GetTagItem("tocsin.kept").ShouldBe("error");
        _tail!.Waiting.ShouldBe(0);
    }

    [Fact]
    public void A_slow_trace_is_kept()
    {
        Start(ratio: 0, o => o.SlowThreshold = TimeSpan.FromTicks(1));
        Trace(fails: false);
        _exported.Count.ShouldBe(3);
    }

    [Fact]
    public void A_trace_with_a_crash_is_kept()
    {
        Start(ratio: 0);
        using (_source.StartActivity("root"))
        using (_source.StartActivity("child"))
            TailSampling.Keep(Activity.Current);
        _exported.Count.ShouldBe(2);
        _exported[1].GetTagItem("tocsin.kept").ShouldBe("crash");
    }

    [Fact]
    public void The_decision_of_the_caller_is_followed_and_passed_on()
    {
        Start(ratio: 0);
        var parent = new ActivityContext(
            ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, isRemote: true);
        Trace(fails: false, parent: parent);
        _exported.Count.ShouldBe(3);
        using var unsampled = _source.StartActivity("x");
        unsampled!.Recorded.ShouldBeFalse();
    }

    [Fact]
    public void A_span_that_ends_after_its_root_follows_the_verdict()
    {
        Start(ratio: 0);
        var root = _source.StartActivity("root")!;
        var late = _source.StartActivity("late")!;
        root.SetStatus(ActivityStatusCode.Error);
        root.Stop();
        late.Stop();
        _exported.Select(a => a.OperationName).ShouldBe(["root", "late"]);
    }

    [Fact]
    public void An_outage_exports_no_more_than_the_budget()
    {
        Start(ratio: 0, o => o.KeptPerSecond = 1);
        for (var i = 0; i < 50; i++)
            Trace(fails: true, children: 1);
        _exported.Count.ShouldBe(20);
        _clock.Advance(TimeSpan.FromSeconds(2));
        for (var i = 0; i < 50; i++)
            Trace(fails: true, children: 1);
        _exported.Count.ShouldBe(24);
    }

    [Fact]
    public void Waiting_spans_are_bounded_and_the_root_is_exported_all_the_same()
    {
        Start(ratio: 0, o => o.MaxWaitingSpans = 5);
        Trace(fails: true, children: 50);
        _exported.Count.ShouldBe(6);
        _exported[^1].OperationName.ShouldBe("root");
        _tail!.Waiting.ShouldBe(0);
    }

    [Fact]
    public void Without_keeping_failures_an_unsampled_trace_is_not_recorded_at_all()
    {
        Start(ratio: 0, o => o.KeepFailures = false);
        using var child = _source.StartActivity("root", ActivityKind.Server, new ActivityContext(
            ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.None, isRemote: true));
        (child?.IsAllDataRequested ?? false).ShouldBeFalse();
    }

    [Theory]
    [InlineData("always_on", null, 1)]
    [InlineData("traceidratio", "0.25", 0.25)]
    [InlineData("parentbased_traceidratio", "0.5", 0.5)]
    [InlineData("parentbased_always_off", null, 0)]
    [InlineData("parentbased_traceidratio", "nonsense", 1)]
    [InlineData("jaeger_remote", null, 0.1)]
    [InlineData(null, null, 0.1)]
    public void The_variable_goes_before_the_option(string? sampler, string? argument, double ratio) =>
        HeadSampler.From(new TraceOptions { SampleRatio = 0.1 },
            name => name == "OTEL_TRACES_SAMPLER" ? sampler : argument).Ratio.ShouldBe(ratio, 1e-9);

    [Fact]
    public void The_ratio_is_the_share_of_traces_that_are_sampled()
    {
        var sampler = new HeadSampler(0.2, followsParent: true, keepsFailures: true);
        var sampled = Enumerable.Range(0, 20_000).Count(_ => sampler.ShouldSample(new SamplingParameters(
                default, ActivityTraceId.CreateRandom(), "x", ActivityKind.Internal)).Decision
            == SamplingDecision.RecordAndSample);
        sampled.ShouldBeInRange(3_600, 4_400);
    }

    [Fact]
    public void Always_off_means_off()
    {
        var sampler = HeadSampler.From(new TraceOptions(), name => name == "OTEL_TRACES_SAMPLER" ? "always_off" : null);
        sampler.ShouldSample(new SamplingParameters(default, ActivityTraceId.CreateRandom(), "x", ActivityKind.Internal))
            .Decision.ShouldBe(SamplingDecision.Drop);
    }
}
