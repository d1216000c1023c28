namespace Tocsin.Ingest;

/// <summary>
/// Bounds the bytes that requests hold in memory. Whoever asks for more than is free waits in line, first come first
/// served, and is refused after a while.
/// </summary>
public sealed class ByteBudget(long capacity, TimeSpan maxWait, TimeProvider clock)
{
    private const int MaxWaiters = 1024;
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _line = new();
    private long _used;

    public long Used => Volatile.Read(ref _used);

    /// <summary>
    /// Takes <paramref name="bytes"/> from the budget; false when there was no room in time. Completes at once, without
    /// allocation, when there is room. A demand above the capacity counts as the whole capacity.
    /// </summary>
    public ValueTask<bool> Take(long bytes, CancellationToken cancel)
    {
        bytes = Math.Min(bytes, capacity);
        Waiter waiter;
        lock (_lock)
        {
            if (_line.Count == 0 && _used + bytes <= capacity)
            {
                _used += bytes;
                return new(true);
            }
            if (_line.Count >= MaxWaiters)
                return new(false);
            waiter = new Waiter(bytes);
            _line.AddLast(waiter);
        }
        return Wait(waiter, cancel);
    }

    /// <summary>Gives back what <see cref="Take"/> took.</summary>
    public void Release(long bytes)
    {
        lock (_lock)
        {
            _used -= Math.Min(bytes, capacity);
            Admit();
        }
    }

    private async ValueTask<bool> Wait(Waiter waiter, CancellationToken cancel)
    {
        try
        {
            await waiter.Task.WaitAsync(maxWait, clock, cancel).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            lock (_lock)
            {
                // Admitted in the same moment: the room is ours and has to be given back or used.
                if (!_line.Remove(waiter))
                {
                    if (e is TimeoutException)
                        return true;
                    _used -= waiter.Bytes;
                }
                Admit();
            }
            if (e is TimeoutException)
                return false;
            throw;
        }
    }

    // Holds the lock.
    private void Admit()
    {
        while (_line.First is { } first && _used + first.Value.Bytes <= capacity)
        {
            _used += first.Value.Bytes;
            _line.RemoveFirst();
            first.Value.SetResult();
        }
    }

    private sealed class Waiter(long bytes) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long Bytes => bytes;
    }
}
