using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TocsinSdk.Health.Workers;

namespace TocsinSdk.Health.Checks;

/// <summary>
/// Whether background workers show signs of life: late after 1.5 times the expected time, missing after 3 times.
/// </summary>
internal sealed class WorkerHeartbeatCheck(Heartbeats heartbeats, string? only) : IHealthCheck
{
    public const double LateAfter = 1.5, MissingAfter = 3;

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = HealthStatus.Healthy;
        var values = new Dictionary<string, object>();
        var late = new List<string>();
        foreach (var worker in heartbeats.Read())
        {
            if (only is not null && worker.Name != only)
                continue;
            values[only is null ? worker.Name + "_seconds_ago" : "seconds_ago"] =
                Math.Round(worker.Silence.TotalSeconds, 1);
            if (worker.Expected is not { } expected || worker.Silence <= expected * LateAfter)
                continue;
            var found = worker.Silence > expected * MissingAfter ? HealthStatus.Unhealthy : HealthStatus.Degraded;
            status = found < status ? found : status;
            late.Add(string.Create(CultureInfo.InvariantCulture,
                $"{worker.Name} was last seen {worker.Silence.TotalSeconds:0.#} s ago, expected every {expected.TotalSeconds:0.#} s"));
        }
        return Task.FromResult(new HealthCheckResult(
            status, late.Count == 0 ? null : string.Join("; ", late), data: values));
    }
}
