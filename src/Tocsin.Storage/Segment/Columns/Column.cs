using System.Numerics;
using Tocsin.Storage.Scan;

namespace Tocsin.Storage.Segment.Columns;

/// <summary>One column of a block, decoded as far as it is asked. One thread; disposed with its block.</summary>
internal abstract class Column(int rows) : IDisposable
{
    public int Rows => rows;

    public abstract bool Has(int row);

    /// <summary>Appends tag and payload; nothing when the row has no value.</summary>
    public abstract void Write(int row, ByteBuffer into);

    /// <summary>Adds to <paramref name="hits"/> each of the rows that has a value, and one that the test accepts.</summary>
    public abstract void Select(ValuePredicate test, RowSet rows, RowSet hits);

    /// <summary>Adds every row that has a value.</summary>
    public virtual void AddPresent(RowSet into)
    {
        for (int row = 0; row < Rows; row++)
        {
            if (Has(row))
                into.Add(row);
        }
    }

    public virtual void Dispose()
    {
    }

    /// <summary>
    /// Decodes a column. Throws <see cref="InvalidDataException"/> when the bytes are not one of so many rows.
    /// </summary>
    /// <param name="encoding">How it lies.</param>
    /// <param name="raw">All of it; kept.</param>
    /// <param name="rows">Rows of the block.</param>
    public static Column Read(ColumnEncoding encoding, byte[] raw, int rows) => encoding switch
    {
        ColumnEncoding.Constant => new ConstantColumn(raw, rows),
        ColumnEncoding.Codes => new CodesColumn(raw, rows),
        ColumnEncoding.Integers => new IntegerColumn(raw, rows),
        ColumnEncoding.Decimals => new DecimalColumn(raw, rows),
        ColumnEncoding.Fixed => new FixedColumn(raw, rows),
        ColumnEncoding.Templates => new TextColumn(raw, rows),
        ColumnEncoding.Heap => new HeapColumn(raw, rows),
        _ => throw new InvalidDataException($"column encoding {(byte)encoding} is not known here"),
    };
}

/// <summary>Which rows of a column have a value, and where it lies among the values.</summary>
internal sealed class Presence
{
    private readonly RowSet? _rows;
    private readonly int[] _before = [];

    private Presence(int rows, RowSet? some)
    {
        _rows = some;
        Count = rows;
        if (some is null)
            return;
        _before = new int[some.Words.Length];
        int count = 0;
        for (int i = 0; i < _before.Length; i++)
        {
            _before[i] = count;
            count += BitOperations.PopCount(some.Words[i]);
        }
        Count = count;
    }

    /// <summary>How many rows have a value.</summary>
    public int Count { get; }

    public bool All => _rows is null;

    public bool this[int row] => _rows is null || _rows[row];

    /// <summary>Number of the row's value among all values. The row has one.</summary>
    public int IndexOf(int row) => _rows is null ? row
        : _before[row >> 6] + BitOperations.PopCount(_rows.Words[row >> 6] & ((1UL << (row & 63)) - 1));

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

    public static Presence Read(ReadOnlySpan<byte> raw, ref int at, int rows)
    {
        var reader = new ByteReader(raw, at);
        RowSet? some = null;
        switch (reader.U8())
        {
            case 0:
                break;
            case 1:
                some = new RowSet(rows);
                ReadOnlySpan<byte> bitmap = reader.Bytes((rows + 7) / 8);
                for (int i = 0; i < bitmap.Length; i++)
                    some.Words[i >> 3] |= (ulong)bitmap[i] << (i & 7) * 8;
                if (rows % 64 != 0 && some.Words[^1] >> (rows % 64) != 0)
                    throw new InvalidDataException("a bitmap names rows that are not there");
                break;
            default:
                throw new InvalidDataException("presence is neither all nor a bitmap");
        }
        at = raw.Length - reader.Left;
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
