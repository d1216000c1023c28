using System.Buffers;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Segment.Columns;

namespace Tocsin.Storage.Segment;

/// <summary>Numbers the values of fields of some rows of a block, once per different value where the column lies so. One thread.</summary>
/// <param name="columns">Of the block.</param>
/// <param name="list">Which rows; all of them in order is the fastest.</param>
internal sealed class ColumnReading(BlockColumns columns, RowList list)
{
    /// <summary>A value that is there and counts as none.</summary>
    private const int Nothing = -2;

    private readonly bool _whole = list.Count == columns.Rows && list.Count > 0 && list[0] == 0;
    private readonly ByteBuffer _value = new(256), _row = new(512);

    private ReadOnlySpan<int> Rows => list.Span;

    public void Fill(ColumnRequest request, ColumnRows into)
    {
        for (int key = 0; key < request.Keys.Count; key++)
            Keys(request.Keys[key], into.Tables[key], into.KeysOf(key));
        var values = new ValueReading(columns, list, _whole);
        for (int value = 0; value < request.Values.Count; value++)
            values.Read(request.Values[value], into.Values(value));
        if (request.Times || request.Sequences)
            Copy(columns.Times, into.TimesOf);
        if (request.Sequences)
            Sequences(into.SequencesOf);
        if (request.Severities)
            Severities(into.SeveritiesOf);
    }

    private void Keys(KeyColumn key, KeyTable table, Span<int> into)
    {
        FieldPath path = key.Path;
        if (!path.IsFlatIn(columns.Directory) || columns.Directory[ColumnRole.Overflow] is not null)
        {
            ByRow(key, table, into);
            return;
        }
        into.Fill(KeyTable.Missing);
        bool fresh = true;
        for (int name = 0; name < path.Names.Count; name++)
        {
            ReadOnlySpan<ColumnEntry> entries = columns.Directory.Fields(path.Names[name]);
            if (entries.Length > 0)
            {
                FromColumn(entries[0], key.Shape, table, into, fresh);
                fresh = false;
            }
            fresh &= !FromStreams(key, name, table, into, fresh);
        }
        if (key.Shape is not null)
            into.Replace(Nothing, KeyTable.Missing);
    }

    /// <summary>A damaged column has no values.</summary>
    private void FromColumn(ColumnEntry entry, ValueShape? shape, KeyTable table, Span<int> into, bool fresh)
    {
        if (columns.Sound(entry) is not { } column)
            return;
        try
        {
            FromColumn(column, shape, table, into, fresh);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            columns.IsDamaged(error);
            into.Fill(KeyTable.Missing);
        }
    }

    private void FromColumn(Column column, ValueShape? shape, KeyTable table, Span<int> into, bool fresh)
    {
        switch (column)
        {
            case ConstantColumn constant:
                into.Replace(KeyTable.Missing, KeyOf(constant.Value, shape, table));
                break;
            case CodesColumn codes:
                FromCodes(codes, shape, table, into, fresh);
                break;
            case TextColumn text when shape is not null:
                new ShapeReading(text, shape, table).Read(Rows, into);
                break;
            case TextColumn text:
                FromText(text, table, into, fresh);
                break;
            default:
                for (int i = 0; i < into.Length; i++)
                {
                    if (into[i] == KeyTable.Missing)
                        into[i] = KeyOf(column, Rows[i], shape, table);
                }
                break;
        }
    }

    private int KeyOf(Column column, int row, ValueShape? shape, KeyTable table)
    {
        _value.Clear();
        column.Write(row, _value);
        return _value.Length == 0 ? KeyTable.Missing : KeyOf(_value.Span, shape, table);
    }

    private static int KeyOf(ReadOnlySpan<byte> encoded, ValueShape? shape, KeyTable table)
    {
        if (shape is null)
            return table.Of(encoded);
        FieldValue value = FieldValue.Read(ref encoded);
        return value.Kind == ValueKind.Null ? Nothing : table.OfText(shape.Of(value.ToString()));
    }

    /// <param name="column">Which.</param>
    /// <param name="shape">What counts of a value.</param>
    /// <param name="table">Numbers its values.</param>
    /// <param name="into">Receives the numbers.</param>
    /// <param name="fresh">None is set yet.</param>
    private void FromCodes(CodesColumn column, ValueShape? shape, KeyTable table, Span<int> into, bool fresh)
    {
        int[] keys = ArrayPool<int>.Shared.Rent(column.Values + 1);
        Span<int> known = keys.AsSpan(0, column.Values + 1);
        known.Fill(int.MinValue);
        known[column.Values] = KeyTable.Missing;
        ReadOnlySpan<int> codes = column.Codes, rows = Rows;
        if (fresh && _whole)
        {
            for (int code = 0; code < column.Values; code++)
                known[code] = KeyOf(column[code], shape, table);
            for (int row = 0; row < codes.Length; row++)
                into[row] = known[codes[row]];
        }
        else
        {
            for (int i = 0; i < rows.Length; i++)
            {
                if (into[i] != KeyTable.Missing)
                    continue;
                ref int key = ref known[codes[rows[i]]];
                if (key == int.MinValue)
                    key = KeyOf(column[codes[rows[i]]], shape, table);
                into[i] = key;
            }
        }
        ArrayPool<int>.Shared.Return(keys);
    }

    private void FromText(TextColumn column, KeyTable table, Span<int> into, bool fresh)
    {
        ReadOnlySpan<int> codes = column.Codes, rows = Rows;
        var numbers = new TemplateNumbers?[column.Templates + 1];
        for (int i = 0; i < rows.Length; i++)
        {
            int code = codes[rows[i]];
            if (code == column.Templates || into[i] != KeyTable.Missing)
                continue;
            TemplateNumbers of = numbers[code] ??= new TemplateNumbers(column, code, table, _whole && fresh);
            if (of.Template < 0)
            {
                into[i] = KeyOf(column, rows[i], null, table);
                continue;
            }
            long number = of.All is { } all ? all[of.Next++] : of.Pack[column.RankOf(rows[i])];
            int[] near = of.Near;
            int key = (ulong)number < (ulong)near.Length ? near[(int)number] - 1 : KeyTable.Missing;
            if (key < 0)
            {
                key = table.Of(of.Template, number);
                of.Near = table.Near(of.Template);
            }
            into[i] = key;
        }
        foreach (TemplateNumbers? of in numbers)
        {
            if (of?.All is { } all)
                ArrayPool<long>.Shared.Return(all);
        }
    }

    /// <summary>The numbers of a template with one slot.</summary>
    private sealed class TemplateNumbers
    {
        public TemplateNumbers(TextColumn column, int code, KeyTable table, bool whole)
        {
            Pack = null!;
            IntPack[] packs = column.Slots(code);
            // Words are numbered within a block only.
            if (packs.Length != 1 || column.Words(code).Slots > 0)
                return;
            (Template, Pack) = (table.TemplateOf(column.Template(code)), packs[0]);
            Near = table.Near(Template);
            if (!whole)
                return;
            All = ArrayPool<long>.Shared.Rent(Math.Max(1, Pack.Count));
            Pack.Read(All.AsSpan(0, Pack.Count));
        }

        /// <summary>Its number in the table; -1 when texts have to be put together.</summary>
        public int Template { get; } = -1;

        public IntPack Pack { get; }

        /// <summary>In the order of rows, when all are wanted.</summary>
        public long[]? All { get; }

        /// <summary>As long as no further key is added.</summary>
        public int[] Near { get; set; } = [];

        public int Next { get; set; }
    }

    /// <summary>False when no stream has the field.</summary>
    private bool FromStreams(KeyColumn key, int name, KeyTable table, Span<int> into, bool fresh)
    {
        int[] keys = new int[columns.StreamTable.Count];
        Array.Fill(keys, KeyTable.Missing);
        bool any = false;
        foreach (StreamCount stream in columns.Streams)
        {
            if (key.Path.TryGetInStream(columns.StreamTable[stream.Stream], name, out FieldValue value))
            {
                keys[stream.Stream] = KeyOf(value.Encoded, key.Shape, table);
                any = true;
            }
        }
        if (!any)
            return false;
        if (!columns.TryGetStreams(out ReadOnlySpan<int> streams))
            return true;
        if (fresh && _whole)
        {
            for (int i = 0; i < into.Length; i++)
                into[i] = keys[streams[i]];
            return true;
        }
        for (int i = 0; i < Rows.Length; i++)
        {
            if (into[i] == KeyTable.Missing)
                into[i] = keys[streams[Rows[i]]];
        }
        return true;
    }

    private void ByRow(KeyColumn key, KeyTable table, Span<int> into)
    {
        var needs = new FieldNeeds();
        key.Path.AddTo(needs);
        columns.Load(needs);
        for (int i = 0; i < Rows.Length; i++)
        {
            int of = key.Path.TryGet(columns.Assemble(Rows[i], _row), out FieldValue value)
                ? KeyOf(value.Encoded, key.Shape, table) : KeyTable.Missing;
            into[i] = Math.Max(of, KeyTable.Missing);
        }
    }

    private void Copy(ReadOnlySpan<long> from, Span<long> into)
    {
        if (_whole)
        {
            from.CopyTo(into);
            return;
        }
        for (int i = 0; i < Rows.Length; i++)
            into[i] = from[Rows[i]];
    }

    private void Sequences(Span<long> into)
    {
        if (columns[ColumnRole.Sequence] is not IntegerColumn { Present.All: true } sequences)
            throw new InvalidDataException("the sequence numbers of a block have gaps");
        long[] all = ArrayPool<long>.Shared.Rent(Math.Max(1, columns.Rows));
        sequences.Values.Read(all.AsSpan(0, columns.Rows));
        Copy(all.AsSpan(0, columns.Rows), into);
        ArrayPool<long>.Shared.Return(all);
    }

    private void Severities(Span<byte> into)
    {
        switch (columns.SoundSeverities)
        {
            case null:
                into.Fill(columns.LikelySeverity);
                break;
            case ConstantColumn constant:
                into.Fill(SeverityOf(constant.Value));
                break;
            case CodesColumn column:
                byte[] severities = new byte[column.Values];
                for (int code = 0; code < severities.Length; code++)
                    severities[code] = SeverityOf(column[code]);
                ReadOnlySpan<int> codes = column.Codes;
                for (int i = 0; i < Rows.Length; i++)
                    into[i] = codes[Rows[i]] < severities.Length ? severities[codes[Rows[i]]] : throw new InvalidDataException("a row has no severity");
                break;
            default:
                throw new InvalidDataException("severities are no codes");
        }
    }

    private static byte SeverityOf(ReadOnlySpan<byte> encoded) =>
        encoded.Length == 9 ? encoded[1] : throw new InvalidDataException("a severity is no number");
}
