namespace Tocsin.Ingest;

/// <summary>Sees every batch after it is on disk: the live tail, the crash detector.</summary>
public interface IIngestTap
{
    /// <summary>
    /// Called from any thread, several at a time. The bytes are valid only during the call. Must not block; what it
    /// throws is counted and otherwise ignored.
    /// </summary>
    void OnStored(ReadOnlyMemory<byte> batch);
}
