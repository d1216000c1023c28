using System.Buffers;

namespace Tocsin.Protocols.Shared;

/// <summary>A growing contiguous buffer from the pool. Dispose gives it back.</summary>
internal sealed class PooledBytes : IDisposable
{
    private byte[] _buffer = [];

    public int Length { get; private set; }

    public int Capacity => _buffer.Length;

    public ReadOnlySpan<byte> Span => _buffer.AsSpan(0, Length);

    public Memory<byte> Free => _buffer.AsMemory(Length);

    /// <summary>Reads what is written so far. Valid until the next Grow or Dispose.</summary>
    public MemoryStream OpenRead(int offset) => new(_buffer, offset, Length - offset, writable: false);

    public void Advance(int count) => Length += count;

    /// <summary>Moves what follows to the front.</summary>
    public void RemoveFirst(int count)
    {
        Span[count..].CopyTo(_buffer);
        Length -= count;
    }

    public void Clear() => Length = 0;

    public void Grow(int capacity)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(capacity);
        Span.CopyTo(larger);
        Return();
        _buffer = larger;
    }

    public void Dispose()
    {
        Return();
        _buffer = [];
        Length = 0;
    }

    private void Return()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
    }
}
