using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Segment.Columns;

namespace Tocsin.Storage.Segment;

/// <summary>A block of typed columns, its rows in order of time. Columns are read one by one, as they are asked for.</summary>
internal sealed class ColumnBlock(SegmentFile file, BlockHeader header) : SegmentBlock(file, header)
{
    public override BlockMatches Open(BlockQuery query)
    {
        BlockColumns columns = Columns();
        try
        {
            var rows = new RowList(Select(query, columns));
            // What orders the rows must be sound before any of them is promised.
            if (rows.Count > 0)
                _ = columns.Id(rows[0]);
            return new Matches(columns, rows, query);
        }
        catch
        {
            columns.Dispose();
            throw;
        }
    }

    public override bool TryCountKeys(ScanRequest request, FieldPath field, KeyCounts into)
    {
        if (request.Where != Predicate.All || MinTime < request.From || !MaxTime.IsBefore(request.To) || !IsOfStreams(field))
            return false;
        foreach (StreamCount stream in Header.Streams)
            into.Add(File.Footer.Streams[stream.Stream], field, stream.Rows);
        return true;
    }

    /// <summary>No row has the field, only streams may. When the directory cannot be read, somebody else has to say so.</summary>
    private bool IsOfStreams(FieldPath field)
    {
        try
        {
            BlockDirectory directory = Directory();
            return directory[ColumnRole.Overflow] is null && field.IsFlatIn(directory)
                && field.Names.All(name => directory.Fields(name).Length == 0);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            return false;
        }
    }

    private RowSet Select(BlockQuery query, BlockColumns columns)
    {
        RowSet rows = InRange(query, columns);
        if (query.Where != Predicate.All && !rows.IsEmpty)
            rows = new BlockFilter(columns).Select(query.Where, rows);
        return rows;
    }

    /// <summary>The columns, to be disposed by the caller. Throws when the block is damaged.</summary>
    public BlockColumns Columns() => new(File, Header, Directory());

    private BlockDirectory Directory()
    {
        if (File.Cache.Find<BlockDirectory>(File, Header.Offset) is { } known)
            return known;
        BlockDirectory directory = BlockDirectory.Read(File, Header);
        File.Cache.Add(File, Header.Offset, directory, directory.Size);
        return directory;
    }

    /// <summary>The rows within the query's bounds: as rows are in order, those between two of them.</summary>
    public RowSet InRange(BlockQuery query, BlockColumns columns)
    {
        var rows = new RowSet(Rows);
        (int from, int to) = (0, Rows);
        if (Header.MinTime < query.From)
            from = columns.FirstRow(new RowId(query.From, 0));
        if (!Header.MaxTime.IsBefore(query.To))
            to = columns.FirstRow(new RowId(query.To, 0));
        if (query.After is { } after)
        {
            int place = columns.FirstRow(after);
            if (query.OldestFirst)
                from = Math.Max(from, place < Rows && columns.Id(place) == after ? place + 1 : place);
            else
                to = Math.Min(to, place);
        }
        rows.AddRange(from, Math.Max(from, to));
        return rows;
    }

    private sealed class Matches : BlockMatches
    {
        private readonly BlockColumns _columns;
        private readonly RowList _rows;
        private readonly BlockQuery _query;
        private readonly ByteBuffer _row = new(512);
        private int _at;
        private bool _loaded;

        public Matches(BlockColumns columns, RowList rows, BlockQuery query)
        {
            (_columns, _rows, _query) = (columns, rows, query);
            if (!query.OldestFirst)
                rows.Reverse();
        }

        public override long BytesRead => _columns.BytesRead;

        public override Exception? Damage => _columns.Damage;

        public override int Count => _rows.Count;

        public override RowId Id => _columns.Id(_rows[_at]);

        public override EventRow Current
        {
            get
            {
                Load();
                return _columns.Assemble(_rows[_at], _row);
            }
        }

        public override bool Advance() => ++_at < _rows.Count;

        public override void Load()
        {
            if (!_loaded)
                _columns.Load(_query.Output);
            _loaded = true;
        }

        /// <summary>Rows are in order of time, so that each step is counted before the next begins.</summary>
        public override void CountRows(long step, CountVisitor visit)
        {
            if (_rows.Count == 0)
                return;
            ReadOnlySpan<int> codes = Families(out int[] families);
            Span<long> counts = stackalloc long[families.Length];
            (Instant first, Instant last) = (_columns.Id(_rows[0]).Time, _columns.Id(_rows[_rows.Count - 1]).Time);
            if (Counting.StepOf(first, step) == Counting.StepOf(last, step))
            {
                foreach (int row in _rows.Span)
                    counts[codes[row]]++;
                Visit(first, families, counts, visit);
                return;
            }
            ReadOnlySpan<long> times = _columns.Times;
            (Int128 from, Int128 to, Instant any) = (0, 0, default);
            foreach (int row in _rows.Span)
            {
                if (times[row] < from || times[row] >= to)
                {
                    Visit(any, families, counts, visit);
                    any = new Instant(times[row]);
                    from = Counting.StepOf(any, step) * (Int128)step;
                    to = from + step;
                }
                counts[codes[row]]++;
            }
            Visit(any, families, counts, visit);
        }

        /// <summary>The number of each row's family.</summary>
        private ReadOnlySpan<int> Families(out int[] families)
        {
            switch (_columns.SoundSeverities)
            {
                case null:
                    families = [Severity.Family(_columns.LikelySeverity)];
                    return new int[_columns.Rows];
                case CodesColumn severities:
                    families = [.. Enumerable.Range(0, severities.Values).Select(code => Severity.Family(severities[code][1])), 0];
                    return severities.Codes;
                default:
                    throw new InvalidDataException("severities are no codes");
            }
        }

        private static void Visit(Instant time, int[] families, Span<long> counts, CountVisitor visit)
        {
            for (int code = 0; code < counts.Length; code++)
            {
                if (counts[code] > 0)
                    visit(time, families[code], counts[code]);
            }
            counts.Clear();
        }

        public override void Read(ColumnRequest request, ColumnRows into)
        {
            into.Start(_rows.Count, request);
            if (_rows.Count > 0)
                new ColumnReading(_columns, _rows).Fill(request, into);
        }

        public override void Dispose()
        {
            _columns.Dispose();
            _rows.Dispose();
            base.Dispose();
        }
    }
}
