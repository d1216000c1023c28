using System.Globalization;
using Tocsin.Server.Care;
using Tocsin.Server.Configuration;

namespace Tocsin.Server.Health;

internal enum HealthStatus
{
    Healthy,
    Degraded,
    Unhealthy,
}

internal sealed record HealthCheck(string Name, HealthStatus Status, string? Detail, IReadOnlyDictionary<string, object> Facts);

internal sealed record HealthReport(HealthStatus Status, IReadOnlyList<HealthCheck> Checks);

/// <summary>Looks at the server's own parts. Each look is cheap: counters and one statfs.</summary>
internal sealed class HealthChecks(TocsinSettings settings, Parts parts)
{
    public HealthReport Check()
    {
        HealthCheck[] checks = [Storage(), Disk(), Catalog(), Delivery(), System()];
        return new(checks.Max(c => c.Status), checks);
    }

    private HealthCheck Storage()
    {
        Tocsin.Storage.DatabaseStats stats = parts.Database.Stats();
        IReadOnlyList<Storage.Care.Damage> damage = parts.Database.Damage;
        var facts = new Dictionary<string, object>
        {
            ["rows"] = stats.Rows, ["segments"] = stats.Segments, ["bytes_on_disk"] = stats.SegmentBytes + stats.WalBytes,
            ["memory_rows"] = stats.MemoryRows, ["wal_files"] = stats.WalFiles, ["damaged_places"] = damage.Count,
            ["pending_deletions"] = stats.PendingDeletions,
        };
        if (stats.Failure is { } failure)
            return new("storage", HealthStatus.Unhealthy, $"{failure}; writes are refused until a restart", facts);
        if (damage.Count > 0)
            return new("storage", HealthStatus.Degraded, $"{damage.Count} damaged places, the first: {damage[0]}; the rest is served", facts);
        return stats.Corruptions > 0
            ? new("storage", HealthStatus.Degraded, $"damage was met in {stats.Corruptions} places since the start and skipped; the rest is served", facts)
            : new("storage", HealthStatus.Healthy, null, facts);
    }

    private HealthCheck Disk()
    {
        var drive = new DriveInfo(Path.GetFullPath(settings.DataDirectory));
        long freeMegabytes = drive.AvailableFreeSpace >> 20;
        var facts = new Dictionary<string, object>
        {
            ["free_mb"] = freeMegabytes,
            ["disk_percent"] = Percent(drive.TotalSize - drive.AvailableFreeSpace, drive.TotalSize),
        };
        if (freeMegabytes < settings.Retention.MinFreeMegabytes)
            return new("disk", HealthStatus.Unhealthy, $"less than {settings.Retention.MinFreeMegabytes} MiB free: writes are refused", facts);
        return freeMegabytes < settings.Retention.MinFreeMegabytes * (long)StorageWatch.WarnAt
            ? new("disk", HealthStatus.Degraded, $"the disk is filling up; below {settings.Retention.MinFreeMegabytes} MiB writes are refused", facts)
            : new("disk", HealthStatus.Healthy, null, facts);
    }

    private HealthCheck Catalog()
    {
        try
        {
            parts.Catalog.Read(connection =>
            {
                using global::System.Data.IDbCommand command = connection.CreateCommand();
                command.CommandText = "SELECT 1";
                return command.ExecuteScalar();
            });
            return new("catalog", HealthStatus.Healthy, null, new Dictionary<string, object>());
        }
        catch (Exception broken) when (broken is global::System.Data.Common.DbException or InvalidOperationException)
        {
            return new("catalog", HealthStatus.Unhealthy, broken.Message, new Dictionary<string, object>());
        }
    }

    private HealthCheck Delivery()
    {
        Alerting.Delivery.DeliveryState state = parts.Delivery.State();
        var facts = new Dictionary<string, object> { ["waiting"] = state.Waiting, ["oldest_seconds"] = (int)state.Oldest.TotalSeconds, ["failed_last_24h"] = state.Failed };
        return state.Oldest > TimeSpan.FromMinutes(5)
            ? new("delivery", HealthStatus.Degraded, "notifications wait for more than five minutes", facts)
            : new("delivery", HealthStatus.Healthy, null, facts);
    }

    private static HealthCheck System()
    {
        return new("system", HealthStatus.Healthy, null, new Dictionary<string, object>
        {
            ["cpu_count"] = Environment.ProcessorCount,
            ["load_1m"] = Load(),
            ["memory_percent"] = MemoryPercent(),
            ["resident_mb"] = Environment.WorkingSet >> 20,
        });
    }

    /// <summary>Memory of the machine that is not available to new programs.</summary>
    private static double MemoryPercent()
    {
        if (!File.Exists("/proc/meminfo"))
            return 0;
        Dictionary<string, long> lines = File.ReadLines("/proc/meminfo").Take(5).Select(l => l.Split(':', 2))
            .ToDictionary(l => l[0], l => long.Parse(l[1].Replace("kB", "").Trim(), CultureInfo.InvariantCulture));
        return Percent(lines.GetValueOrDefault("MemTotal") - lines.GetValueOrDefault("MemAvailable"), lines.GetValueOrDefault("MemTotal"));
    }

    private static double Percent(long part, long whole) => whole == 0 ? 0 : Math.Round(100.0 * part / whole, 1);

    private static double Load() => File.Exists("/proc/loadavg")
        && double.TryParse(File.ReadAllText("/proc/loadavg").Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double load) ? load : 0;
}
