using System.Collections.Concurrent;
using Tocsin.Model.Crashes;
using Tocsin.Model.Metrics;

namespace Tocsin.Crashes;

/// <summary>Crashes as metrics; the number of label values is bounded.</summary>
internal sealed class CrashCounters(MetricSet metrics)
{
    private const int MaxServices = 200;
    private readonly ConcurrentDictionary<string, bool> _services = new(StringComparer.Ordinal);

    private readonly Histogram _seconds = metrics.Histogram(
        "tocsin_crash_accept_seconds",
            "Time from a crash report's arrival to its record, group and alert being on disk.",
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]);

    private readonly Counter _missed = metrics.Counter(
        "tocsin_crash_related_logs_failed_total", "Crashes whose related logs could not be attached.");

    public void Accepted(CrashRecord record, TimeSpan took)
    {
        // Beyond the limit every further service shares one series.
        string service = _services.ContainsKey(record.Service)
            || (_services.Count < MaxServices && _services.TryAdd(record.Service, true))
            ? record.Service : "other";
        metrics.Counter("tocsin_crashes_total", "Crashes accepted, duplicates not counted.",
            ("class", CrashWords.Name(record.Class)), ("service", service)).Add();
        _seconds.Observe(took.TotalSeconds);
    }

    public void LogsMissed() => _missed.Add();
}
