using Tocsin.Model.Events;
using Tocsin.Storage.Care;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Segment.Columns;

namespace Tocsin.Storage.Segment;

/// <summary>
/// Finds the rows of a block that meet a condition, column by column: once per different value, template or stream where
/// that tells. What is no question to columns is asked row by row. One thread.
/// </summary>
internal sealed class BlockFilter(BlockColumns columns)
{
    private readonly ByteBuffer _row = new(512);

    /// <summary>Rows of which a part of the condition could not be answered; null when there are none.</summary>
    private RowSet? _unknown;

    /// <returns>Those of the rows that match; a set of its own.</returns>
    public RowSet Select(Predicate where, RowSet rows)
    {
        switch (where)
        {
            case And and:
                RowSet left = rows.Copy();
                foreach (Predicate part in and.Parts)
                {
                    if (left.IsEmpty)
                        break;
                    left = Select(part, left);
                }
                return left;
            case Or or:
                var any = new RowSet(rows.Rows);
                RowSet open = rows.Copy();
                foreach (Predicate part in or.Parts)
                {
                    if (open.IsEmpty)
                        break;
                    RowSet found = Select(part, open);
                    any.Union(found);
                    open.Subtract(found);
                }
                return any;
            case Not not:
                RowSet rest = rows.Copy();
                RowSet? unknown = _unknown;
                _unknown = null;
                rest.Subtract(Select(not.Part, rows));
                if (_unknown is not null)
                    rest.Subtract(_unknown);
                if (unknown is not null)
                    Unknown(unknown, new RowSet(rows.Rows));
                return rest;
            case RowsWithin within:
                var range = new RowSet(rows.Rows);
                range.AddRange(columns.FirstRow(new RowId(within.From, 0)), within.To == TimeRange.End
                    ? rows.Rows : columns.FirstRow(new RowId(within.To, 0)));
                range.Intersect(rows);
                return Select(within.Where, range);
            default:
                return Answer(where, rows);
        }
    }

    /// <summary>
    /// Of one condition. Where what it asks for is damaged the rows neither meet it nor fail to; the columns then say that something is
    /// damaged.
    /// </summary>
    private RowSet Answer(Predicate where, RowSet rows)
    {
        try
        {
            return Ask(where, rows);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            columns.IsDamaged(error);
            return Unknown(rows, new RowSet(rows.Rows));
        }
    }

    private RowSet Ask(Predicate where, RowSet rows) => where switch
    {
        SeverityRange severity => BySeverity(severity, rows),
        TraceIs trace => ById(ColumnRole.TraceId, trace.TraceId.Span, rows),
        SpanIs span => ById(ColumnRole.SpanId, span.SpanId.Span, rows),
        TextPredicate text when !HasOverflow => ByText(text, rows),
        FieldPredicate field when !HasOverflow && field.Field.IsFlatIn(columns.Directory) => ByField(field.Field, field, rows),
        FieldExists field when !HasOverflow && field.Field.IsFlatIn(columns.Directory) => ByField(field.Field, s_isThere, rows),
        _ => ByRow(where, rows),
    };

    /// <summary>Remembers that of the rows only the hits are known to match.</summary>
    private RowSet Unknown(RowSet rows, RowSet hits)
    {
        RowSet others = rows.Copy();
        others.Subtract(hits);
        if (_unknown is null)
            _unknown = others;
        else
            _unknown.Union(others);
        return hits;
    }

    private static readonly ValuePredicate s_isThere = new NotNull();

    private bool HasOverflow => columns.Directory[ColumnRole.Overflow] is not null;

    private RowSet BySeverity(SeverityRange range, RowSet rows)
    {
        var hits = new RowSet(rows.Rows);
        if (columns.Severities is not CodesColumn severities)
            return ByRow(range, rows);
        Span<bool> accepted = stackalloc bool[severities.Values + 1];
        for (int code = 0; code < severities.Values; code++)
            accepted[code] = severities[code][1] >= range.Min && severities[code][1] <= range.Max;
        accepted[severities.Values] = false;
        CodesColumn.Select(severities.Codes, accepted, rows, hits);
        return hits;
    }

    private RowSet ById(ColumnRole role, ReadOnlySpan<byte> id, RowSet rows)
    {
        var hits = new RowSet(rows.Rows);
        Column? column = columns[role];
        if (id.Length == 0)
        {
            RowSet without = rows.Copy();
            if (column is not null)
            {
                column.AddPresent(hits);
                without.Subtract(hits);
            }
            return without;
        }
        var encoded = new ByteBuffer(id.Length + 8);
        encoded.U8((byte)ValueKind.Bytes);
        encoded.Blob(id);
        column?.Select(new IdIs(encoded.Span.ToArray()), rows, hits);
        return hits;
    }

    /// <summary>Any text of a row may fulfil it; its stream has none.</summary>
    private RowSet ByText(TextPredicate text, RowSet rows)
    {
        var hits = new RowSet(rows.Rows);
        bool sound = true;
        foreach (string name in FieldNeeds.Of(text).Names)
        {
            foreach (ColumnEntry entry in columns.Directory.Fields(name))
            {
                Column? column = columns.Sound(entry);
                column?.Select(text, rows, hits);
                sound &= column is not null;
            }
        }
        return sound ? hits : Unknown(rows, hits);
    }

    /// <summary>
    /// As <see cref="FieldPath.TryGet"/>: of each row the first name that it, then its stream has; nothing in the row is nested.
    /// </summary>
    private RowSet ByField(FieldPath path, ValuePredicate test, RowSet rows)
    {
        var hits = new RowSet(rows.Rows);
        RowSet open = rows.Copy();
        for (int name = 0; name < path.Names.Count && !open.IsEmpty; name++)
        {
            (bool[] Known, bool[] Accepted)? streams = JudgeStreams(path, name, test);
            ReadOnlySpan<ColumnEntry> entries = columns.Directory.Fields(path.Names[name]);
            if (entries.Length > 0)
            {
                Column column = columns[entries[0]];
                column.Select(test, open, hits);
                // Mostly nobody else has the field, and which rows are without need not be known.
                if (streams is null && name == path.Names.Count - 1)
                    break;
                var present = new RowSet(rows.Rows);
                column.AddPresent(present);
                open.Subtract(present);
            }
            if (streams is not { } judged)
                continue;
            CodesColumn.Select(columns.StreamOfRows, judged.Accepted, open, hits);
            var answered = new RowSet(open.Rows);
            CodesColumn.Select(columns.StreamOfRows, judged.Known, open, answered);
            open.Subtract(answered);
        }
        return hits;
    }

    /// <summary>Of each stream whether it has the field, and whether that is accepted; null when none has it.</summary>
    private (bool[] Known, bool[] Accepted)? JudgeStreams(FieldPath path, int name, ValuePredicate test)
    {
        (bool[] Known, bool[] Accepted)? judged = null;
        foreach (StreamCount stream in columns.Streams)
        {
            if (!path.TryGetInStream(columns.StreamTable[stream.Stream], name, out FieldValue value))
                continue;
            judged ??= (new bool[columns.StreamTable.Count], new bool[columns.StreamTable.Count]);
            judged.Value.Known[stream.Stream] = true;
            judged.Value.Accepted[stream.Stream] = test.Accepts(value);
        }
        return judged;
    }

    private RowSet ByRow(Predicate where, RowSet rows)
    {
        var hits = new RowSet(rows.Rows);
        if (!columns.Load(FieldNeeds.Of(where)))
            return Unknown(rows, hits);
        foreach (int row in rows.ToArray())
        {
            if (where.Matches(columns.Assemble(row, _row)))
                hits.Add(row);
        }
        return hits;
    }

    private sealed record NotNull : ValuePredicate
    {
        public override bool Matches(in EventRow row) => throw new NotSupportedException("asks values, not rows");

        internal override bool Accepts(FieldValue value) => value.Kind != ValueKind.Null;

        internal override TextShape Shape => new([], (byte)'0');

        internal override void AddFields(FieldNeeds needs)
        {
        }

        protected override bool Test(FieldValue value) => true;
    }

    private sealed record IdIs(byte[] Id) : ValuePredicate
    {
        internal override byte[] Encoded => Id;

        public override bool Matches(in EventRow row) => throw new NotSupportedException("asks values, not rows");

        internal override void AddFields(FieldNeeds needs)
        {
        }

        protected override bool Test(FieldValue value) => value.Encoded.SequenceEqual(Id);
    }
}
