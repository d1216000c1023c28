using System.Diagnostics;
using System.Globalization;
using TocsinSdk.Metrics;

namespace TocsinSdk.Tests.Metrics;

/// <summary>10,000 series: what a scrape costs. The bench measures time; here only garbage is judged.</summary>
public sealed class ScrapeCostTests(ITestOutputHelper output)
{
    private const int Scrapes = 20;

    [Theory]
    [InlineData(nameof(Exposition.Text))]
    [InlineData(nameof(Exposition.OpenMetrics))]
    public async Task Ten_thousand_series_leave_little_garbage(string name)
    {
        var format = Enum.Parse<Exposition>(name);
        using var page = new TestPage(clock: new Unhurried());
        Fill(page);
        for (var i = 0; i < 5; i++)
            (await page.Page.Take(format, default))!.Dispose();
        var times = new List<double>();
        var (least, length) = (long.MaxValue, 0);
        for (var i = 0; i < Scrapes; i++)
        {
            var (before, began) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
            // Nothing waits, so all of it happens on this thread.
            var taking = page.Page.Take(format, default);
            taking.IsCompletedSuccessfully.ShouldBeTrue();
            using var rendering = await taking;
            length = rendering!.Text.Length;
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        times.Sort();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{format}: {times[Scrapes / 2]:0.0} ms (best {times[0]:0.0}), {least / 1000.0:0.0} kB allocated, {length / 1000} kB of text"));

        least.ShouldBeLessThanOrEqualTo(100_000);
    }

    // 5,000 counters, 2,000 gauges, and 200 histograms of 15 lines with 3 labels each.
    private static void Fill(TestPage page)
    {
        string[] methods = ["GET", "POST", "PUT", "DELETE"];
        for (var m = 0; m < 5; m++)
        {
            var counter = page.Meter.CreateCounter<long>($"cost.requests{m}");
            for (var i = 0; i < 1000; i++)
                counter.Add(i, new("http.route", $"/bookings/{i / 4}"), new("http.request.method", methods[i % 4]),
                    new("http.response.status_code", 200));
        }
        for (var m = 0; m < 2; m++)
        {
            var gauge = page.Meter.CreateGauge<double>($"cost.depth{m}");
            for (var i = 0; i < 1000; i++)
                gauge.Record(i / 7.0, new("queue", "queue-" + i.ToString(CultureInfo.InvariantCulture)), new("shard", i % 8));
        }
        var histogram = page.Meter.CreateHistogram<double>("cost.duration", "s");
        for (var i = 0; i < 200; i++)
            for (var n = 0; n < 20; n++)
                histogram.Record(n * 0.1, new("http.route", $"/bookings/{i / 4}"), new("http.request.method", methods[i % 4]),
                    new("http.response.status_code", 200));
    }

    private sealed class Unhurried : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => Interlocked.Add(ref _now, TimestampFrequency);
    }
}
