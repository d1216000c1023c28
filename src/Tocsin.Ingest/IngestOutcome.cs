namespace Tocsin.Ingest;

/// <summary>What became of a request as a whole.</summary>
public enum IngestStatus
{
    /// <summary>Everything that was not rejected record by record is on disk.</summary>
    Stored,

    /// <summary>Nothing was stored; the client should send the same again later.</summary>
    Overloaded,

    /// <summary>Nothing was stored and will not be until somebody frees space; the client should keep trying.</summary>
    DiskFull,

    /// <summary>The store failed; nothing was acknowledged. The client should send the same again later.</summary>
    Failed,

    /// <summary>The client went away before its records were handed to the store.</summary>
    Cancelled,
}

/// <summary>The answer of the pipeline to one committed writer.</summary>
/// <param name="Status">Of the request as a whole.</param>
/// <param name="Stored">Records on disk.</param>
/// <param name="Rejected">Records not stored, whatever the reason.</param>
/// <param name="Message">For the client, when anything was rejected: counts by reason.</param>
public readonly record struct IngestOutcome(IngestStatus Status, long Stored, long Rejected, string? Message);
