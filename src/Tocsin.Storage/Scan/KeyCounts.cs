namespace Tocsin.Storage.Scan;

/// <summary>How many rows have each key of a table. One thread.</summary>
internal sealed class KeyCounts
{
    private long[] _counts = new long[64];
    private long _missing;

    /// <summary>Of keys that are added one by one.</summary>
    public KeyTable Table { get; } = new();

    public void Add(int key, long rows)
    {
        if (key == KeyTable.Missing)
            _missing += rows;
        else
            Count(key) += rows;
    }

    public void Add(ReadOnlySpan<int> keys)
    {
        foreach (int key in keys)
        {
            if ((uint)key < (uint)_counts.Length)
                _counts[key]++;
            else
                Add(key, 1);
        }
    }

    public void Visit(KeyTable table, Action<KeyTable, int, long> visit)
    {
        for (int key = 0; key < _counts.Length; key++)
        {
            if (_counts[key] > 0)
                visit(table, key, _counts[key]);
        }
        if (_missing > 0)
            visit(table, KeyTable.Missing, _missing);
    }

    private ref long Count(int key)
    {
        if (key >= _counts.Length)
            Array.Resize(ref _counts, Math.Max(key + 1, _counts.Length * 2));
        return ref _counts[key];
    }
}
