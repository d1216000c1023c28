using Tocsin.Catalog;
using Tocsin.Storage.Care;

namespace Tocsin.Server.Care;

/// <summary>What the last work of a kind that was asked for has come to.</summary>
/// <param name="Report">Once it has ended.</param>
/// <param name="Error">Once it has failed, or could not be carried out.</param>
public sealed record CareState<TReport>(
    bool Running, string Directory, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, CareProgress? Progress, TReport? Report, string? Error)
    where TReport : class;

/// <summary>Does work that takes long, one at a time, on a thread of its own at low priority. Any thread.</summary>
/// <param name="name">Of the thread.</param>
/// <param name="clock">For begin and end.</param>
internal sealed class CareJob<TReport>(string name, TimeProvider clock) : IAsyncDisposable
    where TReport : class
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private CareState<TReport>? _state;
    private Task _work = Task.CompletedTask;

    /// <summary>Null when none was asked for since the start.</summary>
    public CareState<TReport>? State
    {
        get
        {
            lock (_lock)
                return _state;
        }
    }

    /// <summary>False when one runs already.</summary>
    /// <param name="directory">Where it works; absolute.</param>
    /// <param name="work">Tells its progress, and gives up when the server stops.</param>
    public bool Start(string directory, Func<Action<CareProgress>, CancellationToken, TReport> work)
    {
        lock (_lock)
        {
            if (_state is { Running: true })
                return false;
            _state = new CareState<TReport>(true, directory, clock.GetUtcNow(), null, null, null, null);
            _work = Task.Factory.StartNew(() => Run(work), default, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _work;
        _stopping.Dispose();
    }

    private void Run(Func<Action<CareProgress>, CancellationToken, TReport> work)
    {
        Thread.CurrentThread.Name = name;
        Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        try
        {
            TReport report = work(p => Change(s => s with { Progress = p }), _stopping.Token);
            Change(s => s with { Running = false, EndedAt = clock.GetUtcNow(), Report = report });
        }
        catch (OperationCanceledException)
        {
            Change(s => s with { Running = false, EndedAt = clock.GetUtcNow(), Error = "the server was stopped" });
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or InvalidDataException or CatalogWriteException)
        {
            Change(s => s with { Running = false, EndedAt = clock.GetUtcNow(), Error = failed.Message });
        }
    }

    private void Change(Func<CareState<TReport>, CareState<TReport>> change)
    {
        lock (_lock)
            _state = change(_state!);
    }
}
