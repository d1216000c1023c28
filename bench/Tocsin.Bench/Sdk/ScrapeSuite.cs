using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Resources;
using TocsinSdk.Metrics;
using TocsinSdk.Runs;

namespace Tocsin.Bench.Sdk;

/// <summary>What a scrape of 10,000 series costs the process that is scraped, once it is warm.</summary>
internal static class ScrapeSuite
{
    private const int Series = 10_000, WarmUp = 60, Scrapes = 101;

    public static async Task<List<Figure>> Run(string[] arguments)
    {
        using var meter = new Meter("Bench.Scrape");
        Settings settings = Settings.Resolve(
            o =>
            {
                o.Sources.Add(meter.Name);
                o.Metrics.SeriesLimit = 2 * Series;
            },
            new Settings.Surroundings(new Dictionary<string, string>(), new ConfigurationBuilder().Build(), Yaml: null));
        var page = new MetricsPage(settings, static () => ResourceBuilder.CreateEmpty(), new Unhurried(), Console.Error.WriteLine);
        page.Open();
        Counter<long> requests = meter.CreateCounter<long>("bench.requests");
        for (int i = 0; i < Series; i++)
            requests.Add(i, new("http.route", "/bookings/" + (i / 40).ToString(CultureInfo.InvariantCulture)),
                new("shop", (i % 40).ToString(CultureInfo.InvariantCulture)), new("http.request.method", "GET"));
        var figures = new List<Figure>();
        foreach (Exposition format in (Exposition[])[Exposition.Text, Exposition.OpenMetrics])
        {
            for (int i = 0; i < WarmUp; i++)
                (await page.Take(format, default))!.Dispose();
            var times = new List<double>();
            (long least, int lines) = (long.MaxValue, 0);
            for (int i = 0; i < Scrapes; i++)
            {
                (long before, long began) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
                using Rendering rendering = (await page.Take(format, default))!;
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
                lines = rendering.Text.Span.Count("\nbench_requests_total{"u8);
            }
            figures.Add(new($"{format}: series of the meter on the page", lines, "", AtLeast: Series));
            figures.Add(new($"{format}: median scrape", Figures.Percentile(times, 50), "ms", AtMost: 10));
            figures.Add(new($"{format}: allocated", least / 1000.0, "kB", AtMost: 100));
        }
        return figures;
    }

    // The page answers scrapes that come within a second from memory; to this clock a second passes between any two.
    private sealed class Unhurried : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => Interlocked.Add(ref _now, TimestampFrequency);
    }
}
