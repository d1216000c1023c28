using Tocsin.Model.Events;

namespace Tocsin.Storage.Scan;

/// <summary>How many rows have each key of one table. One thread.</summary>
internal sealed class KeyCounts
{
    /// <summary>By the array itself: segments share those of equal streams.</summary>
    private readonly Dictionary<byte[], int> _ofStreams = new(ReferenceEqualityComparer.Instance);
    private long[] _counts = new long[64];
    private long _missing, _held;

    /// <summary>Of keys that are added one by one, until a table comes along.</summary>
    public KeyTable Table { get; private set; } = new();

    /// <summary>Adds rows of a stream, of whose field these are the counts.</summary>
    /// <param name="stream">Its fields, encoded.</param>
    /// <param name="field">Always the same.</param>
    /// <param name="rows">How many.</param>
    public void Add(byte[] stream, FieldPath field, long rows)
    {
        if (!_ofStreams.TryGetValue(stream, out int key))
        {
            key = KeyTable.Missing;
            for (int name = 0; name < field.Names.Count && key == KeyTable.Missing; name++)
            {
                if (field.TryGetInStream(stream, name, out FieldValue value))
                    key = Table.Of(value.Encoded);
            }
            _ofStreams.Add(stream, key);
        }
        Add(key, rows);
    }

    public void Add(int key, long rows)
    {
        if (key == KeyTable.Missing)
        {
            _missing += rows;
            return;
        }
        if (key >= _counts.Length)
            Array.Resize(ref _counts, Math.Max(key + 1, _counts.Length * 2));
        _counts[key] += rows;
    }

    /// <summary>Adds one row of each key, always of the same table. Returns how many bytes more are held now.</summary>
    public long Add(KeyTable table, ReadOnlySpan<int> keys)
    {
        Table = table;
        if (_counts.Length < table.Count)
            Array.Resize(ref _counts, Math.Max(table.Count, _counts.Length * 2));
        foreach (int key in keys)
        {
            if (key == KeyTable.Missing)
                _missing++;
            else
                _counts[key]++;
        }
        long before = _held;
        _held = table.Bytes + sizeof(long) * (long)_counts.Length;
        return _held - before;
    }

    /// <summary>Both are of no use afterwards.</summary>
    public static KeyCounts Sum(KeyCounts a, KeyCounts b)
    {
        (KeyCounts into, KeyCounts from) = a.Table.Count >= b.Table.Count ? (a, b) : (b, a);
        int[] keys = into.Table.Join(from.Table);
        for (int key = 0; key < keys.Length; key++)
            into.Add(keys[key], from._counts[key]);
        into._missing += from._missing;
        return into;
    }

    public void Visit(Action<KeyTable, int, long> visit)
    {
        for (int key = 0; key < Table.Count; key++)
        {
            if (key < _counts.Length && _counts[key] > 0)
                visit(Table, key, _counts[key]);
        }
        if (_missing > 0)
            visit(Table, KeyTable.Missing, _missing);
    }
}
