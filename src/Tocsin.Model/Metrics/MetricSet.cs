using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Tocsin.Model.Metrics;

/// <summary>
/// Tocsin's own metrics: counters, gauges and histograms, written as Prometheus text 0.0.4. Names are created once at
/// wiring time; <see cref="Counter.Add"/> is lock-free and allocates nothing.
/// </summary>
public sealed class MetricSet
{
    private readonly ConcurrentDictionary<string, Family> _families = new(StringComparer.Ordinal);

    /// <param name="name">Prometheus name; counters end in _total.</param>
    /// <param name="help">One sentence.</param>
    /// <param name="labels">Fixed label pairs of this series.</param>
    public Counter Counter(string name, string help, params (string Name, string Value)[] labels) =>
        FamilyOf(name, "counter", help).Series(labels, static () => new Counter());

    /// <summary>The value is read at scrape time; <paramref name="read"/> must not block.</summary>
    public void Gauge(string name, string help, Func<double> read, params (string Name, string Value)[] labels) =>
        FamilyOf(name, "gauge", help).Series(labels, () => new Gauge(read));

    /// <summary>A counter that somebody else keeps; <paramref name="read"/> never goes down and must not block.</summary>
    public void CounterOf(string name, string help, Func<double> read, params (string Name, string Value)[] labels) =>
        FamilyOf(name, "counter", help).Series(labels, () => new Gauge(read));

    public Histogram Histogram(string name, string help, double[] bounds, params (string Name, string Value)[] labels) =>
        FamilyOf(name, "histogram", help).Series(labels, () => new Histogram(bounds));

    /// <summary>Sum of all series of a counter; 0 when there is none.</summary>
    public long Total(string name) =>
        _families.TryGetValue(name, out Family? family) ? family.All.Values.OfType<Counter>().Sum(c => c.Value) : 0;

    public string WritePrometheusText()
    {
        var text = new StringBuilder();
        foreach (Family family in _families.Values.OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            text.Append($"# HELP {family.Name} {family.Help}\n# TYPE {family.Name} {family.Type}\n");
            foreach ((string labels, IMetric metric) in family.All.OrderBy(s => s.Key, StringComparer.Ordinal))
                metric.Write(text, family.Name, labels);
        }
        return text.ToString();
    }

    private Family FamilyOf(string name, string type, string help) =>
        _families.GetOrAdd(name, n => new Family(n, type, help));

    internal static string Format(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private sealed class Family(string name, string type, string help)
    {
        public string Name => name;
        public string Type => type;
        public string Help => help;
        public ConcurrentDictionary<string, IMetric> All { get; } = new(StringComparer.Ordinal);

        public T Series<T>((string Name, string Value)[] labels, Func<T> create)
            where T : IMetric
        {
            string key = string.Join(",", labels.Select(l => $"{l.Name}=\"{Escape(l.Value)}\""));
            return (T)All.GetOrAdd(key, _ => create());
        }

        private static string Escape(string value) =>
            value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");
    }
}

internal interface IMetric
{
    void Write(StringBuilder text, string name, string labels);
}

public sealed class Counter : IMetric
{
    private long _value;

    public long Value => Volatile.Read(ref _value);

    public void Add(long amount = 1) => Interlocked.Add(ref _value, amount);

    void IMetric.Write(StringBuilder text, string name, string labels) =>
        text.Append(name).Append(labels.Length > 0 ? $"{{{labels}}}" : "").Append(' ').Append(Value).Append('\n');
}

internal sealed class Gauge(Func<double> read) : IMetric
{
    void IMetric.Write(StringBuilder text, string name, string labels) =>
        text.Append(name).Append(labels.Length > 0 ? $"{{{labels}}}" : "").Append(' ')
            .Append(MetricSet.Format(read())).Append('\n');
}

public sealed class Histogram(double[] bounds) : IMetric
{
    private readonly long[] _counts = new long[bounds.Length + 1];
    private double _sum;

    /// <param name="value">In the base unit of the metric's name.</param>
    public void Observe(double value)
    {
        int bucket = Array.BinarySearch(bounds, value);
        Interlocked.Increment(ref _counts[bucket < 0 ? ~bucket : bucket]);
        double seen;
        do
        {
            seen = _sum;
        }
        while (Interlocked.CompareExchange(ref _sum, seen + value, seen) != seen);
    }

    void IMetric.Write(StringBuilder text, string name, string labels)
    {
        string prefix = labels.Length > 0 ? labels + "," : "";
        long total = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            total += Volatile.Read(ref _counts[i]);
            string le = i < bounds.Length ? MetricSet.Format(bounds[i]) : "+Inf";
            text.Append($"{name}_bucket{{{prefix}le=\"{le}\"}} {total}\n");
        }
        string suffix = labels.Length > 0 ? $"{{{labels}}}" : "";
        text.Append($"{name}_sum{suffix} {MetricSet.Format(_sum)}\n{name}_count{suffix} {total}\n");
    }
}
