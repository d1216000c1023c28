using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TocsinSdk.Health.Checks;

/// <summary>Whether work piles up faster than it is done.</summary>
internal sealed class QueueLengthCheck(Func<long> length, long degradedAbove, long? unhealthyAbove) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var waiting = length();
        var status = waiting > unhealthyAbove ? HealthStatus.Unhealthy
            : waiting > degradedAbove ? HealthStatus.Degraded : HealthStatus.Healthy;
        return Task.FromResult(new HealthCheckResult(status,
            status == HealthStatus.Healthy ? null : string.Create(CultureInfo.InvariantCulture,
                $"{waiting} items wait, more than {(status == HealthStatus.Unhealthy ? unhealthyAbove : degradedAbove)}"),
            data: new Dictionary<string, object> { ["length"] = waiting }));
    }
}
