using Tocsin.Query.Aggregates;

namespace Tocsin.Query.Expressions;

/// <summary>An expression that becomes a column.</summary>
public sealed record NamedExpression(Expression Expression, string Name)
{
    public override string ToString() =>
        Name == DefaultName(Expression) ? Expression.ToString() : $"{Expression} as {LiteralText.Name(Name)}";

    internal static string DefaultName(Expression expression) =>
        expression is FieldReference field ? field.Name : ColumnName.Of(expression.ToString());
}
