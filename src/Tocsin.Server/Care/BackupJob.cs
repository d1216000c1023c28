using Tocsin.Catalog;
using Tocsin.Model.Metrics;
using Tocsin.Storage;
using Tocsin.Storage.Care;
using Tocsin.Storage.Io;

namespace Tocsin.Server.Care;

/// <summary>What the last backup that was asked for has come to.</summary>
/// <param name="Report">Once it has ended well.</param>
/// <param name="Error">Once it has failed.</param>
public sealed record BackupState(
    bool Running, string Directory, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, CareProgress? Progress, BackupReport? Report, string? Error);

/// <summary>Backs up the running server, one backup at a time, on a thread of its own at low priority. Any thread.</summary>
internal sealed class BackupJob : IAsyncDisposable
{
    private readonly Database _database;
    private readonly TimeProvider _clock;
    private readonly string _catalog;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private BackupState? _state;
    private Task _work = Task.CompletedTask;
    private double _lastSuccess;

    public BackupJob(Database database, string catalog, TimeProvider clock, MetricSet metrics)
    {
        (_database, _catalog, _clock) = (database, catalog, clock);
        metrics.Gauge("tocsin_backup_last_success_timestamp_seconds", "When the last backup since the start ended well; 0: none.",
            () => Volatile.Read(ref _lastSuccess));
    }

    /// <summary>Null when none was asked for since the start.</summary>
    public BackupState? State
    {
        get
        {
            lock (_lock)
                return _state;
        }
    }

    /// <summary>False when one runs already.</summary>
    /// <param name="directory">Absolute.</param>
    /// <param name="keep">How many snapshots to keep; null: all.</param>
    public bool Start(string directory, int? keep)
    {
        lock (_lock)
        {
            if (_state is { Running: true })
                return false;
            _state = new BackupState(true, directory, _clock.GetUtcNow(), null, null, null, null);
            _work = Task.Factory.StartNew(() => Run(directory, keep), default, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _work;
        _stopping.Dispose();
    }

    private void Run(string directory, int? keep)
    {
        Thread.CurrentThread.Name = "backup";
        Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        try
        {
            var disk = new DiskFileSystem();
            BackupReport report;
            using (var backup = new Backup(disk, _clock, _database.Directory, directory, p => Change(s => s with { Progress = p }), _stopping.Token))
                report = backup.Of(_database, copy => CatalogCopy.Make(_catalog, copy));
            if (keep is { } newest)
                Backup.Keep(disk, directory, newest);
            Volatile.Write(ref _lastSuccess, _clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
            Change(s => s with { Running = false, EndedAt = _clock.GetUtcNow(), Report = report });
        }
        catch (OperationCanceledException)
        {
            Change(s => s with { Running = false, EndedAt = _clock.GetUtcNow(), Error = "the server was stopped" });
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or CatalogWriteException)
        {
            Change(s => s with { Running = false, EndedAt = _clock.GetUtcNow(), Error = failed.Message });
        }
    }

    private void Change(Func<BackupState, BackupState> change)
    {
        lock (_lock)
            _state = change(_state!);
    }
}
