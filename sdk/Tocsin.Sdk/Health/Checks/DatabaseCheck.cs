using System.Data.Common;
using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TocsinSdk.Health.Checks;

/// <summary>Opens a connection the way the application does, asks for one row, and gives it back.</summary>
internal sealed class DatabaseCheck(Func<DbConnection> connect, string query, TimeSpan? degradedAbove) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var began = TimeProvider.System.GetTimestamp();
        var connection = connect();
        await using (connection.ConfigureAwait(false))
        {
            if (connection.State != System.Data.ConnectionState.Open)
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            var command = connection.CreateCommand();
            await using (command.ConfigureAwait(false))
            {
                command.CommandText = query;
                await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            }
            var took = TimeProvider.System.GetElapsedTime(began);
            var slow = took > degradedAbove;
            return new HealthCheckResult(slow ? HealthStatus.Degraded : HealthStatus.Healthy,
                !slow ? null : string.Create(CultureInfo.InvariantCulture,
                    $"answered after {took.TotalMilliseconds:0} ms, more than {degradedAbove!.Value.TotalMilliseconds:0} ms"),
                data: new Dictionary<string, object> { ["server_version"] = connection.ServerVersion });
        }
    }
}
