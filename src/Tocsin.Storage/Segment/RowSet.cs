using System.Numerics;

namespace Tocsin.Storage.Segment;

/// <summary>A set of row numbers of one block, one bit each. One thread.</summary>
internal sealed class RowSet
{
    private readonly ulong[] _words;

    public RowSet(int rows)
    {
        Rows = rows;
        _words = new ulong[(rows + 63) / 64];
    }

    /// <summary>How many rows the block has.</summary>
    public int Rows { get; }

    public bool this[int row] => (_words[row >> 6] >> (row & 63) & 1) != 0;

    /// <summary>Bit n of word m is row 64 m + n.</summary>
    public Span<ulong> Words => _words;

    public int Count
    {
        get
        {
            int count = 0;
            foreach (ulong word in _words)
                count += BitOperations.PopCount(word);
            return count;
        }
    }

    public bool IsEmpty => !_words.AsSpan().ContainsAnyExcept(0UL);

    public void Add(int row) => _words[row >> 6] |= 1UL << (row & 63);

    public void Remove(int row) => _words[row >> 6] &= ~(1UL << (row & 63));

    /// <param name="from">First row.</param>
    /// <param name="to">One behind the last.</param>
    public void AddRange(int from, int to)
    {
        for (; from < to && (from & 63) != 0; from++)
            Add(from);
        for (; from + 64 <= to; from += 64)
            _words[from >> 6] = ulong.MaxValue;
        for (; from < to; from++)
            Add(from);
    }

    public RowSet Copy()
    {
        var copy = new RowSet(Rows);
        _words.CopyTo(copy._words, 0);
        return copy;
    }

    public void Union(RowSet other)
    {
        for (int i = 0; i < _words.Length; i++)
            _words[i] |= other._words[i];
    }

    public void Intersect(RowSet other)
    {
        for (int i = 0; i < _words.Length; i++)
            _words[i] &= other._words[i];
    }

    /// <summary>Takes the rows of the other set out.</summary>
    public void Subtract(RowSet other)
    {
        for (int i = 0; i < _words.Length; i++)
            _words[i] &= ~other._words[i];
    }

    /// <summary>The rows in rising order.</summary>
    public int[] ToArray()
    {
        int[] rows = GC.AllocateUninitializedArray<int>(Count);
        CopyTo(rows);
        return rows;
    }

    /// <summary>As <see cref="ToArray"/>, into a span with room for them.</summary>
    public void CopyTo(Span<int> rows)
    {
        int at = 0;
        for (int i = 0; i < _words.Length; i++)
        {
            if (_words[i] == ulong.MaxValue)
            {
                for (int row = i << 6, end = row + 64; row < end; row++)
                    rows[at++] = row;
                continue;
            }
            for (ulong word = _words[i]; word != 0; word &= word - 1)
                rows[at++] = (i << 6) + BitOperations.TrailingZeroCount(word);
        }
    }
}
