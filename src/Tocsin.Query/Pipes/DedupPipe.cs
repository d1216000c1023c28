using Tocsin.Query.Aggregates;
using Tocsin.Query.Execution;
using Tocsin.Query.Expressions;
using Tocsin.Query.Plans;

namespace Tocsin.Query.Pipes;

/// <summary>
/// dedup a, b: the first row of each combination of values; without names, of each service, level and message.
/// </summary>
public sealed record DedupPipe(Items<NamedExpression> Fields) : Pipe
{
    private static readonly string[] s_usual = ["service", "level", "message"];

    public override string Verb => "dedup";

    internal static Pipe Parse(PipeParser parser)
    {
        if (parser.AtEnd)
            return new DedupPipe([.. s_usual.Select(n => new NamedExpression(new FieldReference(n), n))]);
        parser.TakeWord("by");
        return new DedupPipe(parser.NamedList([], "the name of a field"));
    }

    internal override Shape After(Shape before) => before;

    internal override void AddFields(FieldUse use)
    {
        foreach (NamedExpression field in Fields)
            field.Expression.AddFields(use);
    }

    internal override Operator Build(PipeBuild build, Operator next) => new Run(this, build.Context, next);

    private protected override string Arguments() => string.Join(", ", Fields);

    private sealed class Run(DedupPipe pipe, QueryContext context, Operator next) : StreamingOperator(next)
    {
        private readonly Operand[] _keys = [.. pipe.Fields.Select(f => new Operand(f.Expression, context))];
        private readonly GroupTable _seen = new(pipe.Fields.Count, context.Budget);

        public override bool Push(in PipeRow row)
        {
            _seen.Key.Clear();
            foreach (Operand key in _keys)
                key.AddTo(_seen.Key, row);
            return !_seen.Add() || Next.Push(row);
        }
    }
}
