namespace TocsinSdk;

/// <summary>The queue, the spool and the sender: how telemetry leaves the process, and what waits where when it cannot.</summary>
public sealed class TransportOptions
{
    /// <summary>
    /// Whether what waits is kept in files, so that it outlives the process; else, and without a writable disk, it
    /// waits in memory. Default true.
    /// </summary>
    public bool Spool { get; set; } = true;

    /// <summary>
    /// Most bytes that may wait on disk, for all signals together; default 256 MiB. Above it the least severe goes
    /// first. An eighth is kept for errors.
    /// </summary>
    public long SpoolBytes { get; set; } = 256 << 20;

    /// <summary>What has waited longer is dropped and counted as "expired"; default 3 days.</summary>
    public TimeSpan SpoolAge { get; set; } = TimeSpan.FromDays(3);

    /// <summary>Most bytes that may wait in memory where there is no disk; default 32 MiB.</summary>
    public long MemoryBytes { get; set; } = 32 << 20;

    /// <summary>How long a record may wait for others to travel with it; default 1 s. Errors do not wait.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the end of the process may be held up to send what still waits; default 3 s.</summary>
    public TimeSpan FlushTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Deadline of one request; default 10 s. OTEL_EXPORTER_OTLP_TIMEOUT, in milliseconds, wins.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether requests are compressed with gzip: less traffic for more processor time; default false.
    /// OTEL_EXPORTER_OTLP_COMPRESSION wins.
    /// </summary>
    public bool Gzip { get; set; }

    internal IEnumerable<string> Problems()
    {
        if (SpoolBytes < 8 << 20)
            yield return $"Transport.SpoolBytes is {SpoolBytes}; expected at least 8 MiB";
        if (MemoryBytes < 8 << 20)
            yield return $"Transport.MemoryBytes is {MemoryBytes}; expected at least 8 MiB";
        if (SpoolAge < TimeSpan.FromMinutes(1))
            yield return $"Transport.SpoolAge is {SpoolAge}; expected at least one minute";
        if (FlushInterval < TimeSpan.FromMilliseconds(10) || FlushInterval > TimeSpan.FromMinutes(1))
            yield return $"Transport.FlushInterval is {FlushInterval}; expected 10 ms to one minute";
        if (FlushTimeout < TimeSpan.Zero || FlushTimeout > TimeSpan.FromMinutes(5))
            yield return $"Transport.FlushTimeout is {FlushTimeout}; expected 0 to 5 minutes";
        if (RequestTimeout < TimeSpan.FromMilliseconds(100) || RequestTimeout > TimeSpan.FromMinutes(5))
            yield return $"Transport.RequestTimeout is {RequestTimeout}; expected 100 ms to 5 minutes";
    }
}
