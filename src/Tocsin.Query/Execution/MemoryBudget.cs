namespace Tocsin.Query.Execution;

/// <summary>How much a query may keep in memory. One thread.</summary>
internal sealed class MemoryBudget(long limit)
{
    public long Used { get; private set; }

    /// <param name="what">For the refusal: what the memory is for.</param>
    /// <param name="advice">For the refusal: what would need less.</param>
    public void Take(long bytes, string what, string advice)
    {
        Used += bytes;
        if (Used > limit)
            throw new QueryRefusedException($"the query needs more than {Size(limit)} of memory for {what}: {advice}");
    }

    public void Give(long bytes) => Used -= bytes;

    private static string Size(long bytes) =>
        bytes % (1 << 20) == 0 ? $"{bytes >> 20} MiB" : bytes % 1024 == 0 ? $"{bytes >> 10} KiB" : $"{bytes} bytes";
}

/// <summary>Leaves the pipeline; becomes an answer in <see cref="QueryEngine"/>.</summary>
internal sealed class QueryRefusedException(string message) : Exception(message);
