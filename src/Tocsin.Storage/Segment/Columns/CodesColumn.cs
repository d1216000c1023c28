using System.Buffers;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;

namespace Tocsin.Storage.Segment.Columns;

/// <summary>The one value.</summary>
internal sealed class ConstantLayout : ColumnLayout
{
    private readonly byte[] _value;

    public ConstantLayout(ColumnBytes bytes, int rows) : base(rows)
    {
        _value = bytes.At(0, bytes.Length).ToArray();
        ReadOnlySpan<byte> rest = _value;
        if (rest.Length == 0)
            throw new InvalidDataException("a constant is one value");
        BatchShape.CheckValue(FieldValue.Read(ref rest));
        if (rest.Length > 0)
            throw new InvalidDataException("a constant is one value");
    }

    public override int Size => 50 + _value.Length;

    public override Column Open(ColumnBytes bytes) => new ConstantColumn(_value, Rows, bytes);
}

/// <summary>The same value in every row. Layout: value (tag and payload).</summary>
internal sealed class ConstantColumn(byte[] value, int rows, ColumnBytes bytes) : Column(rows, bytes)
{
    private readonly byte[] _value = value;

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

/// <summary>The values, and where the codes of the rows lie.</summary>
internal sealed class CodesLayout : ColumnLayout
{
    private int[]? _newBefore;

    public CodesLayout(ColumnEncoding encoding, ColumnBytes bytes, int rows) : base(rows)
    {
        var reader = new ByteReader(bytes.At(0, Math.Min(bytes.Length, 11)));
        int all = reader.Left;
        byte mode = reader.U8();
        if (mode > CodesColumn.Recent)
            throw new InvalidDataException($"mode {mode} of codes is not known");
        int count = reader.Count(rows), at = all - reader.Left;
        Values = encoding == ColumnEncoding.Codes ? ValueTable.Read(bytes, ref at, count) : ValueTable.ReadFixed(bytes, ref at, count);
        if (mode == CodesColumn.Recent)
            Recent = Presence.Read(bytes, ref at, rows);
        Pack = PackLayout.Read(bytes, ref at, Recent?.Count ?? rows);
    }

    public ValueTable Values { get; }

    /// <summary>Null in plain mode, which has a code for rows without a value.</summary>
    public Presence? Recent { get; }

    public PackLayout Pack { get; }

    public override int Size => 100 + Values.Size + (Recent?.Size ?? 0) + Pack.Size + Pack.Starts.Length * 4;

    public override Column Open(ColumnBytes bytes) => new CodesColumn(this, bytes);

    /// <summary>Of recent codes: how many values have come up before each chunk. Counted once.</summary>
    public int[] NewBefore(IntPack pack)
    {
        if (Volatile.Read(ref _newBefore) is { } known)
            return known;
        int[] before = new int[Pack.Starts.Length];
        Span<int> codes = stackalloc int[IntPack.Chunk];
        for (int chunk = 0, count = 0; chunk < before.Length; chunk++)
        {
            before[chunk] = count;
            Span<int> some = codes[..Math.Min(IntPack.Chunk, Pack.Count - chunk * IntPack.Chunk)];
            pack.Read(chunk, some);
            count += some.Count(0);
        }
        Volatile.Write(ref _newBefore, before);
        return before;
    }
}

/// <summary>
/// Each different value once, and its number per row. Layout: u8 mode (0 plain, 1 recent), varint count, text block of
/// (varint length, value)* (of fixed codes: u8 tag, varint width, payloads), then plain: pack of codes per row, the count meaning no value; recent: presence, pack per value of
/// how many values have come up after it, 0 being the next new one. 8 bytes of padding.
/// </summary>
internal sealed class CodesColumn(CodesLayout layout, ColumnBytes bytes) : Column(layout.Rows, bytes)
{
    public const byte Plain = 0, Recent = 1;

    /// <summary>A plain code is read by itself; a recent one over up to a thousand others.</summary>
    private const int FewRows = 1024, FewRecentRows = 64;

    private readonly IntPack _pack = new(layout.Pack, bytes);
    private readonly Presence? _recent = layout.Recent;
    private readonly ColumnBytes _bytes = bytes;
    private int[]? _codes;
    private int _asked;

    /// <summary>How many different values there are.</summary>
    public int Values => layout.Values.Count;

    /// <summary>Number of the value of each row; <see cref="Values"/> when it has none.</summary>
    public ReadOnlySpan<int> Codes => (_codes ??= ReadCodes()).AsSpan(0, Rows);

    /// <summary>Valid until the next call.</summary>
    public ReadOnlySpan<byte> this[int code] => layout.Values.Of(code, _bytes);

    public override bool Has(int row) => CodeOf(row) != Values;

    public override void Write(int row, ByteBuffer into)
    {
        int code = CodeOf(row);
        if (code != Values)
            into.Bytes(this[code]);
    }

    public override void Select(ValuePredicate test, RowSet rows, RowSet hits)
    {
        int? only = test.Encoded is { } encoded ? layout.Values.Find(encoded, _bytes) : null;
        if (only < 0)
            return;
        bool[] accepted = ArrayPool<bool>.Shared.Rent(Values + 1);
        accepted.AsSpan(0, Values + 1).Clear();
        bool any = only is not null;
        if (only is { } known)
            accepted[known] = true;
        for (int code = 0; code < Values && only is null; code++)
        {
            ReadOnlySpan<byte> rest = this[code];
            any |= accepted[code] = test.Accepts(FieldValue.Read(ref rest));
        }
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

    /// <summary>Of one row without the others, until many have been asked for.</summary>
    private int CodeOf(int row)
    {
        if (_codes is not null || _asked++ >= (_recent is null ? FewRows : FewRecentRows))
            return Codes[row];
        long code = _recent is null ? _pack[row] : _recent[row] ? RecentCode(_recent.IndexOf(row)) : Values;
        return code >= 0 && code <= Values ? (int)code : throw new InvalidDataException("a row points past its dictionary");
    }

    private long RecentCode(int index)
    {
        int[] before = layout.NewBefore(_pack);
        int chunk = index / IntPack.Chunk;
        Span<int> codes = stackalloc int[index % IntPack.Chunk + 1];
        _pack.Read(chunk, codes);
        return (long)before[chunk] + codes[..^1].Count(0) - codes[^1];
    }

    private int[] ReadCodes()
    {
        int[] codes = ArrayPool<int>.Shared.Rent(Math.Max(1, Rows));
        Span<int> read = codes.AsSpan(0, _pack.Count);
        _pack.Read(read);
        if (_recent is not null)
            Place(codes);
        // One pass proves all: as unsigned numbers none is above the count.
        if (IntPack.Most(codes.AsSpan(0, Rows)) > (uint)Values)
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
        if (_recent!.All)
            return;
        for (int row = Rows - 1, value = _pack.Count - 1; row >= 0; row--)
            codes[row] = _recent[row] ? codes[value--] : Values;
    }
}
