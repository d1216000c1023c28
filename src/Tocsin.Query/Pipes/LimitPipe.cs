using System.Globalization;
using Tocsin.Query.Execution;

namespace Tocsin.Query.Pipes;

/// <summary>limit N: the first N rows; the scan stops there.</summary>
public sealed record LimitPipe(long Count) : Pipe
{
    private const long Usual = 10;

    public override string Verb => "limit";

    internal static Pipe Parse(PipeParser parser) =>
        new LimitPipe(parser.AtEnd ? Usual : parser.Whole("a number of rows", 0, long.MaxValue));

    internal override Shape After(Shape before) => before;

    internal override void AddFields(FieldUse use)
    {
    }

    internal override Operator Build(PipeBuild build, Operator next) => new Run(Count, next);

    private protected override string Arguments() => Count.ToString(CultureInfo.InvariantCulture);

    private sealed class Run(long count, Operator next) : StreamingOperator(next)
    {
        private long _left = count;

        public override bool Push(in PipeRow row) => _left > 0 && --_left >= 0 && Next.Push(row) && _left > 0;
    }
}
