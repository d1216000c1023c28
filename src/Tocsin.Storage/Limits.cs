namespace Tocsin.Storage;

/// <summary>Every bound of the event store, with its reason.</summary>
public static class Limits
{
    private const int KiB = 1024, MiB = 1024 * KiB;

    /// <summary>
    /// Largest encoded batch. OTLP allows 20 MiB per request; the encoded form may be somewhat larger.
    /// </summary>
    public const int BatchBytes = 64 * MiB;

    /// <summary>Bytes that may wait for the committer: about one second of a slow disk.</summary>
    public const int QueuedBytes = 32 * MiB;

    /// <summary>
    /// How long an append waits for room. OTLP clients of .NET do not retry by default, so absorb short stalls, such as the first seal,
    /// whose code is not optimised yet; they wait for ten seconds themselves.
    /// </summary>
    public static readonly TimeSpan RoomWait = TimeSpan.FromSeconds(6);

    /// <summary>
    /// A memtable is sealed at this size: big enough for full blocks, small enough to replay in well under a second.
    /// </summary>
    public const int MemTableBytes = 32 * MiB;

    /// <summary>
    /// So many memtables' worth of bytes may wait to be sealed, not counting what the running seal is done with; beyond it appends wait.
    /// </summary>
    public const int UnsealedTables = 2;

    /// <summary>A quiet memtable is sealed after this time, so that the log on disk can be shortened.</summary>
    public static readonly TimeSpan SealAfter = TimeSpan.FromMinutes(15);

    /// <summary>So many rows are sealed once they have waited <see cref="SealManyAfter"/>: rows in memory are slow to search.</summary>
    public const int ManyRows = 1000;

    public static readonly TimeSpan SealManyAfter = TimeSpan.FromSeconds(5);

    /// <summary>
    /// What queries have learned of blocks; the dictionaries of a block take some hundred kilobytes.
    /// </summary>
    public const int CacheBytes = 64 * MiB;

    /// <summary>One piece of memtable memory, and the unit in which a scan visits it.</summary>
    public const int ChunkBytes = MiB;

    /// <summary>Spare chunks kept for the next memtable; those that a while of upkeep finds unwanted go.</summary>
    public const int SpareChunks = 48;

    /// <summary>A log file is closed at this size; deletion works on whole files.</summary>
    public const int WalFileBytes = 64 * MiB;

    /// <summary>Free space is asked for at most this often, or after <see cref="FreeSpaceCheckBytes"/>.</summary>
    public static readonly TimeSpan FreeSpaceCheck = TimeSpan.FromSeconds(1);

    public const int FreeSpaceCheckBytes = 16 * MiB;

    /// <summary>Raw bytes of one block: what a block holds in memory while it is written.</summary>
    public const int BlockBytes = 64 * MiB;

    /// <summary>
    /// Rows of one block. Dictionaries and templates stand once per block, so blocks are large; a column of one fits the
    /// second-level cache.
    /// </summary>
    public const int BlockRows = 65_536;

    /// <summary>A memtable is sealed with so many rows: then it fills a block.</summary>
    public const int MemTableRows = BlockRows - 4096;

    /// <summary>Field columns per block; further names share one column of encoded fields.</summary>
    public const int BlockColumns = 1000;

    /// <summary>Columns below this size are not compressed; the header costs more than it saves.</summary>
    public const int CompressFromBytes = 128;

    /// <summary>Merged segments stay below this many raw bytes, since a merge holds its rows in memory.</summary>
    public const int MergedBytes = 64 * MiB;

    /// <summary>So many small segments of one day and dataset are merged into one.</summary>
    public const int MergeAt = 8;

    /// <summary>How deep arrays and maps may nest; readers recurse.</summary>
    public const int ValueDepth = 64;
}
