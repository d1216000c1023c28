using System.Buffers.Binary;
using Tocsin.Model.Events;
using Tocsin.Storage.Segment;

namespace Tocsin.Storage.Scan;

/// <summary>A field whose values are numbered in a table.</summary>
/// <param name="Path">Which field.</param>
/// <param name="Shape">What of a value counts; null for all of it.</param>
/// <param name="MayForget">
/// When there are very many values a new table may begin with a block, which gives values numbers again that had others.
/// </param>
public sealed record KeyColumn(FieldPath Path, ValueShape? Shape = null, bool MayForget = false);

/// <summary>What many texts have in common, such as their words without the numbers.</summary>
/// <remarks>
/// Of texts up to <see cref="Longest"/> bytes it is asked for one of those that differ only in these places: decimal digits, when
/// there are as many and neither text has a single 0 there, and however many there are in a word of digits and points, or of these and
/// one colon when there are three points, between blanks, signs that join nothing and full stops; runs of 8 and more hexadecimal digits with a digit and a letter, of one
/// length, between characters that are no letters, digits and '_'; UUIDs between those that are no '.', ':' and '-' either.
/// </remarks>
/// <param name="Of">Any thread.</param>
/// <param name="Longest">Longer texts are asked for one by one.</param>
public sealed record ValueShape(Func<string, string> Of, int Longest);

/// <summary>What a scan by columns gives besides which rows match.</summary>
/// <param name="Keys">Fields whose values are numbered in a table.</param>
/// <param name="Values">Fields whose values are read as they are.</param>
public sealed record ColumnRequest(IReadOnlyList<KeyColumn> Keys, IReadOnlyList<FieldPath> Values)
{
    public bool Times { get; init; }

    public bool Severities { get; init; }

    /// <summary>Sequence numbers, which make row ids with the times.</summary>
    public bool Sequences { get; init; }

    /// <summary>With how many values a table may be forgotten.</summary>
    internal int MostKept { get; init; } = 1 << 18;
}

/// <summary>Some rows, with the columns that were asked for. One thread; reused for the next rows.</summary>
public sealed class ColumnRows
{
    private readonly KeyTable[] _tables;
    private readonly int[][] _keys;
    private readonly ValueColumn[] _values;
    private long[] _times = [], _sequences = [];
    private byte[] _severities = [];

    internal ColumnRows(ColumnRequest request)
    {
        _tables = [.. request.Keys.Select(_ => new KeyTable())];
        _keys = [.. request.Keys.Select(_ => Array.Empty<int>())];
        _values = [.. request.Values.Select(_ => new ValueColumn())];
    }

    public int Count { get; private set; }

    /// <summary>One table per key, for all rows that one thread reads.</summary>
    public IReadOnlyList<KeyTable> Tables => _tables;

    /// <summary>Nanoseconds since 1970 of each row, if asked for.</summary>
    public ReadOnlySpan<long> Times => _times.AsSpan(0, Count);

    /// <summary>See <see cref="RowId.Sequence"/>.</summary>
    public ReadOnlySpan<long> Sequences => _sequences.AsSpan(0, Count);

    public ReadOnlySpan<byte> Severities => _severities.AsSpan(0, Count);

    public RowId Id(int row) => new(new Model.Instant(_times[row]), (ulong)_sequences[row]);

    /// <summary>The number of each row's value in the key's table, or <see cref="KeyTable.Missing"/>.</summary>
    public ReadOnlySpan<int> Keys(int key) => _keys[key].AsSpan(0, Count);

    public ValueColumn Values(int value) => _values[value];

    internal Span<int> KeysOf(int key) => _keys[key].AsSpan(0, Count);

    internal Span<long> TimesOf => _times.AsSpan(0, Count);

    internal Span<long> SequencesOf => _sequences.AsSpan(0, Count);

    internal Span<byte> SeveritiesOf => _severities.AsSpan(0, Count);

    internal void Start(int count, ColumnRequest request)
    {
        Count = count;
        for (int i = 0; i < _keys.Length; i++)
        {
            Grow(ref _keys[i], count);
            if (request.Keys[i].MayForget && _tables[i].Count > request.MostKept)
                _tables[i] = new KeyTable();
        }
        foreach (ValueColumn column in _values)
            column.Start(count);
        if (request.Times || request.Sequences)
            Grow(ref _times, count);
        if (request.Sequences)
            Grow(ref _sequences, count);
        if (request.Severities)
            Grow(ref _severities, count);
    }

    private static void Grow<T>(ref T[] array, int count)
    {
        if (array.Length < count)
            array = new T[count];
    }
}

/// <summary>One value of each of some rows. One thread.</summary>
public sealed class ValueColumn
{
    /// <summary>Not the kind of any value: the row has none so far.</summary>
    private const ValueKind Open = (ValueKind)255;

    private readonly ByteBuffer _others = new(256);
    private ValueKind[] _kinds = [];
    private long[] _bits = [];
    private int _count;

    /// <summary>The kind of all values, when there is one of each row and all are of one kind; else null.</summary>
    public ValueKind? Only { get; private set; }

    /// <summary>Whether the row has a value; false for one that is null.</summary>
    public bool Has(int row) => Kind(row) != ValueKind.Null;

    public ValueKind Kind(int row) => Only ?? _kinds[row];

    /// <summary>The number, or the bits of a double.</summary>
    public long Bits(int row) => _bits[row];

    /// <summary><see cref="Bits(int)"/> of all rows.</summary>
    public ReadOnlySpan<long> AllBits => _bits.AsSpan(0, _count);

    /// <summary>A value that is no number.</summary>
    public FieldValue Other(int row)
    {
        ReadOnlySpan<byte> rest = _others.Span[(int)_bits[row]..];
        return FieldValue.Read(ref rest);
    }

    internal void Start(int count)
    {
        if (_bits.Length < count)
            (_kinds, _bits) = (new ValueKind[count], new long[count]);
        _count = count;
        Only = null;
        _kinds.AsSpan(0, count).Fill(Open);
        _others.Clear();
    }

    internal bool IsOpen(int row) => Only is null && _kinds[row] == Open;

    /// <summary>To be filled with one value of each row.</summary>
    internal Span<long> Fill(ValueKind only)
    {
        Only = only;
        return _bits.AsSpan(0, _count);
    }

    /// <summary>Rows without a value have none for good.</summary>
    internal void Finish()
    {
        if (Only is not null)
            return;
        foreach (ref ValueKind kind in _kinds.AsSpan(0, _count))
            kind = kind == Open ? ValueKind.Null : kind;
    }

    internal void Set(int row, long value) => (_kinds[row], _bits[row]) = (ValueKind.Int, value);

    internal void Set(int row, double value) => (_kinds[row], _bits[row]) = (ValueKind.Double, BitConverter.DoubleToInt64Bits(value));

    internal void Set(int row, FieldValue value) => (_kinds[row], _bits[row]) = Keep(value);

    internal void Set(int row, (ValueKind Kind, long Bits) kept) => (_kinds[row], _bits[row]) = kept;

    /// <summary>What <see cref="Set(int, ValueTuple{ValueKind, long})"/> takes, for several rows.</summary>
    internal (ValueKind Kind, long Bits) Keep(FieldValue value)
    {
        if (value.Kind is ValueKind.Int or ValueKind.Double)
            return (value.Kind, BinaryPrimitives.ReadInt64LittleEndian(value.Payload));
        int at = _others.Length;
        _others.Bytes(value.Encoded);
        return (value.Kind, at);
    }
}
