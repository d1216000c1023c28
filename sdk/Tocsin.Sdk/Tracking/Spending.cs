namespace TocsinSdk.Tracking;

/// <summary>What an operation has used, those inside it included. Any thread may add.</summary>
internal sealed class Spending
{
    private long _bytes, _cpuNanoseconds, _dbTicks, _apiTicks;
    private int _dbQueries, _apiCalls, _hits, _misses, _nested;

    public long Bytes => Interlocked.Read(ref _bytes);
    public TimeSpan Cpu => TimeSpan.FromTicks(Interlocked.Read(ref _cpuNanoseconds) / 100);
    public int DbQueries => Volatile.Read(ref _dbQueries);
    public TimeSpan DbTime => TimeSpan.FromTicks(Interlocked.Read(ref _dbTicks));
    public int ApiCalls => Volatile.Read(ref _apiCalls);
    public TimeSpan ApiTime => TimeSpan.FromTicks(Interlocked.Read(ref _apiTicks));
    public int CacheHits => Volatile.Read(ref _hits);
    public int CacheMisses => Volatile.Read(ref _misses);
    public int Nested => Volatile.Read(ref _nested);

    /// <summary>Hits per look-up; 0 when nothing was looked up.</summary>
    public double CacheEfficiency =>
        CacheHits + CacheMisses is > 0 and var lookups ? CacheHits / (double)lookups : 0;

    public void Work(long bytes, long cpuNanoseconds)
    {
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Add(ref _cpuNanoseconds, cpuNanoseconds);
    }

    public void Query(TimeSpan duration)
    {
        Interlocked.Increment(ref _dbQueries);
        Interlocked.Add(ref _dbTicks, duration.Ticks);
    }

    public void Call(TimeSpan duration)
    {
        Interlocked.Increment(ref _apiCalls);
        Interlocked.Add(ref _apiTicks, duration.Ticks);
    }

    public void Hit() => Interlocked.Increment(ref _hits);

    public void Miss() => Interlocked.Increment(ref _misses);

    /// <summary>Takes over what an operation inside this one has used.</summary>
    public void Add(Spending inner)
    {
        Work(inner.Bytes, Interlocked.Read(ref inner._cpuNanoseconds));
        Interlocked.Add(ref _dbQueries, inner.DbQueries);
        Interlocked.Add(ref _dbTicks, inner.DbTime.Ticks);
        Interlocked.Add(ref _apiCalls, inner.ApiCalls);
        Interlocked.Add(ref _apiTicks, inner.ApiTime.Ticks);
        Interlocked.Add(ref _hits, inner.CacheHits);
        Interlocked.Add(ref _misses, inner.CacheMisses);
        Interlocked.Add(ref _nested, inner.Nested + 1);
    }
}
