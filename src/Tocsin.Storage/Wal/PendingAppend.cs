using System.Buffers;

namespace Tocsin.Storage.Wal;

/// <summary>A copied batch on its way to disk, and the promise to whoever waits for it.</summary>
internal sealed class PendingAppend : TaskCompletionSource<AppendResult>
{
    private byte[] _buffer;

    // Continuations must not run on the committer thread: they belong to callers and may take any time.
    public PendingAppend(ReadOnlySpan<byte> batch, BatchShape shape)
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(batch.Length);
        batch.CopyTo(_buffer);
        Batch = _buffer.AsMemory(0, batch.Length);
        Shape = shape;
    }

    /// <summary>Valid until <see cref="Finish"/>.</summary>
    public ReadOnlyMemory<byte> Batch { get; private set; }

    public BatchShape Shape { get; }

    public void Finish(AppendResult result)
    {
        Batch = default;
        ArrayPool<byte>.Shared.Return(Interlocked.Exchange(ref _buffer, []));
        SetResult(result);
    }
}
