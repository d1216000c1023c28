using Tocsin.Storage.Scan;

namespace Tocsin.Storage.Segment.Columns;

/// <summary>
/// One column of a block for one reader, decoded as far as it is asked. One thread; disposed with its block.
/// </summary>
/// <param name="rows">Rows of the block.</param>
/// <param name="bytes">Disposed with the column.</param>
internal abstract class Column(int rows, ColumnBytes bytes) : IDisposable
{
    public int Rows => rows;

    /// <summary>So far.</summary>
    public long BytesRead => bytes.BytesRead;

    public abstract bool Has(int row);

    /// <summary>Appends tag and payload; nothing when the row has no value.</summary>
    public abstract void Write(int row, ByteBuffer into);

    /// <summary>Adds to <paramref name="hits"/> each of the rows that has a value, and one that the test accepts.</summary>
    public abstract void Select(ValuePredicate test, RowSet rows, RowSet hits);

    /// <summary>Adds every row that has a value.</summary>
    public abstract void AddPresent(RowSet into);

    public virtual void Dispose() => bytes.Dispose();

    /// <summary>
    /// Decodes a column. Throws <see cref="InvalidDataException"/> when the bytes are not one of so many rows.
    /// </summary>
    /// <param name="encoding">How it lies.</param>
    /// <param name="raw">All of it; kept.</param>
    /// <param name="rows">Rows of the block.</param>
    public static Column Read(ColumnEncoding encoding, byte[] raw, int rows)
    {
        var bytes = new ColumnBytes(raw);
        return ColumnLayout.Read(encoding, bytes, rows).Open(bytes);
    }
}

/// <summary>
/// What is known of a column once its bytes have been gone through: where things lie in it, and what is small or packed. Immutable,
/// shared by readers; any thread.
/// </summary>
/// <param name="rows">Rows of the block.</param>
internal abstract class ColumnLayout(int rows)
{
    public int Rows => rows;

    /// <summary>Bytes in memory, about.</summary>
    public abstract int Size { get; }

    /// <param name="bytes">Those it was read from, for one reader.</param>
    public abstract Column Open(ColumnBytes bytes);

    /// <summary>Throws <see cref="InvalidDataException"/> when the bytes are no column of so many rows.</summary>
    public static ColumnLayout Read(ColumnEncoding encoding, ColumnBytes bytes, int rows) => encoding switch
    {
        ColumnEncoding.Constant => new ConstantLayout(bytes, rows),
        ColumnEncoding.Codes or ColumnEncoding.FixedCodes => new CodesLayout(encoding, bytes, rows),
        ColumnEncoding.Integers or ColumnEncoding.Decimals => new NumberLayout(encoding, bytes, rows),
        ColumnEncoding.Fixed => new FixedLayout(bytes, rows),
        ColumnEncoding.Templates => new TextLayout(bytes, rows),
        ColumnEncoding.Heap => new HeapLayout(bytes, rows),
        _ => throw new InvalidDataException($"column encoding {(byte)encoding} is not known here"),
    };
}
