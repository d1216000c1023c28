using Tocsin.Model;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;

namespace Tocsin.Query.Expressions;

/// <summary>What stands between two expressions, loosest first.</summary>
public enum BinaryOperator
{
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// <summary>Two expressions and a sign between them.</summary>
public sealed record Binary(BinaryOperator Operator, Expression Left, Expression Right) : Expression
{
    internal static readonly string[] Signs =
        ["or", "and", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%"];

    internal override Evaluator Compile(QueryContext context)
    {
        Evaluator left = Left.Compile(context), right = Right.Compile(context);
        switch (Operator)
        {
            case BinaryOperator.And:
                return (in PipeRow row) => Cell.Of(left(row).IsTrue && right(row).IsTrue);
            case BinaryOperator.Or:
                return (in PipeRow row) => Cell.Of(left(row).IsTrue || right(row).IsTrue);
            case >= BinaryOperator.Equal and <= BinaryOperator.GreaterOrEqual:
                BinaryOperator comparison = Operator;
                return (in PipeRow row) => Cell.Of(Holds(comparison, left(row), right(row)));
            default:
                BinaryOperator arithmetic = Operator;
                return (in PipeRow row) => Arithmetic.Of(arithmetic, left(row), right(row));
        }
    }

    internal override void AddFields(FieldUse use)
    {
        Left.AddFields(use);
        Right.AddFields(use);
    }

    private protected override string Print() => $"{Inner(Left)} {Signs[(int)Operator]} {Inner(Right)}";

    /// <summary>Nothing compares with a missing value, but that it differs from what is there.</summary>
    private static bool Holds(BinaryOperator comparison, in Cell left, in Cell right)
    {
        if (CellOrder.TryCompare(left, right) is not { } order)
            return comparison == BinaryOperator.NotEqual && !(left.IsMissing && right.IsMissing);
        return comparison switch
        {
            BinaryOperator.Equal => order == 0,
            BinaryOperator.NotEqual => order != 0,
            BinaryOperator.Less => order < 0,
            BinaryOperator.LessOrEqual => order <= 0,
            BinaryOperator.Greater => order > 0,
            _ => order >= 0,
        };
    }
}

/// <summary>not x, or -x.</summary>
public sealed record Unary(bool IsNot, Expression Part) : Expression
{
    internal override Evaluator Compile(QueryContext context)
    {
        Evaluator part = Part.Compile(context);
        return IsNot
            ? (in PipeRow row) => Cell.Of(!part(row).IsTrue)
            : (in PipeRow row) => Arithmetic.Of(BinaryOperator.Subtract, Cell.Of(0L), part(row));
    }

    internal override void AddFields(FieldUse use) => Part.AddFields(use);

    private protected override string Print() => IsNot ? $"not {Inner(Part)}"
        // A minus before digits belongs to the number.
        : char.IsAsciiDigit(Inner(Part)[0]) ? $"-({Part})" : $"-{Inner(Part)}";
}

/// <summary>Sums on values: whole numbers stay whole while they fit; what is no number gives nothing.</summary>
internal static class Arithmetic
{
    public static Cell Of(BinaryOperator sign, in Cell left, in Cell right)
    {
        if (left.Kind == CellKind.Time || right.Kind == CellKind.Time)
            return OfTimes(sign, left, right);
        if (Numeric.Of(left) is not { } a || Numeric.Of(right) is not { } b)
            return Cell.Missing;
        if (a.IsWhole && b.IsWhole && Whole(sign, a.Whole, b.Whole) is { } whole)
            return whole;
        double x = a.AsDouble, y = b.AsDouble;
        double real = sign switch
        {
            BinaryOperator.Add => x + y,
            BinaryOperator.Subtract => x - y,
            BinaryOperator.Multiply => x * y,
            BinaryOperator.Divide => y == 0 ? double.NaN : x / y,
            _ => y == 0 ? double.NaN : x % y,
        };
        return double.IsNaN(real) ? Cell.Missing : Cell.Of(real);
    }

    private static Cell? Whole(BinaryOperator sign, long a, long b)
    {
        Int128 wide;
        switch (sign)
        {
            case BinaryOperator.Add: wide = (Int128)a + b; break;
            case BinaryOperator.Subtract: wide = (Int128)a - b; break;
            case BinaryOperator.Multiply: wide = (Int128)a * b; break;
            default:
                if (b == 0)
                    return Cell.Missing;
                if (sign == BinaryOperator.Remainder)
                    return Cell.Of((long)((Int128)a % b));
                return (Int128)a % b == 0 ? Cell.Of((Int128)a / b) : null;
        }
        return Cell.Of(wide);
    }

    /// <summary>Time minus time is nanoseconds; time plus or minus nanoseconds is a time.</summary>
    private static Cell OfTimes(BinaryOperator sign, in Cell left, in Cell right)
    {
        if (sign is not (BinaryOperator.Add or BinaryOperator.Subtract)
            || left.Kind is not (CellKind.Time or CellKind.Int) || right.Kind is not (CellKind.Time or CellKind.Int))
            return Cell.Missing;
        bool both = left.Kind == right.Kind;
        Int128 nanos = sign == BinaryOperator.Add ? (Int128)left.AsInt + right.AsInt : (Int128)left.AsInt - right.AsInt;
        bool makesSense = sign == BinaryOperator.Subtract ? left.Kind == CellKind.Time : !both;
        if (!makesSense || nanos < long.MinValue || nanos > long.MaxValue)
            return Cell.Missing;
        return both ? Cell.Of((long)nanos) : Cell.Of(new Model.Instant((long)nanos));
    }
}
