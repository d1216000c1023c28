using System.Buffers;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Segment.Columns;

namespace Tocsin.Storage.Segment;

/// <summary>Reads the values of fields of some rows of a block. One thread.</summary>
/// <param name="columns">Of the block.</param>
/// <param name="list">Which rows.</param>
/// <param name="whole">They are all rows, in order.</param>
internal sealed class ValueReading(BlockColumns columns, RowList list, bool whole)
{
    private readonly ByteBuffer _value = new(256), _row = new(512);

    private ReadOnlySpan<int> Rows => list.Span;

    public void Read(FieldPath path, ValueColumn into)
    {
        if (!path.IsFlatIn(columns.Directory) || columns.Directory[ColumnRole.Overflow] is not null)
        {
            ByRow(path, into);
        }
        else
        {
            bool fresh = true;
            for (int name = 0; name < path.Names.Count && (fresh || into.Only is null); name++)
            {
                ReadOnlySpan<ColumnEntry> entries = columns.Directory.Fields(path.Names[name]);
                if (entries.Length > 0)
                {
                    FromColumn(entries[0], into, fresh);
                    fresh = false;
                }
                fresh &= !FromStreams(path, name, into);
            }
        }
        into.Finish();
    }

    /// <summary>A damaged column has no values.</summary>
    private void FromColumn(ColumnEntry entry, ValueColumn into, bool fresh)
    {
        if (columns.Sound(entry) is not { } column)
            return;
        try
        {
            FromColumn(column, into, fresh);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            columns.IsDamaged(error);
            into.Start(Rows.Length);
        }
    }

    private void FromColumn(Column column, ValueColumn into, bool fresh)
    {
        switch (column)
        {
            case IntegerColumn { Present.All: true } integers when fresh && whole:
                integers.Values.Read(into.Fill(ValueKind.Int));
                break;
            case IntegerColumn integers:
                Numbers(integers.Values, integers.Present, into, static (number, _) => (ValueKind.Int, number), 1);
                break;
            case DecimalColumn { Present.All: true } decimals when fresh && whole:
                Span<long> bits = into.Fill(ValueKind.Double);
                decimals.Scaled.Read(bits);
                foreach (ref long bit in bits)
                    bit = BitConverter.DoubleToInt64Bits(bit / decimals.Power);
                break;
            case DecimalColumn decimals:
                Numbers(decimals.Scaled, decimals.Present, into,
                    static (number, power) => (ValueKind.Double, BitConverter.DoubleToInt64Bits(number / power)), decimals.Power);
                break;
            case CodesColumn codes:
                FromCodes(codes, into);
                break;
            default:
                Each(column, into);
                break;
        }
    }

    private void Numbers(
        IntPack pack, Presence present, ValueColumn into, Func<long, double, (ValueKind, long)> read, double power)
    {
        long[] numbers = ArrayPool<long>.Shared.Rent(Math.Max(1, pack.Count));
        pack.Read(numbers.AsSpan(0, pack.Count));
        for (int i = 0; i < Rows.Length; i++)
        {
            if (into.IsOpen(i) && present[Rows[i]])
                into.Set(i, read(numbers[present.IndexOf(Rows[i])], power));
        }
        ArrayPool<long>.Shared.Return(numbers);
    }

    private void FromCodes(CodesColumn column, ValueColumn into)
    {
        var known = new (ValueKind Kind, long Bits)?[column.Values];
        ReadOnlySpan<int> codes = column.Codes;
        for (int i = 0; i < Rows.Length; i++)
        {
            int code = codes[Rows[i]];
            if (code == known.Length || !into.IsOpen(i))
                continue;
            into.Set(i, known[code] ??= Keep(column[code], into));
        }
    }

    private static (ValueKind Kind, long Bits) Keep(ReadOnlySpan<byte> encoded, ValueColumn into) =>
        into.Keep(FieldValue.Read(ref encoded));

    private void Each(Column column, ValueColumn into)
    {
        for (int i = 0; i < Rows.Length; i++)
        {
            if (!into.IsOpen(i))
                continue;
            _value.Clear();
            column.Write(Rows[i], _value);
            ReadOnlySpan<byte> encoded = _value.Span;
            if (encoded.Length > 0)
                into.Set(i, FieldValue.Read(ref encoded));
        }
    }

    /// <summary>False when no stream has the field.</summary>
    private bool FromStreams(FieldPath path, int name, ValueColumn into)
    {
        var known = new (ValueKind Kind, long Bits)?[columns.StreamTable.Count];
        bool any = false;
        foreach (StreamCount stream in columns.Streams)
        {
            if (path.TryGetInStream(columns.StreamTable[stream.Stream], name, out FieldValue value))
            {
                known[stream.Stream] = into.Keep(value);
                any = true;
            }
        }
        if (!any)
            return false;
        if (!columns.TryGetStreams(out ReadOnlySpan<int> streams))
            return true;
        for (int i = 0; i < Rows.Length; i++)
        {
            if (into.IsOpen(i) && known[streams[Rows[i]]] is { } value)
                into.Set(i, value);
        }
        return true;
    }

    private void ByRow(FieldPath path, ValueColumn into)
    {
        var needs = new FieldNeeds();
        path.AddTo(needs);
        columns.Load(needs);
        for (int i = 0; i < Rows.Length; i++)
        {
            if (path.TryGet(columns.Assemble(Rows[i], _row), out FieldValue value))
                into.Set(i, value);
        }
    }
}
