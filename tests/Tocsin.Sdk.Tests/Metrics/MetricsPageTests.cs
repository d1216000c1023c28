using System.Diagnostics.Metrics;
using TocsinSdk.Metrics;

namespace TocsinSdk.Tests.Metrics;

public sealed class MetricsPageTests
{
    [Fact]
    public void More_series_than_allowed_count_as_one_and_it_is_said_once()
    {
        using var page = new TestPage(o => o.SeriesLimit = 10);
        var counter = page.Meter.CreateCounter<long>("crowded");
        for (var i = 0; i < 1000; i++)
            counter.Add(1, new KeyValuePair<string, object?>("i", i));

        var samples = page.Parsed()["crowded_total"].Samples;
        _ = page.OpenMetrics;

        samples.Sum(s => s.Value).ShouldBe(1000);
        samples.Count.ShouldBeLessThanOrEqualTo(11);
        samples.Single(s => s.Labels.GetValueOrDefault("otel_metric_overflow") == "true").Value
            .ShouldBeGreaterThanOrEqualTo(989);
        page.Said.ShouldHaveSingleItem().ShouldContain("crowded");
    }

    [Fact]
    public async Task Scrapes_at_once_collect_once()
    {
        using var page = new TestPage();
        var (collected, within, most) = (0, 0, 0);
        page.Meter.CreateObservableGauge("watched", () =>
        {
            most = Math.Max(most, Interlocked.Increment(ref within));
            Interlocked.Increment(ref collected);
            Thread.Yield();
            Interlocked.Decrement(ref within);
            return 1;
        });

        var pages = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
        {
            using var rendering = await page.Page.Take(Exposition.Text, default);
            return rendering!.Text.Length;
        })));

        most.ShouldBe(1);
        collected.ShouldBeLessThan(64);
        pages.ShouldAllBe(length => length > 0);
    }

    [Fact]
    public async Task A_page_in_hand_stays_as_it_is_while_others_are_made()
    {
        using var page = new TestPage(clock: new Unhurried());
        page.Meter.CreateCounter<long>("kept").Add(1);
        using var held = (await page.Page.Take(Exposition.Text, default)).ShouldNotBeNull();
        var before = held.Text.ToArray();

        for (var i = 0; i < 20; i++)
            _ = page.Text;

        held.Text.ToArray().ShouldBe(before);
    }

    [Fact]
    public void Two_instruments_that_become_one_name_cannot_spoil_the_page()
    {
        using var page = new TestPage();
        page.Meter.CreateCounter<long>("clash.one").Add(1);
        page.Meter.CreateCounter<long>("clash-one").Add(2);
        page.Meter.CreateHistogram<double>("clash.one").Record(3);
        page.Meter.CreateGauge<double>("clash.two.count").Record(4);
        page.Meter.CreateHistogram<double>("clash.two").Record(5);

        var families = page.Parsed();

        families["clash_one_total"].Samples.Count.ShouldBe(1);
        families.Keys.Where(k => k.StartsWith("clash_", StringComparison.Ordinal)).Count().ShouldBe(2);
        page.Said.Count.ShouldBe(3);
        page.Said.ShouldAllBe(line => line.Contains("rename"));
    }

    [Fact]
    public void Meters_may_share_a_name_because_their_scope_tells_them_apart()
    {
        using var page = new TestPage(version: "1.2");
        using var other = new Meter(page.Meter.Name, "2.0");
        page.Meter.CreateCounter<long>("shared.name").Add(1);
        other.CreateCounter<long>("shared.name").Add(2);

        page.Parsed()["shared_name_total"].Samples.ToDictionary(s => s.Labels["otel_scope_version"], s => s.Value)
            .ShouldBe(new Dictionary<string, double> { ["1.2"] = 1, ["2.0"] = 2 }, ignoreOrder: true);
        page.Said.ShouldBeEmpty();
    }

    [Fact]
    public void An_instrument_that_throws_does_not_take_the_page_along()
    {
        using var page = new TestPage();
        page.Meter.CreateObservableGauge<long>("broken", Broken);
        page.Meter.CreateCounter<long>("whole").Add(1);

        page.Parsed()["whole_total"].Samples.Single().Value.ShouldBe(1);
    }

    [Fact]
    public void Meters_that_the_framework_keeps_to_itself_are_never_shown()
    {
        using var meter = new Meter("Private.Test." + Guid.NewGuid());
        using var greedy = new TestPage(sources: "*");
        meter.CreateCounter<long>("secret.of.the.framework").Add(1);

        greedy.Text.ShouldNotContain("secret_of_the_framework");
    }

    [Fact]
    public void A_page_without_series_is_still_one()
    {
        using var page = new TestPage();

        PageParser.Parse(page.OpenMetrics, openMetrics: true).ShouldContainKey("target");
    }

    private static long Broken() => throw new InvalidOperationException();

    private sealed class Unhurried : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => Interlocked.Add(ref _now, TimestampFrequency);
    }
}
