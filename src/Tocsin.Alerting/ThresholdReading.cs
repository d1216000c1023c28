using System.Globalization;

namespace Tocsin.Alerting;

/// <summary>A measured value and the threshold it has crossed, and how people say that.</summary>
/// <param name="Metric">snake_case with its unit at the end: "cpu_percent", "api_response_time_ms".</param>
public sealed record ThresholdReading(string Metric, double Current, double Threshold)
{
    /// <summary>A threshold of 0 has no percentage: whatever crosses it counts as twice too much.</summary>
    private const double PercentOverZero = 100;

    /// <summary>A tiny threshold must not make a number that JSON cannot hold.</summary>
    private const double MostPercent = 1e9;

    private static readonly (string Suffix, string Unit)[] s_units =
    [
        ("_percent", "%"), ("_pct", "%"), ("_milliseconds", " ms"), ("_ms", " ms"), ("_seconds", " s"), ("_bytes", " bytes"),
        ("_per_second", "/s"),
    ];

    private static readonly HashSet<string> s_acronyms =
        new(["cpu", "api", "db", "http", "io", "p50", "p90", "p95", "p99", "gc", "sql", "ssl", "tls"], StringComparer.Ordinal);

    /// <summary>How far beyond the threshold, in percent of it; positive on either side.</summary>
    public double OveragePercent =>
        Current == Threshold ? 0
        : Threshold == 0 ? PercentOverZero
        : Math.Min(Math.Abs((Current - Threshold) / Threshold) * 100, MostPercent);

    public bool Below => Current < Threshold;

    public string Unit => s_units.FirstOrDefault(u => Metric.EndsWith(u.Suffix, StringComparison.Ordinal)).Unit ?? "";

    /// <summary>"CPU" for cpu_percent, "API response time" for api_response_time_ms.</summary>
    public string Name
    {
        get
        {
            string suffix = s_units.FirstOrDefault(u => Metric.EndsWith(u.Suffix, StringComparison.Ordinal)).Suffix ?? "";
            string[] words = Metric[..^suffix.Length].Split('_', StringSplitOptions.RemoveEmptyEntries);
            string name = string.Join(' ', words.Select(w => s_acronyms.Contains(w) ? w.ToUpperInvariant() : w));
            return name.Length == 0 ? Metric : char.ToUpperInvariant(name[0]) + name[1..];
        }
    }

    /// <summary>"High CPU Usage - web-server-01".</summary>
    public string TitleFor(string resource) =>
        $"{(Below ? "Low" : "High")} {Name}{(Unit == "%" && !Below ? " Usage" : "")} - {resource}";

    /// <summary>"CPU is at 92% (threshold: 80%, exceeded by 15.0%)".</summary>
    public string Message =>
        $"{Name} is at {Number(Current)}{Unit} (threshold: {Number(Threshold)}{Unit}, " +
        $"{(Below ? "below by" : "exceeded by")} {OveragePercent.ToString("F1", CultureInfo.InvariantCulture)}%)";

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
