using System.Buffers;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;

namespace Tocsin.Storage.Segment.Columns;

/// <summary>The same value in every row. Layout: value (tag and payload).</summary>
internal sealed class ConstantColumn : Column
{
    private readonly byte[] _value;

    public ConstantColumn(byte[] raw, int rows) : base(rows)
    {
        _value = raw;
        ReadOnlySpan<byte> rest = raw;
        if (raw.Length == 0)
            throw new InvalidDataException("a constant is one value");
        BatchShape.CheckValue(FieldValue.Read(ref rest));
        if (rest.Length > 0)
            throw new InvalidDataException("a constant is one value");
    }

    public ReadOnlySpan<byte> Value => _value;

    public override bool Has(int row) => true;

    public override void Write(int row, ByteBuffer into) => into.Bytes(_value);

    public override void Select(ValuePredicate test, RowSet rows, RowSet hits)
    {
        ReadOnlySpan<byte> rest = _value;
        if (test.Accepts(FieldValue.Read(ref rest)))
            hits.Union(rows);
    }

    public override void AddPresent(RowSet into) => into.AddRange(0, Rows);
}

/// <summary>
/// Each different value once, and its number per row. Layout: u8 mode (0 plain, 1 recent), varint count, text block of
/// (varint length, value)*, then plain: pack of codes per row, the count meaning no value; recent: presence, pack per value of
/// how many values have come up after it, 0 being the next new one. 8 bytes of padding.
/// </summary>
internal sealed class CodesColumn : Column
{
    public const byte Plain = 0, Recent = 1;

    private readonly byte[] _heap;
    private readonly int[] _starts;
    private readonly byte[] _raw;
    private readonly byte _mode;
    private readonly Presence? _presence;
    private readonly IntPack _pack;
    private int[]? _codes;

    public CodesColumn(byte[] raw, int rows) : base(rows)
    {
        _raw = raw;
        var reader = new ByteReader(raw);
        _mode = reader.U8();
        if (_mode > Recent)
            throw new InvalidDataException($"mode {_mode} of codes is not known");
        int count = reader.Count(rows);
        int at = raw.Length - reader.Left;
        _heap = TextBlock.Read(raw, ref at);
        _starts = ReadValues(_heap, count);
        if (_mode == Recent)
            _presence = Presence.Read(raw, ref at, rows);
        _pack = IntPack.Read(raw, ref at, _presence?.Count ?? rows);
    }

    /// <summary>How many different values there are.</summary>
    public int Values => _starts.Length - 1;

    /// <summary>Number of the value of each row; <see cref="Values"/> when it has none.</summary>
    public ReadOnlySpan<int> Codes => (_codes ??= ReadCodes()).AsSpan(0, Rows);

    public ReadOnlySpan<byte> this[int code] => _heap.AsSpan(_starts[code], _starts[code + 1] - _starts[code]);

    public override bool Has(int row) => CodeOf(row) != Values;

    public override void Write(int row, ByteBuffer into)
    {
        int code = CodeOf(row);
        if (code != Values)
            into.Bytes(this[code]);
    }

    public override void Select(ValuePredicate test, RowSet rows, RowSet hits)
    {
        bool[] accepted = ArrayPool<bool>.Shared.Rent(Values + 1);
        bool any = false;
        for (int code = 0; code < Values; code++)
        {
            ReadOnlySpan<byte> rest = this[code];
            any |= accepted[code] = test.Accepts(FieldValue.Read(ref rest));
        }
        accepted[Values] = false;
        if (any)
            Select(Codes, accepted, rows, hits);
        ArrayPool<bool>.Shared.Return(accepted);
    }

    public override void AddPresent(RowSet into)
    {
        ReadOnlySpan<int> codes = Codes;
        for (int row = 0; row < codes.Length; row++)
        {
            if (codes[row] != Values)
                into.Add(row);
        }
    }

    public override void Dispose()
    {
        if (_codes is { } codes)
            ArrayPool<int>.Shared.Return(codes);
        _codes = null;
        base.Dispose();
    }

    /// <summary>Adds the rows whose code is accepted.</summary>
    public static void Select(ReadOnlySpan<int> codes, ReadOnlySpan<bool> accepted, RowSet rows, RowSet hits)
    {
        ReadOnlySpan<ulong> wanted = rows.Words;
        Span<ulong> found = hits.Words;
        for (int i = 0; i < wanted.Length; i++)
        {
            if (wanted[i] == 0)
                continue;
            ReadOnlySpan<int> part = codes[(i << 6)..Math.Min(codes.Length, (i + 1) << 6)];
            ulong word = 0;
            for (int bit = 0; bit < part.Length; bit++)
                word |= (accepted[part[bit]] ? 1UL : 0) << bit;
            found[i] |= word & wanted[i];
        }
    }

    private int CodeOf(int row)
    {
        if (_codes is not null || _mode == Recent)
            return Codes[row];
        long code = _pack[row];
        return code >= 0 && code <= Values ? (int)code : throw new InvalidDataException("a row points past its dictionary");
    }

    private int[] ReadCodes()
    {
        int[] codes = ArrayPool<int>.Shared.Rent(Math.Max(1, Rows));
        Span<int> read = codes.AsSpan(0, _pack.Count);
        _pack.Read(read);
        if (_mode == Recent)
            Place(codes);
        // One pass proves all: as unsigned numbers none is above the count.
        uint most = 0;
        foreach (int code in codes.AsSpan(0, Rows))
            most = Math.Max(most, (uint)code);
        if (most > (uint)Values)
            throw new InvalidDataException("a row points past its dictionary");
        return codes;
    }

    // Backwards, since value n lies at or before its row.
    private void Place(int[] codes)
    {
        int next = 0;
        for (int i = 0; i < _pack.Count; i++)
        {
            codes[i] = next - codes[i];
            if (codes[i] == next)
                next++;
        }
        if (_presence!.All)
            return;
        for (int row = Rows - 1, value = _pack.Count - 1; row >= 0; row--)
            codes[row] = _presence[row] ? codes[value--] : Values;
    }

    private static int[] ReadValues(byte[] heap, int count)
    {
        // Lengths and values alternate; the starts are of the values, each of which ends where the next length begins.
        int[] starts = new int[count + 1];
        var reader = new ByteReader(heap);
        int to = 0;
        for (int i = 0; i < count; i++)
        {
            int length = reader.Count(reader.Left);
            ReadOnlySpan<byte> value = reader.Bytes(length);
            ReadOnlySpan<byte> rest = value;
            BatchShape.CheckValue(FieldValue.Read(ref rest));
            if (rest.Length > 0)
                throw new InvalidDataException("a dictionary entry is one value");
            // Values move together over the lengths, so that starts alone tell them apart.
            value.CopyTo(heap.AsSpan(to));
            starts[i] = to;
            to += length;
        }
        if (reader.Left > 0)
            throw new InvalidDataException("bytes are left after the last value");
        starts[count] = to;
        return starts;
    }
}
