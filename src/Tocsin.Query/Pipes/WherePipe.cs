using Tocsin.Query.Execution;
using Tocsin.Query.Expressions;

namespace Tocsin.Query.Pipes;

/// <summary>where CONDITION: only rows for which it is true.</summary>
public sealed record WherePipe(Expression Condition) : Pipe
{
    public override string Verb => "where";

    internal override bool KeepsRows => true;

    internal static Pipe Parse(PipeParser parser) => new WherePipe(parser.Expression());

    internal override Shape After(Shape before) => before;

    internal override void AddFields(FieldUse use) => Condition.AddFields(use);

    internal override Operator Build(PipeBuild build, Operator next) => new Run(Condition.Compile(build.Context), next);

    private protected override string Arguments() => Condition.ToString();

    private sealed class Run(Evaluator condition, Operator next) : StreamingOperator(next)
    {
        public override bool Push(in PipeRow row) => !condition(row).IsTrue || Next.Push(row);
    }
}
