using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace TocsinSdk.Metrics;

/// <summary>
/// Sorts instruments into families, and hides those whose name another already has with another meaning: one name
/// twice would make Prometheus refuse the whole page. Built anew only when the instruments change.
/// </summary>
internal sealed class FamilyCatalog(bool scopeLabels, Action<string> hidden)
{
    private const int MaxSaid = 1000;

    private readonly List<Metric> _known = [];
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);
    private List<Family> _families = [];

    /// <summary>How many instruments are hidden now.</summary>
    public int Hidden { get; private set; }

    public List<Family> Of(in Batch<Metric> batch)
    {
        if (!Same(batch))
            Rebuild();
        return _families;
    }

    private bool Same(in Batch<Metric> batch)
    {
        var (i, same) = (0, true);
        foreach (var metric in batch)
        {
            same = same && i < _known.Count && ReferenceEquals(_known[i], metric);
            if (!same)
            {
                if (i < _known.Count)
                    _known.RemoveRange(i, _known.Count - i);
                _known.Add(metric);
            }
            i++;
        }
        if (i < _known.Count)
        {
            _known.RemoveRange(i, _known.Count - i);
            same = false;
        }
        return same;
    }

    private void Rebuild()
    {
        var families = new SortedDictionary<string, Family>(StringComparer.Ordinal);
        var owners = new Dictionary<string, Family>(StringComparer.Ordinal);
        var instruments = new HashSet<(string Family, string Scope)>();
        var known = _families.SelectMany(static f => f.Streams).ToDictionary(static s => s.Metric);
        Hidden = 0;
        foreach (var metric in _known)
        {
            var kind = KindOf(metric.MetricType);
            var unit = PrometheusNames.Unit(metric.Unit, kind == FamilyKind.Gauge);
            var name = PrometheusNames.Family(metric.Name, unit, kind == FamilyKind.Counter);
            var names = Family.SampleNames(name, kind);
            families.TryGetValue(name, out var family);
            var taken = family is null
                ? names.Any(owners.ContainsKey)
                : family.Kind != kind || !instruments.Add((name, ScopeOf(metric)));
            if (taken)
            {
                Hide(metric, name);
                continue;
            }
            if (family is null)
            {
                families[name] = family = new Family(name, kind, unit, metric.Description ?? "");
                foreach (var sample in names)
                    owners[sample] = family;
                instruments.Add((name, ScopeOf(metric)));
            }
            family.Streams.Add(known.GetValueOrDefault(metric) ?? new MetricStream(metric, ScopeLabels(metric)));
        }
        _families = [.. families.Values];
    }

    private void Hide(Metric metric, string name)
    {
        Hidden++;
        if (_said.Count < MaxSaid && _said.Add(metric.MeterName + "/" + metric.Name))
            hidden($"tocsin: /metrics leaves out {metric.Name} of meter {metric.MeterName}: "
                + $"another instrument is called {name} there; rename one of them");
    }

    // Without scope labels two meters' instruments of one name would give the same series twice.
    private string ScopeOf(Metric metric)
    {
        if (!scopeLabels)
            return "";
        var tags = metric.MeterTags is null ? "" : string.Join('\0', metric.MeterTags);
        return $"{metric.MeterName}\0{metric.MeterVersion}\0{metric.MeterSchemaUrl}\0{tags}";
    }

    private byte[] ScopeLabels(Metric metric)
    {
        if (!scopeLabels)
            return [];
        using var text = new Utf8Buffer(256);
        LabelWriter.Write(text, "otel_scope_name", metric.MeterName);
        if (!string.IsNullOrEmpty(metric.MeterVersion))
            LabelWriter.Write(text, "otel_scope_version", metric.MeterVersion);
        if (!string.IsNullOrEmpty(metric.MeterSchemaUrl))
            LabelWriter.Write(text, "otel_scope_schema_url", metric.MeterSchemaUrl);
        var seen = new HashSet<string>(["name", "version", "schema_url"], StringComparer.Ordinal);
        foreach (var (key, value) in metric.MeterTags ?? [])
            if (PrometheusNames.Sanitize(key, colon: false) is var label && seen.Add(label))
                LabelWriter.Write(text, "otel_scope_" + label.TrimStart('_'), LabelWriter.Text(key, value));
        return text.Written.ToArray();
    }

    private static FamilyKind KindOf(MetricType type) =>
        type is MetricType.Histogram or MetricType.ExponentialHistogram ? FamilyKind.Histogram
        : type is MetricType.LongSum or MetricType.DoubleSum ? FamilyKind.Counter : FamilyKind.Gauge;
}
