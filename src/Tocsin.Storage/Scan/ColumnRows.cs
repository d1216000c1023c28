using System.Buffers;
using System.Buffers.Binary;
using Tocsin.Model.Events;
using Tocsin.Storage.Segment;
using Tocsin.Storage.Segment.Columns;

namespace Tocsin.Storage.Scan;

/// <summary>Receives the matching rows of one block, column by column. Valid only during the call. Returns false to stop.</summary>
public delegate bool ColumnVisitor(ColumnRows rows);

/// <summary>What a scan by columns gives besides which rows match.</summary>
/// <param name="Keys">Fields whose values are numbered in a table.</param>
/// <param name="Values">Fields whose values are read as they are.</param>
public sealed record ColumnRequest(IReadOnlyList<FieldPath> Keys, IReadOnlyList<FieldPath> Values);

/// <summary>Some rows, with the columns that were asked for. One thread; reused for the next rows.</summary>
public sealed class ColumnRows
{
    private readonly int[][] _keys;
    private readonly ValueColumn[] _values;

    internal ColumnRows(ColumnRequest request)
    {
        Tables = [.. request.Keys.Select(_ => new KeyTable())];
        _keys = [.. request.Keys.Select(_ => Array.Empty<int>())];
        _values = [.. request.Values.Select(_ => new ValueColumn())];
    }

    public int Count { get; private set; }

    /// <summary>One table per key, for the whole scan.</summary>
    public IReadOnlyList<KeyTable> Tables { get; }

    /// <summary>The number of each row's value in the key's table, or <see cref="KeyTable.Missing"/>.</summary>
    public ReadOnlySpan<int> Keys(int key) => _keys[key].AsSpan(0, Count);

    public ValueColumn Values(int value) => _values[value];

    internal Span<int> KeysOf(int key) => _keys[key].AsSpan(0, Count);

    internal void Start(int count)
    {
        Count = count;
        for (int i = 0; i < _keys.Length; i++)
        {
            if (_keys[i].Length < count)
                _keys[i] = new int[count];
        }
        foreach (ValueColumn column in _values)
            column.Start(count);
    }
}

/// <summary>One value of each of some rows. One thread.</summary>
public sealed class ValueColumn
{
    private readonly ByteBuffer _others = new(256);
    private ValueKind[] _kinds = [];
    private long[] _bits = [];

    /// <summary>Whether the row has a value; false for one that is null.</summary>
    public bool Has(int row) => _kinds[row] != ValueKind.Null;

    public ValueKind Kind(int row) => _kinds[row];

    /// <summary>The number, or the bits of a double.</summary>
    public long Bits(int row) => _bits[row];

    /// <summary>A value that is no number.</summary>
    public FieldValue Other(int row)
    {
        ReadOnlySpan<byte> rest = _others.Span[(int)_bits[row]..];
        return FieldValue.Read(ref rest);
    }

    internal void Start(int count)
    {
        if (_kinds.Length < count)
            (_kinds, _bits) = (new ValueKind[count], new long[count]);
        _others.Clear();
    }

    internal void SetMissing(int row) => _kinds[row] = ValueKind.Null;

    internal void Set(int row, long value) => (_kinds[row], _bits[row]) = (ValueKind.Int, value);

    internal void Set(int row, double value) => (_kinds[row], _bits[row]) = (ValueKind.Double, BitConverter.DoubleToInt64Bits(value));

    internal void Set(int row, FieldValue value)
    {
        _kinds[row] = value.Kind;
        if (value.Kind is ValueKind.Int or ValueKind.Double)
        {
            _bits[row] = BinaryPrimitives.ReadInt64LittleEndian(value.Payload);
            return;
        }
        _bits[row] = _others.Length;
        _others.Bytes(value.Encoded);
    }
}
