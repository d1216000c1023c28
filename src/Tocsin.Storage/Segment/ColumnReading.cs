using System.Buffers;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Segment.Columns;

namespace Tocsin.Storage.Segment;

/// <summary>Reads fields of the matching rows of a block, once per different value where the column lies so. One thread.</summary>
internal sealed class ColumnReading(BlockColumns columns, int[] rows)
{
    private readonly ByteBuffer _value = new(256), _row = new(512);

    public void Keys(FieldPath path, KeyTable table, Span<int> into)
    {
        if (!path.IsFlatIn(columns.Directory) || columns.Directory[ColumnRole.Overflow] is not null)
        {
            ByRow(path, table, into);
            return;
        }
        into.Fill(KeyTable.Missing);
        bool fresh = true;
        for (int name = 0; name < path.Names.Count; name++)
        {
            ReadOnlySpan<ColumnEntry> entries = columns.Directory.Fields(path.Names[name]);
            if (entries.Length > 0)
            {
                FromColumn(columns[entries[0]], table, into, fresh);
                fresh = false;
            }
            fresh &= !FromStreams(path, name, table, into);
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
                long[] scaled = Unpack(decimals.Scaled);
                for (int i = 0; i < rows.Length; i++)
                {
                    if (decimals.Present[rows[i]])
                        into.Set(i, scaled[decimals.Present.IndexOf(rows[i])] / decimals.Power);
                    else
                        into.SetMissing(i);
                }
                ArrayPool<long>.Shared.Return(scaled);
                break;
            default:
                ByRow(path, into);
                break;
        }
    }

    private void FromColumn(Column column, KeyTable table, Span<int> into, bool fresh)
    {
        switch (column)
        {
            case ConstantColumn constant:
                int only = table.Of(constant.Value);
                for (int i = 0; i < into.Length; i++)
                    into[i] = into[i] == KeyTable.Missing ? only : into[i];
                break;
            case CodesColumn codes:
                FromCodes(codes, table, into, fresh);
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

    /// <param name="column">Which.</param>
    /// <param name="table">Numbers its values.</param>
    /// <param name="into">Receives the numbers.</param>
    /// <param name="fresh">None is set yet.</param>
    private void FromCodes(CodesColumn column, KeyTable table, Span<int> into, bool fresh)
    {
        int[] keys = ArrayPool<int>.Shared.Rent(column.Values + 1);
        Span<int> known = keys.AsSpan(0, column.Values + 1);
        known.Fill(int.MinValue);
        known[column.Values] = KeyTable.Missing;
        ReadOnlySpan<int> codes = column.Codes;
        if (fresh && rows.Length == columns.Rows && rows[0] == 0)
        {
            for (int code = 0; code < column.Values; code++)
                known[code] = table.Of(column[code]);
            for (int row = 0; row < codes.Length; row++)
                into[row] = known[codes[row]];
            ArrayPool<int>.Shared.Return(keys);
            return;
        }
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

    /// <summary>False when no stream has the field.</summary>
    private bool FromStreams(FieldPath path, int name, KeyTable table, Span<int> into)
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
            return false;
        ReadOnlySpan<int> streams = columns.StreamOfRows;
        for (int i = 0; i < rows.Length; i++)
        {
            if (into[i] == KeyTable.Missing)
                into[i] = keys[streams[rows[i]]];
        }
        return true;
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
