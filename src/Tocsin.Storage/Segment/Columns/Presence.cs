using System.Numerics;

namespace Tocsin.Storage.Segment.Columns;

/// <summary>Which rows of a column have a value, and where it lies among the values. Immutable; any thread.</summary>
internal sealed class Presence
{
    /// <summary>Words of the bitmap per number in <see cref="_before"/>.</summary>
    private const int Step = 8;

    private readonly RowSet? _rows;
    private readonly int[] _before = [];

    private Presence(int rows, RowSet? some)
    {
        _rows = some;
        Count = rows;
        if (some is null)
            return;
        _before = new int[(some.Words.Length + Step - 1) / Step];
        int count = 0;
        for (int i = 0; i < some.Words.Length; i++)
        {
            if (i % Step == 0)
                _before[i / Step] = count;
            count += BitOperations.PopCount(some.Words[i]);
        }
        Count = count;
    }

    /// <summary>How many rows have a value.</summary>
    public int Count { get; }

    public bool All => _rows is null;

    public bool this[int row] => _rows is null || _rows[row];

    /// <summary>Number of the row's value among all values. The row has one.</summary>
    public int IndexOf(int row)
    {
        if (_rows is null)
            return row;
        ReadOnlySpan<ulong> words = _rows.Words;
        int word = row >> 6, index = _before[word / Step] + BitOperations.PopCount(words[word] & ((1UL << (row & 63)) - 1));
        for (int i = word / Step * Step; i < word; i++)
            index += BitOperations.PopCount(words[i]);
        return index;
    }

    /// <summary>Bytes in memory, about.</summary>
    public int Size => _rows is null ? 50 : 100 + _rows.Words.Length * 9;

    /// <summary>u8 0 (every row), or u8 1 and a bitmap.</summary>
    /// <param name="present">Rows with a value, rising.</param>
    /// <param name="rows">Rows of the block.</param>
    /// <param name="into">Receives it.</param>
    public static void Write(ReadOnlySpan<int> present, int rows, ByteBuffer into)
    {
        if (present.Length == rows)
        {
            into.U8(0);
            return;
        }
        into.U8(1);
        Span<byte> bitmap = into.Take((rows + 7) / 8);
        bitmap.Clear();
        foreach (int row in present)
            bitmap[row / 8] |= (byte)(1 << (row % 8));
    }

    public static Presence Read(ColumnBytes bytes, ref int at, int rows)
    {
        byte mode = bytes.At(at++, 1)[0];
        if (mode > 1)
            throw new InvalidDataException("presence is neither all nor a bitmap");
        if (mode == 0)
            return new Presence(rows, null);
        var some = new RowSet(rows);
        ReadOnlySpan<byte> bitmap = bytes.At(at, (rows + 7) / 8);
        at += bitmap.Length;
        for (int i = 0; i < bitmap.Length; i++)
            some.Words[i >> 3] |= (ulong)bitmap[i] << (i & 7) * 8;
        if (rows % 64 != 0 && some.Words[^1] >> (rows % 64) != 0)
            throw new InvalidDataException("a bitmap names rows that are not there");
        return new Presence(rows, some);
    }

    /// <summary>The rows that have a value, of those asked for, rising.</summary>
    public int[] Of(RowSet rows)
    {
        if (_rows is null)
            return rows.ToArray();
        RowSet both = rows.Copy();
        for (int i = 0; i < both.Words.Length; i++)
            both.Words[i] &= _rows.Words[i];
        return both.ToArray();
    }

    public void AddTo(RowSet into)
    {
        if (_rows is null)
            into.AddRange(0, into.Rows);
        else
            into.Union(_rows);
    }
}
