namespace Tocsin.Storage.Memory;

/// <summary>Lends the arrays that memtables are made of, and keeps spare ones as long as they are wanted. Any thread.</summary>
internal sealed class ChunkPool(int chunkBytes)
{
    private readonly Lock _lock = new();
    private readonly Stack<byte[]> _spare = [];

    // The fewest spare ones since the last trim: so many nobody has wanted.
    private int _unwanted;

    public byte[] Rent(int atLeast)
    {
        if (atLeast <= chunkBytes)
        {
            lock (_lock)
            {
                if (_spare.TryPop(out byte[]? array))
                {
                    _unwanted = Math.Min(_unwanted, _spare.Count);
                    return array;
                }
            }
        }
        return GC.AllocateUninitializedArray<byte>(Math.Max(atLeast, chunkBytes));
    }

    public void Return(byte[] array)
    {
        if (array.Length != chunkBytes)
            return;
        lock (_lock)
        {
            if (_spare.Count < Limits.SpareChunks)
                _spare.Push(array);
        }
    }

    /// <summary>Gives up what has been spare all the time since the last call.</summary>
    public void Trim()
    {
        lock (_lock)
        {
            for (; _unwanted > 0; _unwanted--)
                _spare.Pop();
            _unwanted = _spare.Count;
        }
    }
}
