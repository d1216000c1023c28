using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TocsinSdk.Health.Checks;

/// <summary>How long a work item waits for a thread of the pool: queues one behind all others and measures.</summary>
internal sealed class ThreadPoolCheck(TimeSpan degradedAbove, TimeSpan unhealthyAbove, TimeProvider clock)
    : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var queued = clock.GetTimestamp();
        var answered = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        ThreadPool.UnsafeQueueUserWorkItem(
            static probe => probe.answered.SetResult(probe.clock.GetElapsedTime(probe.queued)),
            (answered, clock, queued), preferLocal: false);
        var waited = await answered.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        var status = waited > unhealthyAbove ? HealthStatus.Unhealthy
            : waited > degradedAbove ? HealthStatus.Degraded : HealthStatus.Healthy;
        ThreadPool.GetMaxThreads(out var most, out _);
        return new HealthCheckResult(status,
            status == HealthStatus.Healthy ? null : string.Create(CultureInfo.InvariantCulture,
                $"a work item waited {waited.TotalMilliseconds:0} ms for a thread of the pool"),
            data: new Dictionary<string, object>
            {
                ["latency_ms"] = Math.Round(waited.TotalMilliseconds, 3),
                ["pending_items"] = ThreadPool.PendingWorkItemCount,
                ["threads"] = ThreadPool.ThreadCount,
                ["max_threads"] = most,
            });
    }
}
