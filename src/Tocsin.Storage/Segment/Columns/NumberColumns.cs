using System.Buffers;
using System.Buffers.Binary;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;

namespace Tocsin.Storage.Segment.Columns;

/// <summary>The layout of integers and decimals: presence, of decimals the power of ten, pack.</summary>
internal sealed class NumberLayout : ColumnLayout
{
    private static readonly double[] s_powers = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

    private readonly ColumnEncoding _encoding;

    public NumberLayout(ColumnEncoding encoding, ColumnBytes bytes, int rows) : base(rows)
    {
        _encoding = encoding;
        int at = 0;
        Present = Presence.Read(bytes, ref at, rows);
        if (encoding == ColumnEncoding.Decimals)
        {
            byte places = bytes.At(at++, 1)[0];
            Power = places <= DecimalColumn.MostPlaces ? s_powers[places]
                : throw new InvalidDataException("the power of decimals is out of bounds");
        }
        Pack = PackLayout.Read(bytes, ref at, Present.Count);
    }

    public Presence Present { get; }

    public double Power { get; } = 1;

    public PackLayout Pack { get; }

    public override int Size => Present.Size + Pack.Size;

    public override Column Open(ColumnBytes bytes) =>
        _encoding == ColumnEncoding.Integers ? new IntegerColumn(this, bytes) : new DecimalColumn(this, bytes);
}

/// <summary>Whole numbers. Layout: presence, pack, 8 bytes of padding.</summary>
internal sealed class IntegerColumn(NumberLayout layout, ColumnBytes bytes) : Column(layout.Rows, bytes)
{
    private const int FewRows = 128;

    private readonly Presence _presence = layout.Present;
    private readonly IntPack _pack = new(layout.Pack, bytes);
    private long[]? _all;
    private int _asked;

    public Presence Present => _presence;

    public IntPack Values => _pack;

    /// <summary>The row has a value.</summary>
    public long this[int row] => !_pack.IsDelta || _all is null && _asked++ < FewRows
        ? _pack[_presence.IndexOf(row)] : (_all ??= ReadAll())[_presence.IndexOf(row)];

    public override bool Has(int row) => _presence[row];

    public override void Dispose()
    {
        if (_all is { } all)
            ArrayPool<long>.Shared.Return(all);
        _all = null;
        base.Dispose();
    }

    private long[] ReadAll()
    {
        long[] all = ArrayPool<long>.Shared.Rent(Math.Max(1, _pack.Count));
        _pack.Read(all.AsSpan(0, _pack.Count));
        return all;
    }

    public override void Write(int row, ByteBuffer into)
    {
        if (!_presence[row])
            return;
        into.U8((byte)ValueKind.Int);
        into.I64(this[row]);
    }

    public override void Select(ValuePredicate test, RowSet rows, RowSet hits)
    {
        Span<byte> value = stackalloc byte[9];
        value[0] = (byte)ValueKind.Int;
        foreach (int row in _presence.Of(rows))
        {
            BinaryPrimitives.WriteInt64LittleEndian(value[1..], this[row]);
            ReadOnlySpan<byte> rest = value;
            if (test.Accepts(FieldValue.Read(ref rest)))
                hits.Add(row);
        }
    }

    public override void AddPresent(RowSet into) => _presence.AddTo(into);
}

/// <summary>
/// Doubles that are whole numbers once multiplied by a power of ten, which gives back every bit of them. Layout: presence, u8
/// power, pack, 8 bytes of padding.
/// </summary>
internal sealed class DecimalColumn(NumberLayout layout, ColumnBytes bytes) : Column(layout.Rows, bytes)
{
    public const int MostPlaces = 9;

    private static readonly double[] s_powers = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

    private readonly Presence _presence = layout.Present;
    private readonly IntPack _pack = new(layout.Pack, bytes);
    private readonly double _power = layout.Power;

    public Presence Present => _presence;

    /// <summary>The row has a value.</summary>
    public double this[int row] => _pack[_presence.IndexOf(row)] / _power;

    /// <summary>The values times <see cref="Power"/>.</summary>
    public IntPack Scaled => _pack;

    public double Power => _power;

    /// <summary>The fewest places that give all values back; -1 when none do.</summary>
    public static int PlacesOf(ReadOnlySpan<double> values, Span<long> scaled)
    {
        int places = 0;
        for (int i = 0; i < values.Length;)
        {
            if (TryScale(values[i], places, out scaled[i]))
            {
                i++;
                continue;
            }
            if (++places > MostPlaces)
                return -1;
            i = 0;
        }
        return places;
    }

    public override bool Has(int row) => _presence[row];

    public override void Write(int row, ByteBuffer into)
    {
        if (!_presence[row])
            return;
        into.U8((byte)ValueKind.Double);
        into.I64(BitConverter.DoubleToInt64Bits(this[row]));
    }

    public override void Select(ValuePredicate test, RowSet rows, RowSet hits)
    {
        Span<byte> value = stackalloc byte[9];
        value[0] = (byte)ValueKind.Double;
        foreach (int row in _presence.Of(rows))
        {
            BinaryPrimitives.WriteDoubleLittleEndian(value[1..], this[row]);
            ReadOnlySpan<byte> rest = value;
            if (test.Accepts(FieldValue.Read(ref rest)))
                hits.Add(row);
        }
    }

    public override void AddPresent(RowSet into) => _presence.AddTo(into);

    // The bits are compared, so that -0.0 and NaN stay what they are: they are no decimals.
    private static bool TryScale(double value, int places, out long scaled)
    {
        double product = value * s_powers[places];
        scaled = Math.Abs(product) < 1L << 53 ? (long)Math.Round(product) : 0;
        return Math.Abs(product) < 1L << 53
            && BitConverter.DoubleToInt64Bits(scaled / s_powers[places]) == BitConverter.DoubleToInt64Bits(value);
    }
}

/// <summary>The layout of values of one width.</summary>
internal sealed class FixedLayout : ColumnLayout
{
    public FixedLayout(ColumnBytes bytes, int rows) : base(rows)
    {
        int at = 0;
        Present = Presence.Read(bytes, ref at, rows);
        var reader = new ByteReader(bytes.At(at, bytes.Length - at));
        Kind = (ValueKind)reader.U8();
        Width = reader.Count(bytes.Length);
        Start = bytes.Length - reader.Left;
        if (Kind != ValueKind.Bytes && (Kind != ValueKind.Double || Width != 8))
            throw new InvalidDataException($"values of kind {Kind} and width {Width} do not lie side by side");
        if ((long)Width * Present.Count != reader.Left)
            throw new InvalidDataException("a column has not the length it claims");
    }

    public Presence Present { get; }

    public ValueKind Kind { get; }

    public int Width { get; }

    /// <summary>Of the first value.</summary>
    public int Start { get; }

    public override int Size => 100 + Present.Size;

    public override Column Open(ColumnBytes bytes) => new FixedColumn(this, bytes);
}

/// <summary>
/// Doubles as they are, or byte strings of one length. Layout: presence, u8 tag, varint width, payloads.
/// </summary>
internal sealed class FixedColumn(FixedLayout layout, ColumnBytes bytes) : Column(layout.Rows, bytes)
{
    private readonly Presence _presence = layout.Present;
    private readonly ValueKind _kind = layout.Kind;
    private readonly int _width = layout.Width;
    private readonly ColumnBytes _bytes = bytes;

    /// <summary>Empty when the row has no value. Valid until the next call.</summary>
    public ReadOnlySpan<byte> this[int row] =>
        _presence[row] ? _bytes.At(layout.Start + _presence.IndexOf(row) * _width, _width) : default;

    public override bool Has(int row) => _presence[row];

    public override void Write(int row, ByteBuffer into)
    {
        if (!_presence[row])
            return;
        into.U8((byte)_kind);
        if (_kind == ValueKind.Bytes)
            into.Varint((ulong)_width);
        into.Bytes(this[row]);
    }

    public override void Select(ValuePredicate test, RowSet rows, RowSet hits)
    {
        var value = new ByteBuffer(_width + 8);
        if (test.Encoded is { } encoded && _kind == ValueKind.Bytes && _width > 0)
        {
            value.U8((byte)_kind);
            value.Varint((ulong)_width);
            if (encoded.Length == value.Length + _width && encoded.AsSpan().StartsWith(value.Span))
                SelectEqual(encoded.AsSpan(value.Length), rows, hits);
            return;
        }
        foreach (int row in _presence.Of(rows))
        {
            value.Clear();
            Write(row, value);
            ReadOnlySpan<byte> rest = value.Span;
            if (test.Accepts(FieldValue.Read(ref rest)))
                hits.Add(row);
        }
    }

    public override void AddPresent(RowSet into) => _presence.AddTo(into);

    /// <summary>Looks for the bytes among all values at once; most often they are nowhere.</summary>
    private void SelectEqual(ReadOnlySpan<byte> payload, RowSet rows, RowSet hits)
    {
        ReadOnlySpan<byte> all = _bytes.At(layout.Start, _width * _presence.Count);
        var equal = new RowSet(_presence.Count);
        for (int at = 0, hit; (hit = all[at..].IndexOf(payload)) >= 0; at += hit + 1)
        {
            if ((at + hit) % _width == 0)
                equal.Add((at + hit) / _width);
        }
        if (equal.IsEmpty)
            return;
        foreach (int row in _presence.Of(rows))
        {
            if (equal[_presence.IndexOf(row)])
                hits.Add(row);
        }
    }
}
