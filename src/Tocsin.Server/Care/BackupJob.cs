using Tocsin.Catalog;
using Tocsin.Model.Metrics;
using Tocsin.Storage;
using Tocsin.Storage.Care;
using Tocsin.Storage.Io;

namespace Tocsin.Server.Care;

/// <summary>Backs up the running server. Any thread.</summary>
internal sealed class BackupJob : IAsyncDisposable
{
    private readonly Database _database;
    private readonly string _catalog;
    private readonly TimeProvider _clock;
    private readonly CareJob<BackupReport> _job;
    private double _lastSuccess;

    public BackupJob(Database database, string catalog, TimeProvider clock, MetricSet metrics)
    {
        (_database, _catalog, _clock) = (database, catalog, clock);
        _job = new CareJob<BackupReport>("backup", clock);
        metrics.Gauge("tocsin_backup_last_success_timestamp_seconds", "When the last backup since the start ended well; 0: none.",
            () => Volatile.Read(ref _lastSuccess));
    }

    /// <summary>Null when none was asked for since the start.</summary>
    public CareState<BackupReport>? State => _job.State;

    /// <summary>False when one runs already.</summary>
    /// <param name="directory">Absolute.</param>
    /// <param name="keep">How many snapshots to keep; null: all.</param>
    public bool Start(string directory, int? keep) => _job.Start(directory, (progress, cancel) =>
    {
        var disk = new DiskFileSystem();
        BackupReport report;
        using (var backup = new Backup(disk, _clock, _database.Directory, directory, progress, cancel))
            report = backup.Of(_database, copy => CatalogCopy.Make(_catalog, copy));
        if (keep is { } newest)
            Backup.Keep(disk, directory, newest);
        Volatile.Write(ref _lastSuccess, _clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
        return report;
    });

    public ValueTask DisposeAsync() => _job.DisposeAsync();
}
