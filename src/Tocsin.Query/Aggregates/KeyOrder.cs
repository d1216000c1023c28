using Tocsin.Query.Cells;

namespace Tocsin.Query.Aggregates;

/// <summary>Orders and compares the first so many parts of the keys of groups, by value and then by text.</summary>
internal sealed class KeyOrder(int parts) : IComparer<IReadOnlyList<Cell>>, IEqualityComparer<IReadOnlyList<Cell>>
{
    public static KeyOrder Whole { get; } = new(int.MaxValue);

    public int Compare(IReadOnlyList<Cell>? a, IReadOnlyList<Cell>? b)
    {
        for (int i = 0; i < Math.Min(parts, a!.Count); i++)
        {
            int order = CellOrder.Compare(a[i], b![i]);
            if (order != 0)
                return order;
            // "007" and 7 compare as equal numbers but are two groups.
            order = CellOrder.CompareText(a[i].ToString(), b[i].ToString());
            if (order != 0)
                return order;
        }
        return 0;
    }

    public bool Equals(IReadOnlyList<Cell>? a, IReadOnlyList<Cell>? b) => Compare(a, b) == 0;

    public int GetHashCode(IReadOnlyList<Cell> key)
    {
        var hash = new HashCode();
        for (int i = 0; i < Math.Min(parts, key.Count); i++)
            hash.Add(key[i].ToString(), StringComparer.Ordinal);
        return hash.ToHashCode();
    }
}
