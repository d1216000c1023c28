using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using OpenTelemetry.Metrics;
using TocsinSdk.Runs;

namespace TocsinSdk.Metrics;

/// <summary>Which meters are listened to, and how their instruments are aggregated: the same for OTLP and the page.</summary>
internal static class MeterSet
{
    private static readonly string[] s_meters =
    [
        "Microsoft.AspNetCore.*", "System.Net.Http", "System.Net.NameResolution", "System.Runtime", "Npgsql",
        "Microsoft.EntityFrameworkCore", "Experimental.Microsoft.Extensions.AI", "Tocsin.*",
    ];

    // As OpenTelemetry recommends for durations of requests; its default bounds are meant for milliseconds.
    private static readonly double[] s_seconds =
        [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    public static MeterProviderBuilder AddMeters(this MeterProviderBuilder builder, Settings settings)
    {
        var options = settings.Options.Metrics;
        return builder
            .AddMeter([.. s_meters, .. settings.Sources, .. Own()])
            .AddView(instrument => View(instrument, options))
            .SetExemplarFilter(ExemplarFilterType.TraceBased);
    }

    /// <summary>The numbers of "0.1, 0.5, 2"; null when they are none or do not rise.</summary>
    public static double[]? Bounds(string text)
    {
        var bounds = new List<double>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!double.TryParse(part, CultureInfo.InvariantCulture, out var bound) || !double.IsFinite(bound)
                || (bounds.Count > 0 && bound <= bounds[^1]))
                return null;
            bounds.Add(bound);
        }
        return [.. bounds];
    }

    private static string[] Own() =>
        Assembly.GetEntryAssembly()?.GetName().Name is { } name ? [name, name + ".*"] : [];

    private static MetricStreamConfiguration View(Instrument instrument, MetricOptions options)
    {
        // A wildcard among the sources may reach what the framework keeps to itself.
        if (instrument.Meter.Name.StartsWith("Private.", StringComparison.Ordinal))
            return MetricStreamConfiguration.Drop;
        var stream = Aggregation(instrument, options);
        stream.CardinalityLimit = options.SeriesLimit;
        return stream;
    }

    private static MetricStreamConfiguration Aggregation(Instrument instrument, MetricOptions options)
    {
        if (Advice(instrument) is not { } advised)
            return new MetricStreamConfiguration();
        if (options.Buckets.TryGetValue(instrument.Name, out var text) && Bounds(text) is { } bounds)
            return new ExplicitBucketHistogramConfiguration { Boundaries = bounds };
        if (advised)
            return new MetricStreamConfiguration();
        if (options.ExponentialHistograms)
            return new Base2ExponentialBucketHistogramConfiguration();
        return instrument.Unit == "s"
            ? new ExplicitBucketHistogramConfiguration { Boundaries = s_seconds } : new MetricStreamConfiguration();
    }

    /// <summary>Whether a histogram's maker advised bounds; null when it is no histogram.</summary>
    private static bool? Advice(Instrument instrument) => instrument switch
    {
        Histogram<double> h => h.Advice?.HistogramBucketBoundaries is not null,
        Histogram<long> h => h.Advice?.HistogramBucketBoundaries is not null,
        Histogram<int> h => h.Advice?.HistogramBucketBoundaries is not null,
        Histogram<float> h => h.Advice?.HistogramBucketBoundaries is not null,
        Histogram<decimal> h => h.Advice?.HistogramBucketBoundaries is not null,
        Histogram<short> h => h.Advice?.HistogramBucketBoundaries is not null,
        Histogram<byte> h => h.Advice?.HistogramBucketBoundaries is not null,
        _ => null,
    };
}
