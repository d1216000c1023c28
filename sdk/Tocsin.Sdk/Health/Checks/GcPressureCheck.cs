using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TocsinSdk.Health.Checks;

/// <summary>The share of time the garbage collector stopped the process since the last run of the check.</summary>
internal sealed class GcPressureCheck(double warnAbovePercent, TimeProvider clock) : IHealthCheck
{
    private readonly Lock _lock = new();
    private long _at = clock.GetTimestamp();
    private TimeSpan _paused = GC.GetTotalPauseDuration();
    private int _collections = GC.CollectionCount(2);

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        double percent;
        int collections;
        lock (_lock)
        {
            var elapsed = clock.GetElapsedTime(_at);
            var (paused, total) = (GC.GetTotalPauseDuration(), GC.CollectionCount(2));
            percent = elapsed <= TimeSpan.Zero ? 0 : Math.Clamp(100 * (paused - _paused) / elapsed, 0, 100);
            collections = total - _collections;
            (_at, _paused, _collections) = (clock.GetTimestamp(), paused, total);
        }
        var under = percent > warnAbovePercent;
        return Task.FromResult(new HealthCheckResult(
            under ? HealthStatus.Degraded : HealthStatus.Healthy,
            !under ? null : string.Create(CultureInfo.InvariantCulture,
                $"the garbage collector stopped the process {percent:0.#} % of the time"),
            data: new Dictionary<string, object>
            {
                ["pause_percent"] = Math.Round(percent, 2),
                ["gen2_collections"] = collections,
                ["heap_bytes"] = GC.GetTotalMemory(forceFullCollection: false),
            }));
    }
}
