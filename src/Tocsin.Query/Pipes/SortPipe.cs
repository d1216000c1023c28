using Tocsin.Model.Events;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Expressions;
using Tocsin.Query.Plans;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Pipes;

/// <summary>
/// sort a, -b: by a, then by b from great to small. Equal rows stay as they came; missing comes last.
/// </summary>
public sealed record SortPipe(Items<SortKey> Keys) : Pipe
{
    public override string Verb => "sort";

    internal override bool Streams => false;

    internal static Pipe Parse(PipeParser parser)
    {
        parser.TakeWord("by");
        if (parser.AtEnd)
            throw parser.Wrong("a field to sort by, such as time or -count");
        var keys = new List<SortKey>();
        do
        {
            bool minus = parser.Scanner.Take('-');
            if (!minus)
                parser.Scanner.Take('+');
            Expression expression = parser.Expression();
            bool descending = parser.TakeWord("desc") || !parser.TakeWord("asc") && minus;
            keys.Add(new SortKey(expression, descending));
        }
        while (parser.Scanner.Take(','));
        return new SortPipe([.. keys]);
    }

    internal override Shape After(Shape before) => before;

    internal override void AddFields(FieldUse use)
    {
        foreach (SortKey key in Keys)
            key.Expression.AddFields(use);
    }

    internal override Operator Build(PipeBuild build, Operator next) => new Run(this, build, next);

    /// <summary>Less than 0 when a row with the first values comes before one with the others.</summary>
    internal int Compare(ReadOnlySpan<Cell> a, ReadOnlySpan<Cell> b)
    {
        for (int i = 0; i < Keys.Count; i++)
        {
            int order = CellOrder.Compare(a[i], b[i]);
            if (order != 0)
                return Keys[i].Descending && !a[i].IsMissing && !b[i].IsMissing ? -order : order;
        }
        return 0;
    }

    private protected override string Arguments() => string.Join(", ", Keys);

    private sealed class Run(SortPipe pipe, PipeBuild build, Operator next) : Operator, IColumnFed
    {
        /// <summary>More rows than are wanted are kept until it pays to sort some out.</summary>
        private const int Slack = 1000;

        private readonly Evaluator[] _keys = [.. pipe.Keys.Select(k => k.Expression.Compile(build.Context))];

        private readonly MemoryBudget _budget = build.Context.Budget;
        private readonly long _wanted = Math.Min(build.Limit ?? int.MaxValue, int.MaxValue);
        private readonly Cell[] _cells = new Cell[pipe.Keys.Count];
        private List<Entry> _rows = [];

        /// <summary>The last row that is still wanted; null while every row is.</summary>
        private Entry? _last;
        private long _seen;

        public override bool Push(in PipeRow row)
        {
            for (int i = 0; i < _cells.Length; i++)
                _cells[i] = _keys[i](row);
            // Of equal rows the first ones win, so a later one has to be smaller.
            if (_last is { } last && pipe.Compare(_cells, last.Keys) >= 0)
                return true;
            Cell[] cells = [.. _cells];
            var kept = new KeptRow(row);
            long bytes = 64 + 24 * cells.Length + cells.Sum(c => (long)c.HeapBytes) + kept.Bytes;
            _budget.Take(bytes, "the rows to sort",
                "put a limit behind the sort, keep fewer fields or ask for a shorter time");
            _rows.Add(new Entry(cells, _seen++, kept, bytes));
            if (_rows.Count >= 2 * _wanted + Slack)
                Cut();
            return true;
        }

        public ScanReport FeedColumns(ScanRequest request)
        {
            (RowId[] first, ScanReport report) = new ColumnSort(pipe, (int)_wanted, build.Context).Run(request);
            return QueryReport.Sum(report, build.Context.Database.Rows(
                request.Dataset, first, request.Fields, (in EventRow row, RowId id) => Push(new PipeRow(row, id, Overlay.Empty)),
                build.Context.Cancel));
        }

        public override void Finish()
        {
            _rows.Sort(Compare);
            foreach (Entry entry in _rows)
            {
                if (!next.Push(entry.Row.Row))
                    break;
            }
            _rows = [];
            next.Finish();
        }

        /// <summary>Keeps what is wanted.</summary>
        private void Cut()
        {
            _rows.Sort(Compare);
            int wanted = (int)_wanted;
            for (int i = wanted; i < _rows.Count; i++)
                _budget.Give(_rows[i].Bytes);
            _rows.RemoveRange(wanted, _rows.Count - wanted);
            _last = wanted > 0 ? _rows[^1] : null;
        }

        private int Compare(Entry a, Entry b)
        {
            int order = pipe.Compare(a.Keys, b.Keys);
            return order != 0 ? order : a.Number.CompareTo(b.Number);
        }
    }

    private sealed record Entry(Cell[] Keys, long Number, KeptRow Row, long Bytes);
}

/// <summary>What to sort by.</summary>
public sealed record SortKey(Expression Expression, bool Descending)
{
    // A minus in front of the expression would read as the direction, and so would a sign inside it.
    public override string ToString() => Descending ? $"{Plain} desc" : Plain;

    private string Plain => Expression is Unary or Literal or Binary ? $"({Expression})" : Expression.ToString();
}
