using System.Text.RegularExpressions;
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

    private static object? Of(Call call, NaiveRow row)
    {
        object?[] a = [.. call.Arguments.Select(x => x is PatternLiteral p ? p.Pattern : Of(x, row))];
        string Text(int i) => NaiveValue.Text(a[i]);
        return call.Function switch
        {
            "if" => a[0] is true ? a[1] : a[2],
            "coalesce" => a.FirstOrDefault(x => x is not null),
            "exists" => a[0] is not null,
            "lower" => a[0] is null ? null : Text(0).ToLowerInvariant(),
            "upper" => a[0] is null ? null : Text(0).ToUpperInvariant(),
            "len" => a[0] is null ? null : (long)Text(0).Length,
            "concat" => string.Concat(a.Select(NaiveValue.Text)),
            "substr" => a[0] is null ? null : string.Concat(Text(0).Skip((int)(long)a[1]!).Take((int)(long)a[2]!)),
            "tostring" => a[0] is null ? null : Text(0),
            "tonumber" => a[0] switch
            {
                bool b => b ? 1L : 0L,
                Instant t => t.UnixNanos,
                var x => NaiveValue.Number(x) is { } n ? NaiveValue.IsWhole(x) ? (object)(long)n : (double)n : null,
            },
            "contains" => a[0] is not null && a[1] is not null && Text(0).Contains(Text(1), StringComparison.OrdinalIgnoreCase),
            "matches" => a[0] is not null && Regex.IsMatch(Text(0), Text(1)),
            "bin" => Bin(a[0], (long)a[1]!),
            _ => throw new ArgumentException(call.Function),
        };
    }

    public static object? Bin(object? value, long step)
    {
        if (value is Instant time)
            return new Instant((long)Math.Max(long.MinValue, Math.Floor((decimal)time.UnixNanos / step) * step));
        if (NaiveValue.Number(value) is not { } number)
            return null;
        decimal floor = Math.Floor(number / step) * step;
        return NaiveValue.IsWhole(value) ? (object)(long)floor : (double)floor;
    }
}
