using System.Diagnostics.Metrics;

namespace TocsinSdk.Metrics;

/// <summary>Instruments of caches, tasks, workers and errors.</summary>
internal static class WorkMeters
{
    private static readonly Meter s_caches = new("Tocsin.Cache"), s_tasks = new("Tocsin.Tasks"), s_errors = new("Tocsin.Errors");

    // Tasks last longer than requests.
    private static readonly InstrumentAdvice<double> s_taskSeconds = new()
    {
        HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
    };

    public static Counter<long> CacheHits { get; } =
        s_caches.CreateCounter<long>("cache.hits", "{hit}", "What was asked of a cache and found");

    public static Counter<long> CacheMisses { get; } =
        s_caches.CreateCounter<long>("cache.misses", "{miss}", "What was asked of a cache and not found");

    public static Histogram<double> TaskDuration { get; } = s_tasks.CreateHistogram(
        "task.duration", "s", "Duration of tasks", tags: null, s_taskSeconds);

    public static UpDownCounter<long> TasksActive { get; } =
        s_tasks.CreateUpDownCounter<long>("task.active", "{task}", "Tasks under way");

    public static UpDownCounter<long> Workers { get; } =
        s_tasks.CreateUpDownCounter<long>("workers", "{worker}", "Workers that run");

    public static Counter<long> Errors { get; } =
        s_errors.CreateCounter<long>("errors", "{error}", "Log records of level Error and above, by class of exception");
}
