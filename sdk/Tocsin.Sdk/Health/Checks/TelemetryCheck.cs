using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TocsinSdk.Health.Checks;

/// <summary>Whether telemetry reaches the server, and whether it is kept while it does not.</summary>
internal sealed class TelemetryCheck(Func<TransportState> read) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var state = read();
        var values = new Dictionary<string, object>
        {
            ["outcome"] = state.Outcome,
            ["waiting_items"] = state.WaitingItems,
            ["waiting_bytes"] = state.WaitingBytes,
            ["dropped"] = state.Dropped,
        };
        if (state.LastAccepted is { } accepted)
            values["last_accepted"] = accepted.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        var problem = !state.IsDelivering ? $"the server does not take telemetry: {state.Outcome}" : null;
        if (state.SpoolProblem is { } spool)
            problem = $"{(problem is null ? "" : problem + "; ")}nothing is kept on disk: {spool}";
        return Task.FromResult(problem is null
            ? HealthCheckResult.Healthy(data: values) : HealthCheckResult.Degraded(problem, data: values));
    }
}
