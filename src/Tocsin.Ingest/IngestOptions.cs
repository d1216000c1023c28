namespace Tocsin.Ingest;

/// <summary>Every limit of the write path, with the reason for its value.</summary>
public sealed record IngestOptions
{
    public static IngestOptions Default { get; } = new();

    /// <summary>
    /// One request after decompression. 20 MiB is the limit the OpenTelemetry collector's receivers use.
    /// </summary>
    public int MaxBodyBytes { get; init; } = 20 << 20;

    /// <summary>
    /// One encoded batch. A tiny record grows about twentyfold when it is encoded, so the request limit alone does not
    /// bound memory; records past this point are rejected. Leaves room for one more record below the store's limit.
    /// </summary>
    public int MaxBatchBytes { get; init; } = 48 << 20;

    /// <summary>One encoded record, or one resource with its scope. A larger one is rejected whole.</summary>
    public int MaxRecordBytes { get; init; } = 1 << 20;

    /// <summary>
    /// One text or byte value. The rest is cut off: a huge stack trace is worth more shortened than lost.
    /// </summary>
    public int MaxValueBytes { get; init; } = 256 << 10;

    /// <summary>Attribute names longer than this are machine noise; the attribute is left out.</summary>
    public int MaxNameBytes { get; init; } = 1024;

    /// <summary>
    /// Attributes of one record or one resource; the surplus is left out and added to the dropped count.
    /// </summary>
    public int MaxAttributes { get; init; } = 512;

    /// <summary>Arrays and maps inside each other. A deeper record is rejected whole.</summary>
    public int MaxDepth { get; init; } = 24;

    /// <summary>Request bodies and batches that may be in memory at one time.</summary>
    public long MaxBytesInFlight { get; init; } = 128L << 20;

    /// <summary>
    /// How long a request waits for room before it is refused. Default .NET exporters do not retry, so a short stall
    /// must be absorbed here.
    /// </summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>What a refused client is told to wait before it tries again.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A record further ahead of the server's clock than this is rejected.</summary>
    public TimeSpan MaxFuture { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Older log records are rejected: the store would delete them at once. Keep equal to the store's setting.
    /// </summary>
    public TimeSpan LogRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Older spans are rejected. Keep equal to the store's setting.</summary>
    public TimeSpan SpanRetention { get; init; } = TimeSpan.FromDays(14);

    /// <summary>
    /// Attribute names to redact in addition to the built-in ones, for example "iban" or "patient_id".
    /// </summary>
    public IReadOnlyList<string> RedactKeys { get; init; } = [];

    /// <summary>Exact attribute names that are never redacted by name.</summary>
    public IReadOnlyList<string> KeepKeys { get; init; } = [];
}
