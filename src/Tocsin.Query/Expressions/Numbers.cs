using Tocsin.Model;
using Tocsin.Query.Cells;

namespace Tocsin.Query.Expressions;

/// <summary>Functions on numbers. What is no number gives nothing.</summary>
internal static class Numbers
{
    public static Cell ToNumber(in Cell value) => value.Kind switch
    {
        CellKind.Bool => Cell.Of(value.IsTrue ? 1L : 0L),
        CellKind.Time => Cell.Of(value.AsInt),
        _ => Numeric.Of(value)?.Cell ?? Cell.Missing,
    };

    public static Cell Abs(in Cell value) => Numeric.Of(value) switch
    {
        null => Cell.Missing,
        { IsWhole: true } n => Cell.Of(Int128.Abs(n.Whole)),
        { } n => Cell.Of(Math.Abs(n.Real)),
    };

    public static Cell Sqrt(in Cell value) =>
        Numeric.Of(value) is { AsDouble: >= 0 } n ? Cell.Of(Math.Sqrt(n.AsDouble)) : Cell.Missing;

    public static Cell Rounded(in Cell value, Func<double, double> round) => Numeric.Of(value) switch
    {
        null => Cell.Missing,
        { IsWhole: true } n => n.Cell,
        { } n => Whole(round(n.Real)),
    };

    public static Cell Round(ReadOnlySpan<Cell> arguments)
    {
        Cell digits = arguments.Length > 1 ? arguments[1] : Cell.Of(0L);
        if (digits.Kind != CellKind.Int || digits.AsInt is < 0 or > 15)
            return Cell.Missing;
        int places = (int)digits.AsInt;
        if (places == 0)
            return Rounded(arguments[0], static d => Math.Round(d, MidpointRounding.AwayFromZero));
        return Numeric.Of(arguments[0]) switch
        {
            null => Cell.Missing,
            { IsWhole: true } n => n.Cell,
            { } n => Cell.Of(Math.Round(n.Real, places, MidpointRounding.AwayFromZero)),
        };
    }

    /// <summary>The largest multiple of the size that is not above the value.</summary>
    public static Cell Bin(in Cell value, in Cell size)
    {
        if (Numeric.Of(size) is not { AsDouble: > 0 } step)
            return Cell.Missing;
        if (value.Kind == CellKind.Time)
            return step.IsWhole ? Time(Floor(value.AsInt, step.Whole)) : Cell.Missing;
        if (Numeric.Of(value) is not { } number)
            return Cell.Missing;
        return number.IsWhole && step.IsWhole
            ? Cell.Of(Floor(number.Whole, step.Whole))
            : Cell.Of(Math.Floor(number.AsDouble / step.AsDouble) * step.AsDouble);
    }

    /// <summary>Largest multiple not above; wider than 64 bits near the ends.</summary>
    public static Int128 Floor(long value, long step)
    {
        Int128 rest = (Int128)value % step;
        return value - rest - (rest < 0 ? step : 0);
    }

    private static Cell Time(Int128 nanos) => Cell.Of(new Instant((long)Int128.Max(long.MinValue, nanos)));

    private static Cell Whole(double value) =>
        Math.Abs(value) < 9e18 ? Cell.Of((long)value) : Cell.Of(value);
}
