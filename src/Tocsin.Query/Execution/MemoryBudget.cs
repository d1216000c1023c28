namespace Tocsin.Query.Execution;

/// <summary>How much a query may keep in memory. Any thread. Disposing gives everything back to the pool.</summary>
internal sealed class MemoryBudget(long limit, MemoryPool? pool = null) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly MemoryBudget? _whole;

    /// <summary>Taken from the pool, in whole chunks.</summary>
    private long _held;

    private MemoryBudget(MemoryBudget whole) : this(long.MaxValue) => _whole = whole;

    public long Used { get; private set; }

    /// <summary>A part of it for one thread, which is given back as a whole when that is disposed.</summary>
    public MemoryBudget Share() => new(this);

    /// <param name="what">For the refusal: what the memory is for.</param>
    /// <param name="advice">For the refusal: what would need less.</param>
    public void Take(long bytes, string what, string advice)
    {
        if (_whole is not null)
        {
            Used += bytes;
            _whole.Take(bytes, what, advice);
            return;
        }
        lock (_lock)
        {
            Used += bytes;
            if (Used > limit)
                throw new QueryRefusedException($"the query needs more than {Size(limit)} of memory for {what}: {advice}");
            while (pool is not null && Used > _held)
            {
                if (!pool.TryTake(MemoryPool.Chunk))
                    throw new QueryRefusedException(
                        $"the queries that run now leave no memory for {what}: try again later, or {advice}");
                _held += MemoryPool.Chunk;
            }
        }
    }

    public void Give(long bytes)
    {
        lock (_lock)
            Used -= bytes;
        _whole?.Give(bytes);
    }

    public void Dispose()
    {
        _whole?.Give(Used);
        Used = 0;
        pool?.Give(_held);
        _held = 0;
    }

    private static string Size(long bytes) =>
        bytes % (1 << 20) == 0 ? $"{bytes >> 20} MiB" : bytes % 1024 == 0 ? $"{bytes >> 10} KiB" : $"{bytes} bytes";
}

/// <summary>Leaves the pipeline; becomes an answer in <see cref="QueryEngine"/>.</summary>
internal sealed class QueryRefusedException(string message) : Exception(message);
