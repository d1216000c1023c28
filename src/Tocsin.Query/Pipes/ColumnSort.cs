using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Pipes;

/// <summary>Finds the first rows of a sorting by columns, without putting rows together.</summary>
internal sealed class ColumnSort(SortPipe pipe, int wanted, QueryContext context)
{
    /// <summary>More rows are rather sorted as they come.</summary>
    public const long MostRows = 10_001;

    private readonly GroupPlan _plan = new([], [.. pipe.Keys.Select(k => GroupColumn.Of(k.Expression))], ordered: true);

    /// <summary>The ids of the first rows, in order.</summary>
    public (RowId[] First, ScanReport Report) Run(ScanRequest request)
    {
        var all = new List<Entry>();
        ScanReport report = context.Database.ScanColumns(
            request, _plan.Request, () => new Candidates(this), static (part, rows) => part.Add(rows), part => all.AddRange(part.Rows),
            context.Cancel);
        all.Sort(Compare);
        return ([.. all.Take(wanted).Select(e => e.Id)], report);
    }

    // Of equal rows the newest comes first, as in every scan.
    private int Compare(Entry a, Entry b)
    {
        int order = pipe.Compare(a.Keys, b.Keys);
        return order != 0 ? order : b.Id.CompareTo(a.Id);
    }

    /// <summary>What one thread has found so far.</summary>
    private sealed class Candidates(ColumnSort sort)
    {
        /// <summary>More rows than are wanted are kept until it pays to sort some out.</summary>
        private const int Slack = 1000;

        private readonly MemoryBudget _budget = sort.Context.Budget;
        private readonly Cell[] _cells = new Cell[sort._plan.Values.Count];
        private readonly bool _descending = sort.Pipe.Keys[0].Descending;

        /// <summary>The last row that is still wanted; null while every row is.</summary>
        private Entry? _last;

        public List<Entry> Rows { get; private set; } = [];

        public void Add(ColumnRows rows)
        {
            if (sort.Wanted == 0)
                return;
            for (int row = 0; row < rows.Count; row++)
            {
                if (_last is { } last && IsBehind(rows, row, last.Keys[0]))
                    continue;
                for (int key = 0, field = 0; key < _cells.Length; key++)
                    _cells[key] = Value(rows, row, sort._plan.Values[key]!.Value.Kind, ref field);
                RowId id = rows.Id(row);
                if (_last is not null && sort.Compare(new Entry(_cells, id), _last) >= 0)
                    continue;
                var entry = new Entry([.. _cells], id);
                _budget.Take(entry.Bytes, "the rows to sort", "put a smaller limit behind the sort or ask for a shorter time");
                Rows.Add(entry);
                if (Rows.Count >= 2 * sort.Wanted + Slack)
                    Cut();
            }
        }

        /// <summary>Whether a number alone tells that the row comes later than a row whose first value is this one.</summary>
        private bool IsBehind(ColumnRows rows, int row, in Cell bound)
        {
            if (sort._plan.Values[0]!.Value.Kind != GroupColumnKind.Field || bound.Kind is not (CellKind.Int or CellKind.Double))
                return false;
            ValueColumn values = rows.Values(0);
            double limit = bound.Kind == CellKind.Int ? bound.AsInt : bound.AsDouble;
            double value = values.Kind(row) switch
            {
                ValueKind.Int => values.Bits(row),
                ValueKind.Double => BitConverter.Int64BitsToDouble(values.Bits(row)),
                _ => double.NaN,
            };
            return values.Kind(row) == ValueKind.Null || (_descending ? value < limit : value > limit);
        }

        private static Cell Value(ColumnRows rows, int row, GroupColumnKind kind, ref int field)
        {
            switch (kind)
            {
                case GroupColumnKind.Time:
                    return Cell.Of(new Instant(rows.Times[row]));
                case GroupColumnKind.Level:
                    return Cell.OfLevel(Severity.Family(rows.Severities[row]));
            }
            ValueColumn values = rows.Values(field++);
            return values.Kind(row) switch
            {
                ValueKind.Null => Cell.Missing,
                ValueKind.Int => Cell.Of(values.Bits(row)),
                ValueKind.Double => Cell.Of(BitConverter.Int64BitsToDouble(values.Bits(row))),
                _ => Cell.Of(values.Other(row)),
            };
        }

        /// <summary>Keeps what is wanted.</summary>
        private void Cut()
        {
            Rows.Sort(sort.Compare);
            _budget.Give(Rows.Skip(sort.Wanted).Sum(e => e.Bytes));
            Rows.RemoveRange(sort.Wanted, Rows.Count - sort.Wanted);
            _last = Rows[^1];
        }
    }

    private SortPipe Pipe => pipe;

    private int Wanted => wanted;

    private QueryContext Context => context;

    private sealed record Entry(Cell[] Keys, RowId Id)
    {
        public long Bytes { get; } = 64 + 24 * Keys.Length + Keys.Sum(c => (long)c.HeapBytes);
    }
}
