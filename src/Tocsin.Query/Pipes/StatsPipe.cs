using Tocsin.Query.Aggregates;
using Tocsin.Query.Execution;
using Tocsin.Query.Expressions;
using Tocsin.Query.Plans;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Pipes;

/// <summary>stats count(), p95(x) by a, b: one row per group, in the order of the keys.</summary>
public sealed record StatsPipe(Items<AggregateCall> Calls, Items<NamedExpression> By) : Pipe
{
    public override string Verb => "stats";

    internal override bool Streams => false;

    internal override bool AnyOrder => true;

    internal static Pipe Parse(PipeParser parser)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        Items<AggregateCall> calls = parser.Aggregates(taken);
        return new StatsPipe(calls, parser.Keys(taken));
    }

    internal override Shape After(Shape before) => Shape.Of(By.Select(k => k.Name).Concat(Calls.Select(c => c.Name)));

    internal override void AddFields(FieldUse use)
    {
        foreach (NamedExpression key in By)
            key.Expression.AddFields(use);
        foreach (Expression argument in Calls.SelectMany(c => c.Arguments))
            argument.AddFields(use);
    }

    internal override Operator Build(PipeBuild build, Operator next) => new Run(this, build.Context, next);

    private protected override string Arguments() =>
        string.Join(", ", Calls) + (By.Count == 0 ? "" : $" by {string.Join(", ", By)}");

    private sealed class Run(StatsPipe pipe, QueryContext context, Operator next) : Operator, IHeaderCounted, IColumnFed
    {
        private readonly Expression[] _keys = [.. pipe.By.Select(k => k.Expression)];

        private readonly Grouping _groups = new(
            [.. pipe.By.Select(k => k.Expression)], pipe.Calls, Seconds(context), context);

        public override bool Push(in PipeRow row)
        {
            _groups.Add(row);
            return true;
        }

        public ScanReport Feed(ScanRequest request) =>
            HeaderCount.Feed(_groups, byLevel: pipe.By.Count > 0, null, request, context);

        public ScanReport FeedColumns(ScanRequest request) => ColumnFeed.Feed(
            _groups, budget => new Grouping(_keys, pipe.Calls, Seconds(context), context, budget), _keys, pipe.Calls, request, context);

        public override void Finish()
        {
            if (pipe.By.Count == 0)
                _groups.AddEmpty();
            string[] names = [.. pipe.By.Select(k => k.Name), .. pipe.Calls.Select(c => c.Name)];
            ulong number = 0;
            var set = new Overlay();
            foreach (int group in _groups.InOrder())
            {
                _groups.Fill(set, names, group);
                if (!next.Push(new PipeRow(new RowId(default, number++), set)))
                    break;
            }
            next.Finish();
        }

        private static double Seconds(QueryContext context) => context.IsEndless
            ? 0
            : (double)((Int128)context.Request.To.UnixNanos - context.Request.From.UnixNanos) / 1e9;
    }
}
