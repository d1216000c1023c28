using Tocsin.Storage.Care;
using Tocsin.Storage.Scan;

namespace Tocsin.Storage;

/// <summary>Settings of the event store.</summary>
public sealed record DatabaseOptions
{
    public required string Directory { get; init; }

    public TimeSpan LogRetention { get; init; } = TimeSpan.FromDays(30);

    public TimeSpan SpanRetention { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Rows with a time and a budget of their own; the first whose condition holds counts.</summary>
    public IReadOnlyList<RetentionClass> Classes { get; init; } = [];

    /// <summary>Bytes of segments that logs may take, classes included; the oldest go first.</summary>
    public long MaxLogBytes { get; init; } = long.MaxValue;

    /// <summary>As <see cref="MaxLogBytes"/>, for spans.</summary>
    public long MaxSpanBytes { get; init; } = long.MaxValue;

    /// <summary>Bytes of segments that everything together may take; the oldest go first.</summary>
    public long MaxBytes { get; init; } = long.MaxValue;

    /// <summary>
    /// Reads the condition of a deletion that an earlier run did not finish; throws <see cref="InvalidDataException"/>
    /// when it cannot.
    /// </summary>
    public Func<string, Predicate> ReadCondition { get; init; } = static text =>
        throw new InvalidDataException($"nobody here can read the condition '{text}'");

    /// <summary>Appends are refused while the disk has less room than this; reads go on.</summary>
    public long MinFreeBytes { get; init; } = 256L << 20;

    /// <summary>In what time all segments are compared with their checksums, over and over; zero: never.</summary>
    public TimeSpan ScrubPass { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Size at which a memtable is sealed.</summary>
    public int MemTableBytes { get; init; } = Limits.MemTableBytes;

    /// <summary>Rows of a block at most; fewer make several blocks of few rows, as tests want them.</summary>
    internal int BlockRows { get; init; } = Limits.BlockRows;

    /// <summary>Bytes that may wait for the committer.</summary>
    public int QueuedBytes { get; init; } = Limits.QueuedBytes;

    /// <summary>Bytes of column directories and layouts held for the next queries; 0 holds none.</summary>
    public long CacheBytes { get; init; } = Limits.CacheBytes;

    /// <summary>Size at which a log file is closed.</summary>
    public int WalFileBytes { get; init; } = Limits.WalFileBytes;
}

/// <summary>What became of an append.</summary>
public enum AppendResult
{
    /// <summary>On disk (fsync has returned) and visible to scans.</summary>
    Stored,

    /// <summary>The disk has no room; nothing was stored. May be retried later.</summary>
    DiskFull,

    /// <summary>Too much waits already; nothing was stored. May be retried later.</summary>
    Overloaded,

    /// <summary>The log on disk failed; nothing more is stored until the database is opened again.</summary>
    Failed,
}

/// <summary>Figures of the event store at one moment.</summary>
public sealed record DatabaseStats
{
    /// <summary>Rows in segments and in memory, deleted ones included until they are rewritten away.</summary>
    public required long Rows { get; init; }
    public required int Segments { get; init; }
    public required long SegmentBytes { get; init; }
    public required long MemoryRows { get; init; }
    public required long MemoryBytes { get; init; }
    /// <summary>Deletions whose rows are hidden, but still in some file.</summary>
    public required int PendingDeletions { get; init; }
    public required int WalFiles { get; init; }
    public required long WalBytes { get; init; }
    public required long QueuedBytes { get; init; }
    public required long FreeBytes { get; init; }

    /// <summary>Damaged places met since the start, each once: log frames, blocks, columns, segment files, manifests.</summary>
    public required long Corruptions { get; init; }

    /// <summary>Bytes cut from the end of the log because a write was torn.</summary>
    public required long TornBytes { get; init; }

    /// <summary>True while appends are refused for want of disk space.</summary>
    public required bool DiskFull { get; init; }

    /// <summary>Why nothing can be stored until the next open; null when all is well.</summary>
    public required string? Failure { get; init; }
}

/// <summary>Another process owns the database's folder.</summary>
public sealed class DatabaseLockedException(string directory, string owner) : Exception(
    $"the data folder {directory} is in use by {(owner.Length > 0 ? $"process {owner}" : "another process")}; " +
    "stop it, or give this one another folder with --data")
{
    public string Directory { get; } = directory;

    /// <summary>The owner's process id as text, or empty when it could not be read.</summary>
    public string Owner { get; } = owner;
}
