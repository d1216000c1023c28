using Tocsin.Query.Cells;
using Tocsin.Query.Execution;

namespace Tocsin.Query.Aggregates;

/// <summary>
/// Numbers the groups in order of appearance. Values that show the same text are one group; a missing value is a group
/// of its own. One thread.
/// </summary>
internal sealed class GroupTable(int parts, MemoryBudget budget)
{
    public const string What = "its groups", Advice = "ask for fewer groups or a shorter time";

    private const int BytesPerGroup = 96;

    private readonly Dictionary<byte[], int> _groups = new(new BytesComparer());
    private readonly List<Cell[]> _keys = [];
    private readonly GroupKey _key = new(parts);

    public int Count => _keys.Count;

    /// <summary>Fill it, then call <see cref="Find"/>.</summary>
    public GroupKey Key => _key;

    public IReadOnlyList<Cell> KeyOf(int group) => _keys[group];

    /// <summary>The group of <see cref="Key"/>, new or known.</summary>
    public int Find()
    {
        Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> lookup =
            _groups.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (lookup.TryGetValue(_key.Bytes, out int group))
        {
            Reconcile(_keys[group]);
            return group;
        }
        Cell[] cells = _key.Cells();
        long bytes = BytesPerGroup + 2L * _key.Bytes.Length + 24L * parts;
        foreach (Cell cell in cells)
            bytes += cell.HeapBytes;
        budget.Take(bytes, What, Advice);
        group = _keys.Count;
        lookup.TryAdd(_key.Bytes, group);
        _keys.Add(cells);
        return group;
    }

    /// <summary>The group of as many values as this table has parts, from the start of a longer key.</summary>
    public int FindStart(IEnumerable<Cell> key)
    {
        _key.Clear();
        foreach (Cell cell in key.Take(parts))
            _key.Add(cell);
        return Find();
    }

    /// <summary>True when the group was not known before.</summary>
    public bool Add()
    {
        int before = Count;
        return Find() == before;
    }

    /// <summary>500 and "500" met: the group shows the text, whichever came first.</summary>
    private void Reconcile(Cell[] cells)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            if (cells[i].Kind != _key.Kind(i) && cells[i].Kind != CellKind.Text)
                cells[i] = Cell.Of(cells[i].ToString());
        }
    }
}
