using System.Globalization;
using Tocsin.Model.Events;
using Tocsin.Query.Aggregates;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Expressions;
using Tocsin.Query.Plans;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Pipes;

/// <summary>
/// patterns 20 by service: messages by their shape, most frequent first, with count, share, the highest level, first
/// and last time, counts over time, whether it is new, and the newest example.
/// </summary>
public sealed record PatternsPipe(long Most, Items<NamedExpression> By) : Pipe
{
    private const long Usual = 50;

    private const string TrendColumn = "trend", NewColumn = "new";

    private static readonly string[] s_columns =
        ["pattern", "count", "share", "level", "first", "last", TrendColumn, NewColumn, "example"];

    private static readonly Items<AggregateCall> s_calls =
    [
        new("count", [], "count"),
        new("max", [new FieldReference("level")], "level"),
        new("min", [new FieldReference("time")], "first"),
        new("max", [new FieldReference("time")], "last"),
        new("last", [new FieldReference("message")], "example"),
    ];

    public override string Verb => "patterns";

    internal override bool Streams => false;

    internal override bool AnyOrder => true;

    internal override string LookBackColumn => NewColumn;

    internal static Pipe Parse(PipeParser parser)
    {
        long most = parser.AtNumber ? parser.Whole("a number of patterns", 1, 1_000_000) : Usual;
        return new PatternsPipe(most, parser.Keys([.. s_columns]));
    }

    internal override Shape After(Shape before) => Shape.Of([.. By.Select(k => k.Name), .. s_columns]);

    internal override void AddFields(FieldUse use)
    {
        use.Add("message");
        foreach (NamedExpression key in By)
            key.Expression.AddFields(use);
    }

    internal override Operator Build(PipeBuild build, Operator next) => new Run(this, build, next);

    private protected override string Arguments() =>
        Most.ToString(CultureInfo.InvariantCulture) + (By.Count == 0 ? "" : $" by {string.Join(", ", By)}");

    private sealed class Run(PatternsPipe pipe, PipeBuild build, Operator next) : Operator, IColumnFed
    {
        private readonly Expression[] _keys = KeysOf(pipe);
        private readonly Grouping _groups = new(KeysOf(pipe), s_calls, 0, build.Context);
        private readonly Trend _trend = new(build.Context.Budget, build.Context.Request);
        private readonly Operand _time = new(new FieldReference("time"), build.Context);
        private readonly FieldSource _message = new("message");
        private Grouping? _facts;
        private long _total;

        public override bool Push(in PipeRow row)
        {
            if (_message.Get(row).IsMissing)
                return true;
            _total++;
            int group = _groups.Add(row);
            _trend.Grow(_groups.Table.Count);
            _time.AddTo(_trend, group, row);
            return true;
        }

        public ScanReport FeedColumns(ScanRequest request)
        {
            _facts = Facts(build.Context.Budget);
            return ColumnFeed.FeedFacts(_facts, Facts, _keys, request, build.Context);
        }

        public override void Finish()
        {
            string[] names = [.. pipe.By.Select(k => k.Name), "pattern", .. s_calls.Select(c => c.Name)];
            var set = new Overlay();
            ulong number = 0;
            if (_facts is not null)
                TakeFacts(_facts);
            int[] wanted = [.. MostFrequent(_groups)];
            bool[]? isNew = FindNew(wanted);
            for (int i = 0; i < wanted.Length; i++)
            {
                int group = wanted[i];
                _groups.Fill(set, names, group);
                set.Set("share", Cell.Of(Math.Round((double)Count(_groups, group) / _total, 4)));
                set.Set(TrendColumn, _trend.Result(group));
                set.Set(NewColumn, isNew is null ? Cell.Missing : Cell.Of(isNew[i]));
                if (!next.Push(new PipeRow(new RowId(default, number++), set)))
                    break;
            }
            next.Finish();
        }

        /// <summary>Makes groups of those that columns gave; only of the wanted ones the example is looked up.</summary>
        private void TakeFacts(Grouping facts)
        {
            int[] wanted = [.. MostFrequent(facts)];
            var examples = new Dictionary<RowId, Cell>();
            build.Context.AddScan(build.Context.Database.Rows(
                build.Context.Request.Dataset, [.. wanted.Select(g => FactOf(facts, g).Newest)], [_message.Path], (in EventRow row, RowId id) =>
                {
                    examples[id] = _message.Get(new PipeRow(row, id, Overlay.Empty));
                    return true;
                }, build.Context.Cancel));
            _total = Enumerable.Range(0, facts.Table.Count).Where(g => HasMessage(facts, g)).Sum(g => Count(facts, g));
            foreach (int group in wanted)
            {
                RowFact fact = FactOf(facts, group);
                _groups.Table.Key.Clear();
                foreach (Cell part in facts.Table.KeyOf(group))
                    _groups.Table.Key.Add(part);
                int into = _groups.FindGroup();
                _trend.Grow(_groups.Table.Count);
                _trend.Merge(facts.Accumulators[1], group, into);
                ((Count)_groups.Accumulators[0]).AddRows(into, fact.Count);
                _groups.Accumulators[1].AddOther(into, Cell.OfLevel(fact.Level));
                _groups.Accumulators[2].AddOther(into, Cell.Of(fact.First));
                _groups.Accumulators[3].AddOther(into, Cell.Of(fact.Newest.Time));
                // A row may have been deleted meanwhile.
                if (examples.TryGetValue(fact.Newest, out Cell example))
                    _groups.Accumulators[4].AddOther(into, example);
            }
        }

        /// <summary>Of each group whether it is new; null when that is not asked for, or nobody can say.</summary>
        private bool[]? FindNew(int[] groups)
        {
            if (build.LookBack is not { } before || groups.Length == 0)
                return null;
            var seen = new GroupTable(_keys.Length, build.Context.Budget);
            if (!before.TryFind([.. _keys.Select((k, i) => new NamedExpression(k, $"key {i}"))], seen))
                return null;
            return [.. groups.Select(g =>
            {
                int known = seen.Count;
                return seen.FindStart(_groups.Table.KeyOf(g)) == known;
            })];
        }

        private Grouping Facts(MemoryBudget budget) =>
            new(_keys.Length, budget, new RowFacts(budget), new Trend(budget, build.Context.Request));

        private IEnumerable<int> MostFrequent(Grouping groups)
        {
            int[] all = [.. Enumerable.Range(0, groups.Table.Count).Where(g => HasMessage(groups, g))];
            // Only those that are as frequent as the last wanted one are worth being put in order.
            long least = all.Length > pipe.Most ? all.Select(g => Count(groups, g)).OrderDescending().ElementAt((int)pipe.Most - 1) : 0;
            return all.Where(g => Count(groups, g) >= least).OrderByDescending(g => Count(groups, g))
                .ThenBy(groups.Table.KeyOf, KeyOrder.Whole).Take((int)pipe.Most);
        }

        private static bool HasMessage(Grouping groups, int group) => !groups.Table.KeyOf(group)[^1].IsMissing;

        private static RowFact FactOf(Grouping facts, int group) => ((RowFacts)facts.Accumulators[0])[group];

        private static long Count(Grouping groups, int group) => groups.Accumulators[0].Result(group).AsInt;

        private static Expression[] KeysOf(PatternsPipe pipe) =>
            [.. pipe.By.Select(k => k.Expression), new Call("pattern", [new FieldReference("message")])];
    }
}
