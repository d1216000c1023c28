using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Expressions;
using Tocsin.Query.Plans;

namespace Tocsin.Query.Pipes;

/// <summary>fields a, b as c: exactly these columns. fields - a, b: all but these.</summary>
/// <param name="Columns">What stays; empty when <paramref name="Without"/> says what goes.</param>
public sealed record FieldsPipe(Items<NamedExpression> Columns, Items<string> Without) : Pipe
{
    public override string Verb => "fields";

    internal override bool KeepsRows => true;

    internal override bool IsOneToOne => true;

    internal static Pipe Parse(PipeParser parser)
    {
        if (parser.Scanner.Take('-'))
            return new FieldsPipe([], parser.Names("the name of a field"));
        return new FieldsPipe(parser.NamedList([], "the name of a field"), []);
    }

    internal override Shape After(Shape before) =>
        Columns.Count > 0 ? Shape.Of(Columns.Select(c => c.Name)) : before.Without(Without);

    internal override void AddFields(FieldUse use)
    {
        foreach (NamedExpression column in Columns)
            column.Expression.AddFields(use);
    }

    internal override Operator Build(PipeBuild build, Operator next) => Columns.Count > 0
        ? new Keep([.. Columns.Select(c => (c.Name, c.Expression.Compile(build.Context)))], next)
        : new Drop(Without, next);

    private protected override string Arguments() => Columns.Count > 0
        ? string.Join(", ", Columns.Select((c, i) => i > 0 ? c.ToString() : First(c)))
        : $"- {string.Join(", ", Without.Select(LiteralText.Name))}";

    /// <summary>A minus in front would say which fields go.</summary>
    private static string First(NamedExpression column) =>
        column.ToString() is ['-', ..] and var text ? $"({column.Expression}){text[column.Expression.ToString().Length..]}" : column.ToString();

    private sealed class Keep((string Name, Evaluator Value)[] columns, Operator next) : StreamingOperator(next)
    {
        private readonly Overlay _set = new();

        public override bool Push(in PipeRow row)
        {
            _set.Clear();
            foreach ((string name, Evaluator value) in columns)
                _set.Set(name, value(row));
            return Next.Push(new PipeRow(row.Id, _set));
        }
    }

    private sealed class Drop(Items<string> names, Operator next) : StreamingOperator(next)
    {
        private readonly Overlay _set = new();

        public override bool Push(in PipeRow row)
        {
            _set.CopyFrom(row.Set);
            foreach (string name in names)
                _set.Set(name, Cell.Missing);
            return Next.Push(row.With(_set));
        }
    }
}
