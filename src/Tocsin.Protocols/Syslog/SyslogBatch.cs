using System.Buffers.Binary;
using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Syslog;

/// <summary>Messages that wait to be stored together, as they came. Not thread-safe.</summary>
internal sealed class SyslogBatch(IngestPipeline pipeline, string protocol, TimeZoneInfo zone) : IDisposable
{
    private const int Head = 8;
    private readonly PooledBytes _bytes = new();

    /// <summary>Bytes held.</summary>
    public int Length => _bytes.Length;

    /// <param name="message">Without its frame.</param>
    /// <param name="sender">The address it came from, as text.</param>
    public void Add(ReadOnlySpan<byte> message, ReadOnlySpan<byte> sender)
    {
        int size = Head + sender.Length + message.Length;
        if (_bytes.Free.Length < size)
            _bytes.Grow(Math.Max(2 * _bytes.Capacity, _bytes.Length + size));
        Span<byte> to = _bytes.Free.Span;
        BinaryPrimitives.WriteInt32LittleEndian(to, sender.Length);
        BinaryPrimitives.WriteInt32LittleEndian(to[4..], message.Length);
        sender.CopyTo(to[Head..]);
        message.CopyTo(to[(Head + sender.Length)..]);
        _bytes.Advance(size);
    }

    /// <summary>
    /// Stores the messages; when that fails they are still here and may be stored later. Never cancelled: they have
    /// been received.
    /// </summary>
    public async ValueTask<IngestStatus> Commit()
    {
        if (_bytes.Length == 0)
            return IngestStatus.Stored;
        pipeline.CountBytes(protocol, "logs", _bytes.Length);
        IngestOutcome outcome = await pipeline.Commit(Decode(), CancellationToken.None).ConfigureAwait(false);
        if (outcome.Status == IngestStatus.Stored)
            _bytes.Clear();
        return outcome.Status;
    }

    public void Clear() => _bytes.Clear();

    public void Dispose() => _bytes.Dispose();

    private IngestWriter Decode()
    {
        IngestWriter writer = pipeline.Begin(protocol, Dataset.Logs);
        var record = new SyslogRecord([], zone, writer);
        ReadOnlySpan<byte> rest = _bytes.Span;
        while (!rest.IsEmpty)
        {
            int sender = BinaryPrimitives.ReadInt32LittleEndian(rest);
            int message = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
            record.Write(rest.Slice(Head + sender, message), rest.Slice(Head, sender));
            rest = rest[(Head + sender + message)..];
        }
        return writer;
    }
}
