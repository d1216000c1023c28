using System.Globalization;
using System.Net.Security;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TocsinSdk.Health.Redis;

namespace TocsinSdk.Health.Checks;

/// <summary>
/// PING and INFO over a connection that is kept between runs; opened anew when the server has closed it meanwhile.
/// </summary>
internal sealed class RedisCheck(RedisAddress address, RemoteCertificateValidationCallback? trust)
    : IHealthCheck, IDisposable
{
    // The framework's own endpoint may run the check beside ours.
    private readonly SemaphoreSlim _one = new(1);
    private RedisConnection? _kept;

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var (latency, text) = await Ask(cancellationToken).ConfigureAwait(false);
            return Result(latency, Fields(text));
        }
        catch
        {
            Drop();
            throw;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        Drop();
        _one.Dispose();
    }

    /// <summary>"name:value" lines of the answer to INFO; sections and comments are left out.</summary>
    internal static Dictionary<string, string> Fields(string text)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            var colon = line.IndexOf(':');
            if (colon > 0 && line[0] != '#')
                fields[line[..colon]] = line[(colon + 1)..].TrimEnd('\r');
        }
        return fields;
    }

    private async Task<(TimeSpan Latency, string Text)> Ask(CancellationToken cancel)
    {
        if (_kept is not null)
        {
            try
            {
                return await Ask(_kept, cancel).ConfigureAwait(false);
            }
            catch (IOException)
            {
                Drop(); // it idled out, or the server was restarted
            }
        }
        _kept = await RedisConnection.Open(address, trust, cancel).ConfigureAwait(false);
        return await Ask(_kept, cancel).ConfigureAwait(false);
    }

    private static async Task<(TimeSpan Latency, string Text)> Ask(RedisConnection connection, CancellationToken cancel)
    {
        var began = TimeProvider.System.GetTimestamp();
        var answer = await connection.Ask(cancel, "PING").ConfigureAwait(false);
        if (answer != "PONG")
            throw new InvalidDataException("what answers there does not speak Redis's protocol");
        var latency = TimeProvider.System.GetElapsedTime(began);
        try
        {
            return (latency, await connection.Ask(cancel, "INFO").ConfigureAwait(false));
        }
        catch (InvalidOperationException)
        {
            return (latency, ""); // a user who may PING may still be kept from INFO
        }
    }

    private static HealthCheckResult Result(TimeSpan latency, Dictionary<string, string> fields)
    {
        var values = new Dictionary<string, object> { ["latency_ms"] = Math.Round(latency.TotalMilliseconds, 2) };
        foreach (var name in (ReadOnlySpan<string>)["redis_version", "role"])
            if (fields.TryGetValue(name, out var text))
                values[name] = text;
        foreach (var name in (ReadOnlySpan<string>)["connected_clients", "used_memory", "maxmemory"])
            if (fields.TryGetValue(name, out var text)
                && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                values[name] = number;
        var problem = fields.GetValueOrDefault("loading") == "1" ? "Redis is still loading its data"
            : fields.GetValueOrDefault("master_link_status") == "down" ? "the replica has lost its master"
            : fields.GetValueOrDefault("rdb_last_bgsave_status") == "err" ? "the last save to disk failed" : null;
        return problem is null ? HealthCheckResult.Healthy(data: values)
            : HealthCheckResult.Degraded(problem, data: values);
    }

    private void Drop()
    {
        _kept?.Dispose();
        _kept = null;
    }
}
