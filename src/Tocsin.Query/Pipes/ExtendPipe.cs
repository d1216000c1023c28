using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Expressions;
using Tocsin.Query.Plans;

namespace Tocsin.Query.Pipes;

/// <summary>extend name = EXPRESSION, …: further columns, each of which the next ones may use.</summary>
public sealed record ExtendPipe(Items<NamedExpression> Columns) : Pipe
{
    public override string Verb => "extend";

    internal override bool KeepsRows => true;

    internal override bool IsOneToOne => true;

    internal static Pipe Parse(PipeParser parser)
    {
        var columns = new List<NamedExpression>();
        do
        {
            string name = parser.Name("a name and '=', such as slow = duration > 1s");
            if (parser.Scanner.IsSign("==") || !parser.Scanner.Take('='))
                throw parser.Wrong($"'=' after {name}, as in slow = ms > 500");
            columns.Add(new NamedExpression(parser.Expression(), name));
        }
        while (parser.Scanner.Take(','));
        return new ExtendPipe([.. columns]);
    }

    internal override Shape After(Shape before) => before.With(Columns.Select(c => c.Name));

    internal override void AddFields(FieldUse use)
    {
        foreach (NamedExpression column in Columns)
            column.Expression.AddFields(use);
    }

    internal override Operator Build(PipeBuild build, Operator next) =>
        new Run([.. Columns.Select(c => (c.Name, c.Expression.Compile(build.Context)))], next);

    private protected override string Arguments() =>
        string.Join(", ", Columns.Select(c => $"{LiteralText.Name(c.Name)} = {c.Expression}"));

    private sealed class Run((string Name, Evaluator Value)[] columns, Operator next) : StreamingOperator(next)
    {
        private readonly Overlay _set = new();

        public override bool Push(in PipeRow row)
        {
            _set.CopyFrom(row.Set);
            PipeRow extended = row.With(_set);
            foreach ((string name, Evaluator value) in columns)
                _set.Set(name, value(extended));
            return Next.Push(extended);
        }
    }
}
