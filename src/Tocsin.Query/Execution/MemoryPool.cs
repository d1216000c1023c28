namespace Tocsin.Query.Execution;

/// <summary>What all running queries may keep in memory together. Any thread.</summary>
internal sealed class MemoryPool(long limit)
{
    /// <summary>Queries ask for this much at a time, so that they seldom meet here.</summary>
    public const long Chunk = 1 << 20;

    private long _used;

    public long Used => Interlocked.Read(ref _used);

    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit)
            return true;
        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    public void Give(long bytes) => Interlocked.Add(ref _used, -bytes);
}
