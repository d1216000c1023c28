using System.Collections.Concurrent;

namespace Tocsin.Storage.Memory;

/// <summary>Lends the arrays that memtables are made of, and keeps a few spare ones. Any thread.</summary>
internal sealed class ChunkPool(int chunkBytes)
{
    private readonly ConcurrentBag<byte[]> _spare = [];

    public byte[] Rent(int atLeast) =>
        atLeast <= chunkBytes && _spare.TryTake(out byte[]? array)
            ? array
            : GC.AllocateUninitializedArray<byte>(Math.Max(atLeast, chunkBytes));

    public void Return(byte[] array)
    {
        if (array.Length == chunkBytes && _spare.Count < Limits.SpareChunks)
            _spare.Add(array);
    }
}
