using System.Data;
using System.Diagnostics.CodeAnalysis;

namespace Tocsin.Catalog;

/// <summary>One queued unit of work. The writer runs it, then settles it once the fate of the commit is known.</summary>
internal abstract class PendingWrite(CancellationToken cancel)
{
    private IReadOnlyList<Action> _callbacks = [];

    /// <summary>Cancellation counts only until the work begins to run.</summary>
    protected CancellationToken Cancel => cancel;

    public bool Cancelled { get; private set; }

    public Exception? Failure { get; set; }

    public bool Kept => !Cancelled && Failure is null;

    /// <summary>False when nobody wants the result any more.</summary>
    public bool Begin() => !(Cancelled = cancel.IsCancellationRequested);

    public void Run(IDbConnection connection)
    {
        var transaction = new CatalogTransaction(connection);
        Work(transaction);
        _callbacks = transaction.Callbacks;
    }

    public IReadOnlyList<Action> Callbacks => Kept ? _callbacks : [];

    public abstract void Settle();

    protected abstract void Work(CatalogTransaction transaction);
}

internal sealed class PendingWrite<T>(Func<CatalogTransaction, T> work, CancellationToken cancel) : PendingWrite(cancel)
{
    // Continuations must not run on the writer thread: they would delay, and could dead-lock, every other writer.
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [AllowNull]
    private T _result;

    public Task<T> Done => _done.Task;

    public override void Settle()
    {
        if (Cancelled)
            _done.SetCanceled(Cancel);
        else if (Failure is not null)
            _done.SetException(Failure);
        else
            _done.SetResult(_result);
    }

    protected override void Work(CatalogTransaction transaction) => _result = work(transaction);
}
