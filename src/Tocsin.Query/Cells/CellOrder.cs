using System.Text;
using Tocsin.Model;

namespace Tocsin.Query.Cells;

/// <summary>
/// The one order of values: false, true; numbers and texts of numbers by value; times; levels by rank; other text by
/// code point; JSON by text. Missing comes last, also when the order is reversed.
/// </summary>
internal static class CellOrder
{
    public static int Compare(in Cell a, in Cell b)
    {
        int rankA = Rank(a, out Numeric x), rankB = Rank(b, out Numeric y);
        if (rankA != rankB)
            return rankA.CompareTo(rankB);
        int order = rankA switch
        {
            0 or 2 or 3 => a.AsInt.CompareTo(b.AsInt),
            1 => x.CompareTo(y),
            4 or 5 => CompareText(a.ToString(), b.ToString()),
            _ => 0,
        };
        return order;
    }

    /// <summary>
    /// Less than 0, 0 or more; null when the two cannot be compared: one is missing, or they differ in type.
    /// </summary>
    public static int? TryCompare(in Cell a, in Cell b)
    {
        if (a.IsMissing || b.IsMissing)
            return null;
        if (a.Kind == CellKind.Level || b.Kind == CellKind.Level)
            return Level(a) is { } left && Level(b) is { } right ? left.CompareTo(right) : null;
        if (a.Kind == CellKind.Time || b.Kind == CellKind.Time)
            return Time(a) is { } left && Time(b) is { } right ? left.CompareTo(right) : null;
        int rankA = Rank(a, out _), rankB = Rank(b, out _);
        if (rankA == rankB)
            return Compare(a, b);
        // A number and a text that is none compare as text, as do true and "true".
        return a.Kind is CellKind.Text || b.Kind is CellKind.Text ? CompareText(a.ToString(), b.ToString()) : null;
    }

    /// <summary>By code point, which UTF-16 order is not.</summary>
    public static int CompareText(string a, string b)
    {
        int common = a.AsSpan().CommonPrefixLength(b);
        if (common == a.Length || common == b.Length)
            return a.Length.CompareTo(b.Length);
        bool surrogateA = char.IsSurrogate(a[common]), surrogateB = char.IsSurrogate(b[common]);
        return surrogateA == surrogateB ? a[common].CompareTo(b[common]) : surrogateA ? 1 : -1;
    }

    private static long? Level(in Cell cell) => cell.Kind switch
    {
        CellKind.Level => cell.AsInt,
        CellKind.Text when Severity.Parse(cell.ToString()) is { } number => Severity.Family(number),
        _ => null,
    };

    private static long? Time(in Cell cell) => cell.Kind switch
    {
        CellKind.Time or CellKind.Int => cell.AsInt,
        CellKind.Text when Instant.Parse(cell.ToString()) is { } time => time.UnixNanos,
        _ => null,
    };

    private static int Rank(in Cell cell, out Numeric number)
    {
        number = default;
        switch (cell.Kind)
        {
            case CellKind.Bool: return 0;
            case CellKind.Time: return 2;
            case CellKind.Level: return 3;
            case CellKind.Json: return 5;
            case CellKind.Missing: return 6;
            default:
                if (Numeric.Of(cell) is not { } found)
                    return 4;
                number = found;
                return 1;
        }
    }
}
