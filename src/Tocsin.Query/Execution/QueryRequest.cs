using Tocsin.Model;

namespace Tocsin.Query.Execution;

/// <summary>Where a plan runs, and how much it may use.</summary>
public sealed record QueryRequest
{
    public const long DefaultMemoryBytes = 256L << 20;

    public Dataset Dataset { get; init; } = Dataset.Logs;

    /// <summary>Inclusive.</summary>
    public Instant From { get; init; } = new(long.MinValue);

    /// <summary>Exclusive, but for the very last instant there is.</summary>
    public Instant To { get; init; } = new(long.MaxValue);

    /// <summary>Rows of the answer; further ones are left out, and the report says so.</summary>
    public long MaxRows { get; init; } = long.MaxValue;

    /// <summary>Rows that a dedup looks at one by one before it asks columns.</summary>
    internal int RowsAtFirst { get; init; } = 20_000;

    /// <summary>What groups, sorted rows and the like may take together.</summary>
    public long MemoryBytes { get; init; } = DefaultMemoryBytes;

    /// <summary>Rows of the blocks it may read, matching or not.</summary>
    public long MaxScannedRows { get; init; } = long.MaxValue;

    /// <summary>How long it may run; zero: until it is done. Looked at between blocks.</summary>
    public TimeSpan MaxTime { get; init; }
}
