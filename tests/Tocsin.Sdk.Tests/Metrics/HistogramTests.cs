using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace TocsinSdk.Tests.Metrics;

public sealed class HistogramTests
{
    [Fact]
    public void Buckets_are_those_the_instrument_advises()
    {
        using var page = new TestPage();
        page.Meter.CreateHistogram("advised", "By", null, null,
            new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 1000, 1_000_000] }).Record(7);

        Bounds(page, "advised_bytes").ShouldBe(["1.0", "1000.0", "1000000.0", "+Inf"]);
    }

    [Fact]
    public void The_applications_choice_goes_before_advice()
    {
        using var page = new TestPage(o => o.Buckets["chosen"] = "0.1, 5");
        page.Meter.CreateHistogram("chosen", "s", null, null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [1] }).Record(7);

        Bounds(page, "chosen_seconds").ShouldBe(["0.1", "5.0", "+Inf"]);
    }

    [Fact]
    public void Seconds_without_advice_get_the_bounds_of_requests()
    {
        using var page = new TestPage();
        page.Meter.CreateHistogram<double>("plain", "s").Record(0.003);

        Bounds(page, "plain_seconds")[0].ShouldBe("0.005");
    }

    [Fact]
    public void Exponential_histograms_become_classic_buckets_with_bounds_that_stay()
    {
        using var page = new TestPage(o => o.ExponentialHistograms = true, new SteppingClock());
        var histogram = page.Meter.CreateHistogram<double>("grown");
        histogram.Record(0);
        for (var i = 1; i <= 100; i++)
            histogram.Record(i);
        var before = Bounds(page, "grown");
        histogram.Record(1e9);
        var family = page.Parsed()["grown"];

        Bounds(page, "grown").ShouldBeSubsetOf([.. before, .. Bounds(page, "grown")]);
        before.Except(Bounds(page, "grown")).ShouldBeEmpty();
        family.Samples.Single(s => s.Labels.GetValueOrDefault("le") == "0.0").Value.ShouldBe(1);
        // 1 to 64 and the zero.
        family.Samples.Single(s => s.Labels.GetValueOrDefault("le") == "64.0").Value.ShouldBe(65);
        family.Samples.Single(s => s.Name == "grown_count").Value.ShouldBe(102);
    }

    [Fact]
    public void An_exemplar_carries_the_trace_the_value_was_measured_in()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == nameof(HistogramTests),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource(nameof(HistogramTests));
        using var page = new TestPage();
        var histogram = page.Meter.CreateHistogram<double>("traced", "s");
        var counter = page.Meter.CreateCounter<long>("traces");
        histogram.Record(0.3);
        string trace, span;
        using (var activity = source.StartActivity("work").ShouldNotBeNull())
        {
            (trace, span) = (activity.TraceId.ToHexString(), activity.SpanId.ToHexString());
            histogram.Record(0.07);
            counter.Add(1);
        }

        var families = page.Parsed(openMetrics: true);
        var bucket = families["traced_seconds"].Samples.Single(s => s.Exemplar is not null);
        bucket.Labels["le"].ShouldBe("0.075");
        bucket.ExemplarValue.ShouldBe(0.07);
        bucket.Exemplar!["trace_id"].ShouldBe(trace);
        bucket.Exemplar["span_id"].ShouldBe(span);
        bucket.ExemplarTime!.Value.ShouldBe(DateTimeOffset.UtcNow.ToUnixTimeSeconds(), tolerance: 60);
        families["traces"].Samples.Single().Exemplar!["trace_id"].ShouldBe(trace);
        page.OwnLines().ShouldNotContain(trace);
    }

    private static List<string> Bounds(TestPage page, string name) => [.. page.Parsed()[name].Samples
        .Where(s => s.Name.EndsWith("_bucket", StringComparison.Ordinal)).Select(s => s.Labels["le"])];

    /// <summary>Each look is a second later, so that no page is a remembered one.</summary>
    private sealed class SteppingClock : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => Interlocked.Add(ref _now, TimestampFrequency);
    }
}
