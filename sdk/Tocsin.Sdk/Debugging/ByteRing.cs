namespace TocsinSdk.Debugging;

/// <summary>The newest items that fit into a number of bytes; the oldest make room. Any thread.</summary>
internal sealed class ByteRing<T>(long maxBytes)
{
    private readonly Lock _lock = new();
    private readonly Queue<(T Item, int Bytes)> _items = new();
    private long _bytes;

    public long Bytes
    {
        get
        {
            lock (_lock)
                return _bytes;
        }
    }

    /// <param name="item">What to keep.</param>
    /// <param name="bytes">How much memory it takes, about; one that takes more than there is is not kept.</param>
    public void Add(T item, int bytes)
    {
        if (bytes > maxBytes)
            return;
        lock (_lock)
        {
            _items.Enqueue((item, bytes));
            _bytes += bytes;
            while (_bytes > maxBytes)
                _bytes -= _items.Dequeue().Bytes;
        }
    }

    /// <summary>A copy, oldest first.</summary>
    public T[] All()
    {
        lock (_lock)
        {
            var all = new T[_items.Count];
            var i = 0;
            foreach (var (item, _) in _items)
                all[i++] = item;
            return all;
        }
    }
}
