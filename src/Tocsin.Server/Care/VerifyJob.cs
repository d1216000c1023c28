using Tocsin.Catalog;
using Tocsin.Storage.Care;
using Tocsin.Storage.Io;

namespace Tocsin.Server.Care;

/// <summary>What the last verification that was asked for has come to.</summary>
/// <param name="Report">Once it has ended; it names damage.</param>
/// <param name="Error">Once it could not be carried out.</param>
public sealed record VerifyState(
    bool Running, string Directory, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, CareProgress? Progress, VerifyReport? Report, string? Error);

/// <summary>Reads the data or a backup and compares every checksum, one at a time, on a thread of its own at low priority. Any thread.</summary>
internal sealed class VerifyJob(TimeProvider clock) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private VerifyState? _state;
    private Task _work = Task.CompletedTask;

    /// <summary>Null when none was asked for since the start.</summary>
    public VerifyState? State
    {
        get
        {
            lock (_lock)
                return _state;
        }
    }

    /// <summary>False when one runs already.</summary>
    public bool Start(string directory)
    {
        lock (_lock)
        {
            if (_state is { Running: true })
                return false;
            _state = new VerifyState(true, directory, clock.GetUtcNow(), null, null, null, null);
            _work = Task.Factory.StartNew(() => Run(directory), default, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _work;
        _stopping.Dispose();
    }

    private void Run(string directory)
    {
        Thread.CurrentThread.Name = "verify";
        Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        try
        {
            VerifyReport report = new Verification(
                new DiskFileSystem(), CatalogCopy.Check, p => Change(s => s with { Progress = p }), _stopping.Token).Run(directory);
            Change(s => s with { Running = false, EndedAt = clock.GetUtcNow(), Report = report });
        }
        catch (OperationCanceledException)
        {
            Change(s => s with { Running = false, EndedAt = clock.GetUtcNow(), Error = "the server was stopped" });
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Change(s => s with { Running = false, EndedAt = clock.GetUtcNow(), Error = failed.Message });
        }
    }

    private void Change(Func<VerifyState, VerifyState> change)
    {
        lock (_lock)
            _state = change(_state!);
    }
}
