using Tocsin.Model;
using Tocsin.Query.Cells;
using Tocsin.Query.Expressions;

namespace Tocsin.Query.Tests.Naive;

/// <summary>Expressions, evaluated by walking the tree.</summary>
internal static class NaiveExpression
{
    public static object? Of(Expression expression, NaiveRow row) => expression switch
    {
        Literal literal => Value(literal.Value),
        FieldReference field => row.Get(field.Name),
        FilterTerm term => row.Matches(term.Filter),
        Unary { IsNot: true } not => Of(not.Part, row) is not true,
        Unary minus => NaiveValue.Sum("-", 0L, Of(minus.Part, row)),
        Binary binary => Of(binary, row),
        Call call => Of(call, row),
        _ => throw new ArgumentException($"{expression}"),
    };

    public static object? Value(Cell cell) => cell.Kind switch
    {
        CellKind.Missing => null,
        CellKind.Bool => cell.IsTrue,
        CellKind.Int => cell.AsInt,
        CellKind.Double => cell.AsDouble,
        CellKind.Time => new Instant(cell.AsInt),
        CellKind.Level => new NaiveLevel((int)cell.AsInt),
        CellKind.Json => new NaiveJson(cell.ToString()),
        _ => cell.ToString(),
    };

    private static object? Of(Binary binary, NaiveRow row)
    {
        object? left = Of(binary.Left, row), right = Of(binary.Right, row);
        int? order = NaiveValue.Compare(left, right);
        return binary.Operator switch
        {
            BinaryOperator.Or => left is true || right is true,
            BinaryOperator.And => left is true && right is true,
            BinaryOperator.Equal => order == 0,
            BinaryOperator.NotEqual => order is null ? left is not null || right is not null : order != 0,
            BinaryOperator.Less => order < 0,
            BinaryOperator.LessOrEqual => order <= 0,
            BinaryOperator.Greater => order > 0,
            BinaryOperator.GreaterOrEqual => order >= 0,
            _ => NaiveValue.Sum($"{"+-*/%"[binary.Operator - BinaryOperator.Add]}", left, right),
        };
    }

    private static object? Of(Call call, NaiveRow row) =>
        NaiveFunctions.Of(call.Function, [.. call.Arguments.Select(x => x is PatternLiteral p ? p.Pattern : Of(x, row))]);
}
