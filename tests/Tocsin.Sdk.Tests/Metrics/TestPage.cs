using System.Diagnostics.Metrics;
using System.Text;
using OpenTelemetry.Resources;
using TocsinSdk.Metrics;
using TocsinSdk.Runs;
using TocsinSdk.Tests.Support;

namespace TocsinSdk.Tests.Metrics;

/// <summary>A page over one meter of the test's own (and all the process's).</summary>
internal sealed class TestPage : IDisposable
{
    private static int s_pages;

    public TestPage(Action<MetricOptions>? configure = null, TimeProvider? clock = null, string? version = null,
        string? sources = null)
    {
        Meter = new Meter($"Test.Page{Interlocked.Increment(ref s_pages)}", version);
        var settings = Settings.Resolve(
            o =>
            {
                o.Sources.Add(sources ?? Meter.Name);
                configure?.Invoke(o.Metrics);
            },
            Around.Nothing);
        Options = settings.Options.Metrics;
        Page = new MetricsPage(
            settings, () => ResourceBuilder.CreateEmpty().AddService("größe"), clock ?? TimeProvider.System, Say);
        Page.Open();
    }

    public Meter Meter { get; }
    public MetricOptions Options { get; }
    public MetricsPage Page { get; }
    public List<string> Said { get; } = [];

    public string Text => Read(Exposition.Text);
    public string OpenMetrics => Read(Exposition.OpenMetrics);

    /// <summary>The families that have samples of the test's meter, with only those.</summary>
    public Dictionary<string, ParsedFamily> Parsed(bool openMetrics = false)
    {
        var own = new Dictionary<string, ParsedFamily>();
        foreach (var (name, family) in PageParser.Parse(openMetrics ? OpenMetrics : Text, openMetrics))
        {
            family.Samples.RemoveAll(s => s.Labels.GetValueOrDefault("otel_scope_name") != Meter.Name);
            if (family.Samples.Count > 0)
                own[name] = family;
        }
        return own;
    }

    /// <summary>The lines of the test's meter, without the label that names it.</summary>
    public string OwnLines(bool openMetrics = false)
    {
        var scope = $"otel_scope_name=\"{Meter.Name}\"";
        var (lines, own, head) = (new StringBuilder(), false, new StringBuilder());
        foreach (var line in (openMetrics ? OpenMetrics : Text).Split('\n'))
        {
            if (line.StartsWith("# TYPE", StringComparison.Ordinal))
                head.Clear();
            if (line.StartsWith('#'))
                head.Append(line).Append('\n');
            own = line.Contains(scope);
            if (!own)
                continue;
            lines.Append(head).Append(line.Replace(scope + ",", "").Replace("{" + scope + "}", "")).Append('\n');
            head.Clear();
        }
        return lines.ToString();
    }

    public void Dispose() => Meter.Dispose();

    private string Read(Exposition format)
    {
        using var rendering = Page.Take(format, default).GetAwaiter().GetResult();
        return Encoding.UTF8.GetString(rendering.ShouldNotBeNull().Text.Span);
    }

    private void Say(string line)
    {
        lock (Said)
            Said.Add(line);
    }
}
