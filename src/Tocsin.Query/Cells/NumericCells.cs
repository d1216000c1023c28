using Tocsin.Model;

namespace Tocsin.Query.Cells;

/// <summary>Numbers out of cells and back.</summary>
internal static class NumericCells
{
    extension(Numeric)
    {
        /// <summary>Null for what is no number and no text of one; also for NaN, which compares with nothing.</summary>
        public static Numeric? Of(in Cell cell) => cell.Kind switch
        {
            CellKind.Int => Numeric.Of(cell.AsInt),
            CellKind.Double => double.IsNaN(cell.AsDouble) ? null : Numeric.Of(cell.AsDouble),
            CellKind.Text => Numeric.Parse(cell.ToString()),
            _ => null,
        };
    }

    extension(Numeric number)
    {
        public Cell Cell => number.IsWhole ? Cell.Of(number.Whole) : Cell.Of(number.Real);
    }
}
