using System.Globalization;
using TocsinSdk.Metrics;

namespace TocsinSdk;

/// <summary>Measures, and the /metrics page.</summary>
public sealed class MetricOptions
{
    /// <summary>Where the application serves the page; default "/metrics". Needs Tocsin.Sdk.AspNetCore and MapTocsin.</summary>
    public string Path { get; set; } = "/metrics";

    /// <summary>
    /// Whether any address may read the page without a key; default false: only this machine may, and not through a
    /// proxy.
    /// </summary>
    public bool Open { get; set; }

    /// <summary>
    /// When set, whoever reads the page must send it as "Authorization: Bearer ...", from any address; default none.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>
    /// Address and port of a listener that serves nothing but the page, for programs without a web server
    /// ("127.0.0.1:9464"; "*:9464" for all addresses); default none.
    /// </summary>
    public string? Listen { get; set; }

    /// <summary>
    /// How many series one instrument may have. Further combinations of labels are counted together in one series
    /// with the label otel_metric_overflow="true". Default 2000, at least 1.
    /// </summary>
    public int SeriesLimit { get; set; } = 2000;

    /// <summary>
    /// Upper bounds of histogram buckets by instrument name: "checkout.duration" to "0.1, 0.5, 2". They go before the
    /// instrument's own advice.
    /// </summary>
    public Dictionary<string, string> Buckets { get; } = [];

    /// <summary>
    /// Whether histograms without bounds of their own grow their buckets exponentially; default false: seconds get
    /// 5 ms to 10 s, everything else OpenTelemetry's default bounds.
    /// </summary>
    public bool ExponentialHistograms { get; set; }

    /// <summary>Whether each series carries the meter's name and version as otel_scope_*; default true.</summary>
    public bool ScopeLabels { get; set; } = true;

    /// <summary>
    /// Whether OpenMetrics also tells since when a counter or histogram counts (_created); default false, because
    /// Prometheus before 3 stores each as one more series.
    /// </summary>
    public bool CreatedSeries { get; set; }

    /// <summary>Whether process.*, system.* and container.* are measured; default true.</summary>
    public bool System { get; set; } = true;

    internal IEnumerable<string> Problems()
    {
        if (!Path.StartsWith('/'))
            yield return $"Metrics.Path is \"{Path}\"; expected a path such as /metrics";
        if (SeriesLimit < 1)
            yield return string.Create(
                CultureInfo.InvariantCulture, $"Metrics.SeriesLimit is {SeriesLimit}; expected at least 1");
        if (Key?.AsSpan().ContainsAnyExceptInRange('!', '~') == true)
            yield return "Metrics.Key holds a blank or a character outside ASCII; expected printable ASCII";
        if (Listen is { } listen && MetricsListener.Prefix(listen) is null)
            yield return $"Metrics.Listen is \"{listen}\"; expected address:port, as 127.0.0.1:9464";
        foreach (var (name, bounds) in Buckets)
            if (MeterSet.Bounds(bounds) is null)
                yield return $"Metrics.Buckets:{name} is \"{bounds}\"; expected rising numbers, as \"0.1, 0.5, 2\"";
    }
}
