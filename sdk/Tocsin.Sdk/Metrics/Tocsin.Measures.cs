using TocsinSdk.Metrics;

namespace TocsinSdk;

public static partial class Tocsin
{
    /// <summary>
    /// Counts something of the business: <c>Tocsin.Count("deals.found", 1, ("category", category))</c> is
    /// deals_found_total on /metrics. The meter is "Tocsin.Business". Each combination of tags is a series of its own,
    /// at most <see cref="MetricOptions.SeriesLimit"/>: never tag with ids.
    /// </summary>
    /// <param name="name">Words of ASCII letters and digits parted by dots; other characters become "_". At most 1000 names.</param>
    /// <param name="value">How many more; negative values are not counted.</param>
    /// <param name="tags">What kind it was.</param>
    public static void Count(string name, long value = 1, params ReadOnlySpan<(string Key, object? Value)> tags)
    {
        ArgumentNullException.ThrowIfNull(name);
        BusinessMeter.Count(name, value, tags);
    }

    /// <summary>Notes how high something stands now: <c>Tocsin.Gauge("active_goals", goals.Count)</c>.</summary>
    /// <param name="name">As for <see cref="Count"/>.</param>
    /// <param name="value">The present value; it stands until the next one.</param>
    /// <param name="tags">As for <see cref="Count"/>.</param>
    public static void Gauge(string name, double value, params ReadOnlySpan<(string Key, object? Value)> tags)
    {
        ArgumentNullException.ThrowIfNull(name);
        BusinessMeter.Gauge(name, value, tags);
    }

    /// <summary>Notes one value of many, for their distribution: <c>Tocsin.Measure("order.items", 12)</c>.</summary>
    /// <param name="name">As for <see cref="Count"/>.</param>
    /// <param name="value">The value.</param>
    /// <param name="tags">As for <see cref="Count"/>.</param>
    public static void Measure(string name, double value, params ReadOnlySpan<(string Key, object? Value)> tags) =>
        Measure(name, value, "", tags);

    /// <summary>Notes one value of many with its unit: <c>Tocsin.Measure("import.duration", 2.5, "s")</c>.</summary>
    /// <param name="name">As for <see cref="Count"/>.</param>
    /// <param name="value">The value.</param>
    /// <param name="unit">Such as "s", "By", "{item}" (UCUM); the first one given for a name stays.</param>
    /// <param name="tags">As for <see cref="Count"/>.</param>
    public static void Measure(
        string name, double value, string unit, params ReadOnlySpan<(string Key, object? Value)> tags)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(unit);
        BusinessMeter.Measure(name, value, unit, tags);
    }

    /// <summary>
    /// Counts hits and misses of a cache: <c>Tocsin.Cache("prices").Hit()</c> is
    /// cache_hits_total{cache_name="prices"}. Costs nothing to ask for again.
    /// </summary>
    public static CacheCounts Cache(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new CacheCounts(name);
    }

    /// <summary>
    /// Times a task from now until the result is disposed: <c>using var task = Tocsin.Task("mail.send")</c> is
    /// task_duration_seconds{task_name="mail.send"}, and counts in task_active meanwhile.
    /// </summary>
    public static TimedTask Task(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new TimedTask(name);
    }

    /// <summary>
    /// Counts one more worker until the result is disposed: <c>using var worker = Tocsin.Worker("mailer")</c> is
    /// workers{worker_name="mailer"}.
    /// </summary>
    public static IDisposable Worker(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new RunningWorker(name);
    }
}
