using Tocsin.Query.Cells;

namespace Tocsin.Query.Aggregates;

/// <summary>Orders the keys of groups by value and then by text.</summary>
internal sealed class KeyOrder : IComparer<IReadOnlyList<Cell>>
{
    public static KeyOrder Whole { get; } = new();

    public int Compare(IReadOnlyList<Cell>? a, IReadOnlyList<Cell>? b)
    {
        for (int i = 0; i < a!.Count; i++)
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
}
