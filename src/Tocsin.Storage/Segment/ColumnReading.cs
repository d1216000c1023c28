using System.Buffers;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Segment.Columns;

namespace Tocsin.Storage.Segment;

/// <summary>Reads fields of the matching rows of a block, once per different value where the column lies so. One thread.</summary>
internal sealed class ColumnReading(BlockColumns columns, int[] rows)
{
    private readonly ByteBuffer _value = new(256), _row = new(512);

    public void Times(Span<long> into)
    {
        ReadOnlySpan<long> times = columns.Times;
        for (int i = 0; i < rows.Length; i++)
            into[i] = times[rows[i]];
    }

    public void Keys(FieldPath path, KeyTable table, Span<int> into)
    {
        if (!path.IsFlatIn(columns.Directory) || columns.Directory[ColumnRole.Overflow] is not null)
        {
            ByRow(path, table, into);
            return;
        }
        into.Fill(KeyTable.Missing);
        for (int name = 0; name < path.Names.Count; name++)
        {
            ReadOnlySpan<ColumnEntry> entries = columns.Directory.Fields(path.Names[name]);
            if (entries.Length > 0)
                FromColumn(columns[entries[0]], table, into);
            FromStreams(path, name, table, into);
        }
    }

    public void Values(FieldPath path, ValueColumn into)
    {
        ReadOnlySpan<ColumnEntry> entries = path.Names.Count == 1 ? columns.Directory.Fields(path.Names[0]) : default;
        Column? column = entries.Length > 0 && path.IsFlatIn(columns.Directory) && !path.IsInAny(columns.StreamTable)
            && columns.Directory[ColumnRole.Overflow] is null ? columns[entries[0]] : null;
        switch (column)
        {
            case IntegerColumn integers:
                long[] whole = Unpack(integers.Values);
                for (int i = 0; i < rows.Length; i++)
                {
                    if (integers.Present[rows[i]])
                        into.Set(i, whole[integers.Present.IndexOf(rows[i])]);
                    else
                        into.SetMissing(i);
                }
                ArrayPool<long>.Shared.Return(whole);
                break;
            case DecimalColumn decimals:
                for (int i = 0; i < rows.Length; i++)
                {
                    if (decimals.Present[rows[i]])
                        into.Set(i, decimals[rows[i]]);
                    else
                        into.SetMissing(i);
                }
                break;
            default:
                ByRow(path, into);
                break;
        }
    }

    private void FromColumn(Column column, KeyTable table, Span<int> into)
    {
        switch (column)
        {
            case ConstantColumn constant:
                int only = table.Of(constant.Value);
                for (int i = 0; i < into.Length; i++)
                    into[i] = into[i] == KeyTable.Missing ? only : into[i];
                break;
            case CodesColumn codes:
                FromCodes(codes, table, into);
                break;
            case TextColumn text:
                FromText(text, table, into);
                break;
            default:
                for (int i = 0; i < into.Length; i++)
                {
                    if (into[i] == KeyTable.Missing)
                        into[i] = KeyOf(column, rows[i], table);
                }
                break;
        }
    }

    private int KeyOf(Column column, int row, KeyTable table)
    {
        _value.Clear();
        column.Write(row, _value);
        return _value.Length == 0 ? KeyTable.Missing : table.Of(_value.Span);
    }

    private void FromCodes(CodesColumn column, KeyTable table, Span<int> into)
    {
        int[] keys = ArrayPool<int>.Shared.Rent(column.Values + 1);
        Span<int> known = keys.AsSpan(0, column.Values + 1);
        known.Fill(int.MinValue);
        known[column.Values] = KeyTable.Missing;
        ReadOnlySpan<int> codes = column.Codes;
        for (int i = 0; i < rows.Length; i++)
        {
            if (into[i] != KeyTable.Missing)
                continue;
            ref int key = ref known[codes[rows[i]]];
            if (key == int.MinValue)
                key = table.Of(column[codes[rows[i]]]);
            into[i] = key;
        }
        ArrayPool<int>.Shared.Return(keys);
    }

    private void FromText(TextColumn column, KeyTable table, Span<int> into)
    {
        ReadOnlySpan<int> codes = column.Codes;
        var numbered = new NumberedKeys?[column.Templates + 1];
        var slots = new IntPack?[column.Templates + 1];
        for (int i = 0; i < rows.Length; i++)
        {
            int code = codes[rows[i]];
            if (code == column.Templates || into[i] != KeyTable.Missing)
                continue;
            if (numbered[code] is null)
            {
                IntPack[] packs = column.Slots(code);
                // Words are numbered within a block only.
                bool plain = packs.Length == 1 && column.Words(code).Slots == 0;
                numbered[code] = plain ? table.OfTemplate(column.Template(code)) : new NumberedKeys();
                slots[code] = plain ? packs[0] : null;
            }
            if (slots[code] is not { } pack)
            {
                into[i] = KeyOf(column, rows[i], table);
                continue;
            }
            ref int key = ref numbered[code]![pack[column.RankOf(rows[i])]];
            if (key == 0)
                key = KeyOf(column, rows[i], table) + 1;
            into[i] = key - 1;
        }
    }

    private void FromStreams(FieldPath path, int name, KeyTable table, Span<int> into)
    {
        int[] keys = new int[columns.StreamTable.Count];
        Array.Fill(keys, KeyTable.Missing);
        bool any = false;
        foreach (StreamCount stream in columns.Streams)
        {
            if (path.TryGetInStream(columns.StreamTable[stream.Stream], name, out FieldValue value))
            {
                keys[stream.Stream] = table.Of(value.Encoded);
                any = true;
            }
        }
        if (!any)
            return;
        ReadOnlySpan<int> streams = columns.StreamOfRows;
        for (int i = 0; i < rows.Length; i++)
        {
            if (into[i] == KeyTable.Missing)
                into[i] = keys[streams[rows[i]]];
        }
    }

    private void ByRow(FieldPath path, KeyTable table, Span<int> into)
    {
        Load(path);
        for (int i = 0; i < rows.Length; i++)
            into[i] = path.TryGet(columns.Assemble(rows[i], _row), out FieldValue value) ? table.Of(value.Encoded) : KeyTable.Missing;
    }

    private void ByRow(FieldPath path, ValueColumn into)
    {
        Load(path);
        for (int i = 0; i < rows.Length; i++)
        {
            if (path.TryGet(columns.Assemble(rows[i], _row), out FieldValue value))
                into.Set(i, value);
            else
                into.SetMissing(i);
        }
    }

    private void Load(FieldPath path)
    {
        var needs = new FieldNeeds();
        path.AddTo(needs);
        columns.Load(needs);
    }

    private static long[] Unpack(IntPack pack)
    {
        long[] numbers = ArrayPool<long>.Shared.Rent(Math.Max(1, pack.Count));
        pack.Read(numbers.AsSpan(0, pack.Count));
        return numbers;
    }
}
