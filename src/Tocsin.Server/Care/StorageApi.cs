using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tocsin.Model;
using Tocsin.Server.Configuration;
using Tocsin.Storage;
using Tocsin.Storage.Care;

namespace Tocsin.Server.Care;

/// <summary>GET /storage: what is stored, how long it is kept, and how the disk is.</summary>
internal sealed class StorageApi(Database database, TocsinSettings settings, BackupJob backups, VerifyJob verifications)
{
    private const int DamageShown = 20;

    /// <summary>Adds the route below <paramref name="api"/>, which carries the prefix.</summary>
    public void Map(IEndpointRouteBuilder api) => api.MapGet("/storage", () => TypedResults.Ok(Answer())).WithTags("care")
        .WithName("storage").WithSummary("Stored bytes by dataset and class, retention in force, and the disk");

    private StorageAnswer Answer()
    {
        DatabaseStats stats = database.Stats();
        RetentionSettings kept = settings.Retention;
        long least = (long)kept.MinFreeMegabytes << 20;
        string data = Path.GetFullPath(settings.DataDirectory);
        IReadOnlyList<Damage> damage = database.Damage;
        string guard = stats.DiskFull || stats.FreeBytes < least ? "refusing" : stats.FreeBytes < StorageWatch.WarnAt * least ? "warning" : "fine";
        return new StorageAnswer(
            data, stats.Rows, stats.Segments, stats.SegmentBytes, stats.WalBytes, stats.MemoryRows, stats.MemoryBytes, stats.PendingDeletions,
            stats.Failure, Classes(kept), new StorageBudgets(Known(kept.MaxBytes), Known(kept.MaxLogBytes), Known(kept.MaxSpanBytes)),
            kept.Crashes.TotalDays,
            new StorageDisk(guard, stats.FreeBytes, new DriveInfo(data).TotalSize, least, StorageWatch.WarnAt * least),
            new StorageHealth(damage.Count, [.. damage.Take(DamageShown)], database.ScrubPasses, settings.ScrubPass.TotalDays),
            backups.State, verifications.State);
    }

    /// <summary>What is configured, and classes of earlier configurations that still hold something.</summary>
    private List<StorageClass> Classes(RetentionSettings kept)
    {
        IReadOnlyList<StorageUse> uses = database.Usage();
        var classes = new List<StorageClass>();
        foreach (Dataset dataset in new[] { Dataset.Logs, Dataset.Spans })
        {
            TimeSpan usual = dataset == Dataset.Logs ? kept.Logs : kept.Spans;
            Add(dataset, "", null, usual, long.MaxValue, configured: true);
            foreach (RetentionClass one in kept.Classes.Where(c => c.Dataset is null || c.Dataset == dataset))
                Add(dataset, one.Name, kept.Conditions.GetValueOrDefault(one.Name), one.Keep, one.MaxBytes, configured: true);
            foreach (StorageUse old in uses.Where(u => u.Dataset == dataset && !classes.Any(c => c.Dataset == Word(dataset) && c.Name == u.Class)).ToList())
                Add(dataset, old.Class, null, usual, long.MaxValue, configured: false);
        }
        return classes;

        void Add(Dataset dataset, string name, string? where, TimeSpan keep, long most, bool configured)
        {
            StorageUse? use = uses.FirstOrDefault(u => u.Dataset == dataset && u.Class == name);
            classes.Add(new StorageClass(
                Word(dataset), name, where, configured, keep.TotalDays, Known(most), use?.Segments ?? 0, use?.Rows ?? 0, use?.Bytes ?? 0,
                use?.FirstDay, use?.LastDay));
        }
    }

    private static string Word(Dataset dataset) => dataset == Dataset.Spans ? "spans" : "logs";

    private static long? Known(long most) => most == long.MaxValue ? null : most;
}

/// <summary>Answer of /storage.</summary>
/// <param name="Bytes">Of the segments; the log comes on top.</param>
/// <param name="MemoryRows">Rows that are in the log and in memory, and in no segment yet.</param>
/// <param name="PendingDeletions">Deletions whose records are hidden, but still in some file.</param>
/// <param name="Failure">Why nothing can be stored until a restart; absent when all is well.</param>
/// <param name="CrashDays">How long crash records are kept.</param>
/// <param name="Backup">The last one since the start.</param>
/// <param name="Verification">The last one since the start.</param>
public sealed record StorageAnswer(
    string DataDirectory, long Rows, int Segments, long Bytes, long WalBytes, long MemoryRows, long MemoryBytes, int PendingDeletions,
    string? Failure, IReadOnlyList<StorageClass> Classes, StorageBudgets Budgets, double CrashDays, StorageDisk Disk, StorageHealth Health,
    CareState<BackupReport>? Backup, CareState<VerifyReport>? Verification);

/// <summary>Rows that are kept alike.</summary>
/// <param name="Dataset">"logs" or "spans".</param>
/// <param name="Name">Empty for rows in no class.</param>
/// <param name="Where">The condition, as it is configured.</param>
/// <param name="Configured">False for a class of an earlier configuration that still holds something.</param>
/// <param name="MaxBytes">Absent: no bound of its own.</param>
public sealed record StorageClass(
    string Dataset, string Name, string? Where, bool Configured, double Days, long? MaxBytes, int Segments, long Rows, long Bytes,
    DateOnly? FirstDay, DateOnly? LastDay);

/// <summary>Bytes of segments that may be held; absent: no bound.</summary>
public sealed record StorageBudgets(long? All, long? Logs, long? Spans);

/// <param name="State">"fine", "warning" when little is free, "refusing" when writes are answered with 503.</param>
public sealed record StorageDisk(string State, long FreeBytes, long TotalBytes, long RefuseBelowBytes, long WarnBelowBytes);

/// <param name="DamagedPlaces">Known ones, in segments in use.</param>
/// <param name="Damage">The first of them.</param>
/// <param name="ScrubPasses">How often everything was compared with its checksums since the start.</param>
/// <param name="ScrubDays">In how many days it is gone through; 0: never.</param>
public sealed record StorageHealth(int DamagedPlaces, IReadOnlyList<Damage> Damage, long ScrubPasses, double ScrubDays);
