using Tocsin.Query.Cells;

namespace Tocsin.Query.Execution;

/// <summary>Takes the answer of a query, row by row. Called by one thread; may throw what its stream throws.</summary>
public abstract class RowSink
{
    /// <summary>Once, before any row.</summary>
    public abstract void Begin(IReadOnlyList<string> columns);

    /// <param name="cells">One per column; valid during the call.</param>
    public abstract void Row(ReadOnlySpan<Cell> cells);
}
