using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TocsinSdk.Health.Checks;

/// <summary>Warns when something limited is nearly used up, and fails when a second limit is given and passed.</summary>
internal sealed class UsageCheck(double warnAbove, double? unhealthyAbove, params Usage[] usages) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = HealthStatus.Healthy;
        var values = new Dictionary<string, object>();
        var over = new List<string>();
        foreach (var usage in usages)
        {
            if (usage.Read() is not { } reading)
                continue;
            values[usage.Key] = Math.Round(reading.Percent, 1);
            foreach (var (key, value) in reading.Details)
                values[key] = value;
            if (reading.Percent > warnAbove)
            {
                over.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{usage.Key} is {reading.Percent:0.#}, above {warnAbove:0.#}"));
                var found = reading.Percent > unhealthyAbove ? HealthStatus.Unhealthy : HealthStatus.Degraded;
                status = found < status ? found : status;
            }
        }
        return Task.FromResult(new HealthCheckResult(
            status, over.Count == 0 ? null : string.Join("; ", over), data: values));
    }
}
