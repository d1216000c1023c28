using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace TocsinSdk.Tracking;

/// <summary>
/// Writes performance_metrics (Debug) and performance_alert (Warning) with the fields that dashboards read.
/// </summary>
internal sealed class PerformanceLog
{
    public const string Category = "Tocsin.Performance";

    private static readonly EventId s_metrics = new(1, "performance_metrics"), s_alert = new(2, "performance_alert");

    public ILogger Logger { get; set; } = NullLogger.Instance;

    public void Completed(OperationScope scope)
    {
        if (!Logger.IsEnabled(LogLevel.Debug))
            return;
        var spent = scope.Spent;
        var fields = new LogFields("performance_metrics: {operation} took {duration_ms} ms")
        {
            { "operation", scope.Name },
            { "duration_ms", Milliseconds(scope.Duration) },
            { "memory_delta_mb", Math.Round(spent.Bytes / (1024.0 * 1024), 3) },
            { "gc_pause_ms", Milliseconds(scope.Pauses) },
            { "db_queries", spent.DbQueries },
            { "db_ms", Milliseconds(spent.DbTime) },
            { "api_calls", spent.ApiCalls },
            { "api_ms", Milliseconds(spent.ApiTime) },
            { "cache_hits", spent.CacheHits },
            { "cache_misses", spent.CacheMisses },
            { "cache_efficiency", Math.Round(spent.CacheEfficiency, 3) },
            { "nested", spent.Nested },
            { "success", !scope.Failed },
        };
        if (scope.MeasuresCpu)
        {
            fields.Add("cpu_ms", Milliseconds(spent.Cpu));
            fields.Add("cpu_percent", Math.Round(100 * spent.Cpu / Longer(scope.Duration), 1));
        }
        if (scope.Error is { } error)
            fields.Add("error", error);
        Write(LogLevel.Debug, s_metrics, fields, scope);
    }

    public void Slow(OperationScope scope) => Write(LogLevel.Warning, s_alert,
        new LogFields("performance_alert: {operation} took {duration_ms} ms, threshold {threshold_ms} ms")
        {
            { "operation", scope.Name },
            { "issue", "slow_execution" },
            { "duration_ms", Milliseconds(scope.Duration) },
            { "threshold_ms", Milliseconds(scope.Threshold) },
            { "db_queries", scope.Spent.DbQueries },
            { "db_ms", Milliseconds(scope.Spent.DbTime) },
            { "api_calls", scope.Spent.ApiCalls },
            { "api_ms", Milliseconds(scope.Spent.ApiTime) },
            { "gc_pause_ms", Milliseconds(scope.Pauses) },
            { "success", !scope.Failed },
        }, scope);

    public void Repeated(string operation, RepeatedQuery repeated)
    {
        var fields = new LogFields(
            "performance_alert: {operation} ran one statement {count} times in {duration_ms} ms (N+1): {statement}")
        {
            { "operation", operation },
            { "issue", "n_plus_one" },
            { "statement", repeated.Statement },
            { "count", repeated.Count },
            { "duration_ms", Milliseconds(repeated.Duration) },
        };
        if (repeated.CallSite is { } site)
            fields.Add("call_site", site);
        Write(LogLevel.Warning, s_alert, fields, scope: null);
    }

    private void Write(LogLevel level, EventId id, LogFields fields, OperationScope? scope)
    {
        foreach (var attribute in scope?.Attributes ?? [])
            fields.Add(attribute.Key, attribute.Value);
        Logger.Log(level, id, fields, scope?.Exception is { } e && level >= LogLevel.Warning ? e : null,
            static (fields, _) => fields.ToString());
    }

    private static double Milliseconds(TimeSpan span) => Math.Round(span.TotalMilliseconds, 3);

    private static TimeSpan Longer(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.FromTicks(1);
}
