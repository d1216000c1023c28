using Tocsin.Query.Cells;

namespace Tocsin.Query.Records;

/// <summary>One key of an order of records.</summary>
/// <param name="MissingFirst">Where records without the field stand, whatever the direction.</param>
public sealed record RecordOrder(RecordField Field, bool Descending, bool MissingFirst = false)
{
    /// <summary>Below 0 when a record with <paramref name="a"/> stands before one with <paramref name="b"/>.</summary>
    internal int Compare(in Cell a, in Cell b)
    {
        if (a.IsMissing || b.IsMissing)
            return a.IsMissing == b.IsMissing ? 0 : a.IsMissing == MissingFirst ? -1 : 1;
        int order = CellOrder.Compare(a, b);
        return Descending ? -order : order;
    }
}

/// <summary>A place in an order of records; what stands at or before it has been seen.</summary>
/// <param name="Keys">One for each key of the order.</param>
/// <param name="Id">The record that stands there; without it, everything with the same keys has been seen.</param>
public sealed record RecordPlace(IReadOnlyList<Cell> Keys, Storage.Scan.RowId? Id);
