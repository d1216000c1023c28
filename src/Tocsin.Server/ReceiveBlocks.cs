using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Tocsin.Server;

/// <summary>
/// The memory that connections receive into and send from, in blocks sixteen times as large as the usual ones: a request of
/// telemetry has hundreds of kilobytes, and each block costs a system call and a change of threads. Idle connections hold none.
/// Any thread.
/// </summary>
internal sealed class ReceiveBlocks : MemoryPool<byte>
{
    /// <summary>Below the size from which arrays live with the large objects.</summary>
    private const int BlockBytes = 64 << 10;

    /// <summary>Spare blocks; more are left to the collector.</summary>
    private const int Spare = 32;

    private readonly ConcurrentQueue<byte[]> _spare = new();

    public override int MaxBufferSize => BlockBytes;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        return new Block(this, _spare.TryDequeue(out byte[]? bytes) ? bytes : GC.AllocateUninitializedArray<byte>(BlockBytes));
    }

    protected override void Dispose(bool disposing) => _spare.Clear();

    private void Return(byte[] bytes)
    {
        if (_spare.Count < Spare)
            _spare.Enqueue(bytes);
    }

    private sealed class Block(ReceiveBlocks pool, byte[] bytes) : IMemoryOwner<byte>
    {
        private byte[]? _bytes = bytes;

        public Memory<byte> Memory => _bytes ?? throw new ObjectDisposedException(nameof(Block));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _bytes, null) is { } bytes)
                pool.Return(bytes);
        }
    }
}

/// <summary>One pool per listener.</summary>
internal sealed class ReceiveBlocksFactory : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new ReceiveBlocks();
}
