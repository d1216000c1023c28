using System.Buffers;

namespace Tocsin.Storage.Segment;

/// <summary>
/// Row numbers of one block, in an array that is used again: those of a whole block, made anew each time, would be garbage that only
/// a full collection takes away. Dispose gives it back.
/// </summary>
internal sealed class RowList : IDisposable
{
    private int[] _rows;

    /// <param name="rows">Listed in rising order.</param>
    public RowList(RowSet rows)
    {
        Count = rows.Count;
        _rows = ArrayPool<int>.Shared.Rent(Count);
        rows.CopyTo(_rows);
    }

    public int Count { get; }

    public ReadOnlySpan<int> Span => _rows.AsSpan(0, Count);

    public int this[int i] => Span[i];

    public void Reverse() => _rows.AsSpan(0, Count).Reverse();

    public void Dispose()
    {
        if (_rows.Length > 0)
            ArrayPool<int>.Shared.Return(_rows);
        _rows = [];
    }
}
