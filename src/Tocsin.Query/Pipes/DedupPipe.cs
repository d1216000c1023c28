using Tocsin.Model.Events;
using Tocsin.Query.Aggregates;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Expressions;
using Tocsin.Query.Plans;
using Tocsin.Storage.Scan;

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

    private sealed class Run(DedupPipe pipe, QueryContext context, Operator next) : StreamingOperator(next), IColumnFed
    {
        /// <summary>Rows are put together so many at a time.</summary>
        private const int Page = 1000;

        private readonly Expression[] _fields = [.. pipe.Fields.Select(f => f.Expression)];
        private readonly Operand[] _keys = [.. pipe.Fields.Select(f => new Operand(f.Expression, context))];
        private readonly GroupTable _seen = new(pipe.Fields.Count, context.Budget);

        public override bool Push(in PipeRow row)
        {
            _seen.Key.Clear();
            foreach (Operand key in _keys)
                key.AddTo(_seen.Key, row);
            return !_seen.Add() || Next.Push(row);
        }

        public ScanReport FeedColumns(ScanRequest request)
        {
            // A limit behind may be reached before it pays to ask columns.
            int most = context.Request.RowsAtFirst;
            (int rows, bool wanted) = (0, true);
            ScanReport report = context.Database.Scan(request, (in EventRow row, RowId id) =>
            {
                if (rows++ == most)
                    return false;
                return wanted = Push(new PipeRow(row, id, Overlay.Empty));
            }, context.Cancel);
            if (!wanted || rows <= most)
                return report;
            Grouping groups = Groups(context.Budget);
            report = QueryReport.Sum(report, ColumnFeed.FeedFacts(groups, Groups, _fields, request, context));
            RowId[] first = [.. Enumerable.Range(0, groups.Table.Count).Where(g => IsNew(groups.Table.KeyOf(g)))
                .Select(g => ((RowFacts)groups.Accumulators[0])[g].Newest).OrderDescending()];
            foreach (RowId[] page in first.Chunk(Page))
            {
                wanted = true;
                report = QueryReport.Sum(report, context.Database.Rows(request.Dataset, page, request.Fields,
                    (in EventRow row, RowId id) => wanted = Next.Push(new PipeRow(row, id, Overlay.Empty)), context.Cancel));
                if (!wanted)
                    break;
            }
            return report;
        }

        private Grouping Groups(MemoryBudget budget) => new(_fields.Length, budget, new RowFacts(budget));

        private bool IsNew(IReadOnlyList<Cell> key)
        {
            _seen.Key.Clear();
            foreach (Cell part in key)
                _seen.Key.Add(part);
            return _seen.Add();
        }
    }
}
