using Tocsin.Query.Execution;

namespace Tocsin.Server.Configuration;

/// <summary>The section "query": how much one query, and all that run at one time, may use.</summary>
public sealed record QuerySettings
{
    /// <summary>Below this hardly anything could be grouped.</summary>
    private const long LeastMemory = 1 << 20;

    /// <summary>Of one query, in bytes.</summary>
    public long Memory { get; init; } = QueryRequest.DefaultMemoryBytes;

    /// <summary>Of all that run at one time, in bytes.</summary>
    public long TotalMemory { get; init; } = 2 * QueryRequest.DefaultMemoryBytes;

    /// <summary>Rows of blocks that a query answered in JSON may read.</summary>
    public long Rows { get; init; } = long.MaxValue;

    /// <summary>How long a query answered in JSON may run; zero: until it is done.</summary>
    public TimeSpan Time { get; init; }

    internal static QuerySettings Read(ConfigSection section)
    {
        int rows = section.Int("rows", 0, 0, int.MaxValue);
        long memory = Size(section, "memory", QueryRequest.DefaultMemoryBytes);
        var settings = new QuerySettings
        {
            Memory = memory,
            TotalMemory = Size(section, "total_memory", 2 * memory),
            Rows = rows == 0 ? long.MaxValue : rows,
            Time = section.Duration("time", TimeSpan.Zero),
        };
        if (settings.TotalMemory < memory)
            section.Fail("total_memory", "at least as much as one query may take (query.memory) is expected");
        section.RejectUnknown();
        return settings;
    }

    private static long Size(ConfigSection section, string key, long otherwise)
    {
        if (section.String(key) is not { } text)
            return otherwise;
        if (ByteSizes.TryParse(text, out long bytes) && bytes >= LeastMemory)
            return bytes;
        section.Fail(key, $"a size of at least 1MiB, such as 256MiB or 1GB, is expected, found '{text}'");
        return otherwise;
    }
}
