using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TocsinSdk.Telemetry;

namespace TocsinSdk.Tracking;

/// <summary>
/// All operations of the process: begins them, and tells metrics, logs, spans and the summary of their ends.
/// </summary>
internal sealed class Operations(Func<TrackingOptions> options, TimeProvider clock)
{
    /// <summary>Spans of operations come from here.</summary>
    public static readonly ActivitySource Source = new(SdkMeter.Name);

    private readonly PerformanceLog _log = new();

    /// <summary>Null before the start.</summary>
    public static Operations? OfProcess { get; set; }

    public TimeProvider Clock => clock;

    public bool MeasuresCpu => options().MeasureCpu && ThreadCpu.Known;

    /// <summary>How often a statement may run in one unit of work; 0 when nobody counts.</summary>
    public int RepeatedQueryLimit => options() is { Enabled: true } o ? o.RepeatedQueryLimit : 0;

    /// <summary>The operations of this process by name, for the debug page.</summary>
    public OperationSummaries Summaries { get; } = new();

    /// <summary>Where records go from now on; before, they are lost.</summary>
    public void LogTo(ILoggerFactory loggers) => _log.Logger = loggers.CreateLogger(PerformanceLog.Category);

    public OperationScope Begin(string name, TimeSpan? threshold = null, bool isRequest = false)
    {
        var now = options();
        if (!now.Enabled)
            return OperationScope.Inert;
        var slow = now.Thresholds.Count > 0 && now.Thresholds.TryGetValue(name, out var text)
            ? TrackingOptions.ThresholdOf(text) : null;
        return new OperationScope(this, name, slow ?? threshold ?? now.SlowThreshold, ScopeContext.Current, isRequest);
    }

    public void Complete(OperationScope scope)
    {
        try
        {
            if (!scope.IsRequest)
                Tell(scope);
            if (scope.Parent is null && scope.Repeats is { } repeats)
                Report(repeats, scope.Name);
        }
        catch (Exception)
        {
            // A logger or listener of the application; its operation ends all the same.
            OperationInstruments.Failed.Add(1);
        }
        finally
        {
            scope.Activity?.Dispose();
        }
    }

    /// <summary>Warns of the statements that ran too often in a unit of work that has ended.</summary>
    public void Report(QueryRepeats repeats, string operation)
    {
        foreach (var repeated in repeats.Drain(RepeatedQueryLimit))
        {
            OperationInstruments.RepeatedQueries.Add(1);
            _log.Repeated(operation, repeated);
        }
    }

    private void Tell(OperationScope scope)
    {
        var slow = scope.Duration >= scope.Threshold;
        var name = Summaries.Add(scope.Name, scope.Duration, scope.Failed, slow, options().MaxOperations);
        OperationInstruments.Record(name, scope, slow);
        if (scope.Activity is { IsAllDataRequested: true } span)
            Describe(span, scope);
        _log.Completed(scope);
        if (slow)
            _log.Slow(scope);
    }

    private static void Describe(Activity span, OperationScope scope)
    {
        var spent = scope.Spent;
        span.SetTag("tocsin.operation.allocated_bytes", spent.Bytes);
        if (scope.MeasuresCpu)
            span.SetTag("tocsin.operation.cpu_ms", spent.Cpu.TotalMilliseconds);
        span.SetTag("tocsin.operation.gc_pause_ms", scope.Pauses.TotalMilliseconds);
        span.SetTag("tocsin.operation.db_queries", spent.DbQueries);
        span.SetTag("tocsin.operation.api_calls", spent.ApiCalls);
        if (spent.CacheHits + spent.CacheMisses > 0)
        {
            span.SetTag("tocsin.operation.cache_hits", spent.CacheHits);
            span.SetTag("tocsin.operation.cache_misses", spent.CacheMisses);
        }
        if (spent.Nested > 0)
            span.SetTag("tocsin.operation.nested", spent.Nested);
    }
}
