using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using TocsinSdk.Telemetry;

namespace TocsinSdk.Metrics;

/// <summary>The instruments of <see cref="Tocsin.Count"/> and its kin, made when first named. Any thread.</summary>
internal static class BusinessMeter
{
    public const string Name = "Tocsin.Business";

    private const int MaxNames = 1000, MaxName = 255;

    private static readonly Meter s_meter = new(Name);
    private static readonly ConcurrentDictionary<string, Counter<long>> s_counters = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, Gauge<double>> s_gauges = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, Histogram<double>> s_histograms = new(StringComparer.Ordinal);
    private static readonly Counter<long> s_refused = SdkMeter.Meter.CreateCounter<long>("tocsin.sdk.measures.refused",
        "{measure}", "Measures not taken because there are too many names");

    private static int s_names, s_said;

    public static void Count(string name, long value, ReadOnlySpan<(string, object?)> tags)
    {
        if (value >= 0
            && Find(s_counters, name, name, static (name, _) => s_meter.CreateCounter<long>(name)) is { } counter)
            counter.Add(value, Tags(tags));
    }

    public static void Gauge(string name, double value, ReadOnlySpan<(string, object?)> tags) =>
        Find(s_gauges, name, name, static (name, _) => s_meter.CreateGauge<double>(name))?.Record(value, Tags(tags));

    public static void Measure(string name, double value, string unit, ReadOnlySpan<(string, object?)> tags) =>
        Find(s_histograms, name, unit, static (name, unit) => s_meter.CreateHistogram<double>(name, unit))?
            .Record(value, Tags(tags));

    private static T? Find<T>(
        ConcurrentDictionary<string, T> known, string name, string unit, Func<string, string, T> make) where T : class
    {
        if (known.TryGetValue(name, out var instrument))
            return instrument;
        if (Interlocked.Increment(ref s_names) <= MaxNames)
            return known.GetOrAdd(name, make(Valid(name), unit));
        Interlocked.Decrement(ref s_names);
        s_refused.Add(1);
        if (Interlocked.Exchange(ref s_said, 1) == 0)
            Console.Error.WriteLine($"tocsin: more than {MaxNames} names of measures; {name} and further ones are left out");
        return null;
    }

    // OpenTelemetry takes no other names, and says so to nobody.
    private static string Valid(string name)
    {
        var valid = string.Create(Math.Min(name.Length, MaxName), name, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++)
                to[i] = char.IsAsciiLetterOrDigit(from[i]) || from[i] is '.' or '_' or '-' or '/' ? from[i] : '_';
        });
        return valid.Length > 0 && char.IsAsciiLetter(valid[0])
            ? valid : "m_" + (valid.Length < MaxName - 2 ? valid : valid[..(MaxName - 2)]);
    }

    private static TagList Tags(ReadOnlySpan<(string Key, object? Value)> tags)
    {
        var list = default(TagList);
        foreach (var (key, value) in tags)
            list.Add(key, value);
        return list;
    }
}
