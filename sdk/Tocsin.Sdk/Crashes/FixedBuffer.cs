using System.Buffers;

namespace TocsinSdk.Crashes;

/// <summary>A JSON writer's target that was allocated long before it is needed. One thread at a time.</summary>
internal sealed class FixedBuffer(int size) : IBufferWriter<byte>
{
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(size, pinned: true);
    private int _used;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _used);

    public void Clear() => _used = 0;

    public void Advance(int count) => _used += count;

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <exception cref="BufferFullException">It holds no <paramref name="sizeHint"/> bytes more.</exception>
    public Memory<byte> GetMemory(int sizeHint = 0) =>
        _bytes.Length - _used >= Math.Max(sizeHint, 1) ? _bytes.AsMemory(_used) : throw new BufferFullException();
}

/// <summary>The record is larger than the buffer; it is written again with less in it.</summary>
internal sealed class BufferFullException() : Exception("the record does not fit its buffer");
