using Tocsin.Query.Cells;
using Tocsin.Query.Execution;

namespace Tocsin.Query.Answers;

/// <summary>Keeps the whole answer in memory; whoever runs the query has bounded the rows.</summary>
public sealed class TableSink : RowSink
{
    private readonly List<Cell[]> _rows = [];
    private readonly List<CellKind> _kinds = [];

    public IReadOnlyList<string> Names { get; private set; } = [];

    public IReadOnlyList<Cell[]> Rows => _rows;

    public IReadOnlyList<TableColumn> Columns =>
        [.. Names.Select((name, i) => new TableColumn(name, KindName(_kinds[i])))];

    public override void Begin(IReadOnlyList<string> columns)
    {
        Names = columns;
        _kinds.AddRange(Enumerable.Repeat(CellKind.Missing, columns.Count));
    }

    public override void Row(ReadOnlySpan<Cell> cells)
    {
        _rows.Add(cells.ToArray());
        for (int i = 0; i < cells.Length; i++)
            _kinds[i] = Join(_kinds[i], cells[i].Kind);
    }

    /// <summary>Whole numbers and fractions together are fractions; other mixtures are shown as text.</summary>
    private static CellKind Join(CellKind a, CellKind b)
    {
        if (a == b || b == CellKind.Missing)
            return a;
        if (a == CellKind.Missing)
            return b;
        bool numbers = a is CellKind.Int or CellKind.Double && b is CellKind.Int or CellKind.Double;
        return numbers ? CellKind.Double : CellKind.Text;
    }

    private static string KindName(CellKind kind) => kind switch
    {
        CellKind.Bool => "bool",
        CellKind.Int => "int",
        CellKind.Double => "double",
        CellKind.Time => "time",
        CellKind.Level => "level",
        CellKind.Json => "json",
        CellKind.Missing => "none",
        _ => "string",
    };
}

/// <param name="Kind">bool, int, double, time, level, string, json; none when no row has a value.</param>
public sealed record TableColumn(string Name, string Kind);
