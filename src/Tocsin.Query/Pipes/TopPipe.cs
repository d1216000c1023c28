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
/// top 10 path by service: the most frequent values, with their count and share of the rows that have one; per group of
/// <paramref name="By"/>.
/// </summary>
public sealed record TopPipe(long Most, Items<NamedExpression> Fields, Items<NamedExpression> By) : Pipe
{
    public const string CountColumn = "count", ShareColumn = "share";

    private const long Usual = 10;

    public override string Verb => "top";

    internal override bool Streams => false;

    internal override bool AnyOrder => true;

    internal static Pipe Parse(PipeParser parser)
    {
        long most = parser.AtNumber ? parser.Whole("a number of values", 1, 1_000_000) : Usual;
        var taken = new HashSet<string>(StringComparer.Ordinal) { CountColumn, ShareColumn };
        Items<NamedExpression> fields = parser.NamedList(taken, "the name of a field");
        return new TopPipe(most, fields, parser.Keys(taken));
    }

    internal override Shape After(Shape before) =>
        Shape.Of([.. By.Select(k => k.Name), .. Fields.Select(f => f.Name), CountColumn, ShareColumn]);

    internal override void AddFields(FieldUse use)
    {
        foreach (NamedExpression key in By.Concat(Fields))
            key.Expression.AddFields(use);
    }

    internal override Operator Build(PipeBuild build, Operator next) => new Run(this, build.Context, next);

    private protected override string Arguments() =>
        $"{Most.ToString(CultureInfo.InvariantCulture)} {string.Join(", ", Fields)}"
        + (By.Count == 0 ? "" : $" by {string.Join(", ", By)}");

    private sealed class Run(TopPipe pipe, QueryContext context, Operator next) : Operator, IColumnFed
    {
        private static readonly Items<AggregateCall> s_count = [new("count", [], CountColumn)];

        private readonly Expression[] _fields = [.. pipe.By.Concat(pipe.Fields).Select(k => k.Expression)];
        private readonly Operand[] _keys = [.. pipe.By.Concat(pipe.Fields).Select(k => new Operand(k.Expression,
            context))];
        private readonly Grouping _counted = new([.. pipe.By.Concat(pipe.Fields).Select(k => k.Expression)], s_count, 0, context);

        private GroupTable Groups => _counted.Table;

        private Count Counts => (Count)_counted.Accumulators[0];

        /// <summary>Rows of values that cannot be among the most frequent.</summary>
        private long _rare;

        public override bool Push(in PipeRow row)
        {
            GroupKey key = Groups.Key;
            key.Clear();
            foreach (Operand part in _keys)
                part.AddTo(key, row);
            // A row without the field has no value to count.
            for (int i = pipe.By.Count; i < _keys.Length; i++)
            {
                if (key.Kind(i) == CellKind.Missing)
                    return true;
            }
            Counts.AddRow(_counted.FindGroup());
            return true;
        }

        public ScanReport FeedColumns(ScanRequest request)
        {
            if (_fields.Length == 1 && pipe.By.Count == 0 && GroupColumn.Of(_fields[0]) is { Path: { } path, Shape: null })
                return FeedOne(path, request);
            return ColumnFeed.Feed(
                _counted, budget => new Grouping(_fields, s_count, 0, context, budget), _fields, s_count, request, context);
        }

        public override void Finish()
        {
            int by = pipe.By.Count;
            var parts = new GroupTable(by, context.Budget);
            ILookup<int, int> groupsOf = Enumerable.Range(0, Groups.Count).Where(g => !Groups.KeyOf(g).Skip(by).Any(c => c.IsMissing))
                .ToLookup(g => parts.FindStart(Groups.KeyOf(g)));
            var set = new Overlay();
            ulong number = 0;
            foreach (int part in Enumerable.Range(0, parts.Count).OrderBy(parts.KeyOf, KeyOrder.Whole))
            {
                long total = groupsOf[part].Sum(g => CountOf(g)) + _rare;
                foreach (int group in Ranked(groupsOf[part]))
                {
                    set.Clear();
                    for (int i = 0; i < by; i++)
                        set.Set(pipe.By[i].Name, parts.KeyOf(part)[i]);
                    for (int i = 0; i < pipe.Fields.Count; i++)
                        set.Set(pipe.Fields[i].Name, Groups.KeyOf(group)[by + i]);
                    set.Set(CountColumn, Cell.Of(CountOf(group)));
                    set.Set(ShareColumn, Cell.Of(Math.Round((double)CountOf(group) / total, 4)));
                    if (next.Push(new PipeRow(new RowId(default, number++), set)))
                        continue;
                    next.Finish();
                    return;
                }
            }
            next.Finish();
        }

        /// <summary>Different texts are different groups, so the rare ones need no group at all.</summary>
        private ScanReport FeedOne(FieldPath field, ScanRequest request)
        {
            var counted = new List<(KeyTable Table, int Key, long Rows)>();
            bool texts = true;
            ScanReport report = context.Database.CountKeys(request, field, (table, key, rows) =>
            {
                if (key == KeyTable.Missing)
                    return;
                texts &= table.IsText(key);
                counted.Add((table, key, rows));
            }, ColumnFeed.Charge(context.Budget), context.Cancel);
            long least = texts && counted.Count > pipe.Most ? Least(counted) : 0;
            foreach ((KeyTable table, int key, long rows) in counted)
            {
                if (rows < least)
                {
                    _rare += rows;
                    continue;
                }
                Groups.Key.Clear();
                Groups.Key.Add(table[key]);
                if (Groups.Key.Kind(0) != CellKind.Missing)
                    Counts.AddRows(_counted.FindGroup(), rows);
            }
            return report;
        }

        /// <summary>How many rows the least frequent of the wanted values has.</summary>
        private long Least(List<(KeyTable Table, int Key, long Rows)> counted)
        {
            var most = new PriorityQueue<long, long>();
            foreach ((_, _, long rows) in counted)
            {
                if (most.Count < pipe.Most)
                    most.Enqueue(rows, rows);
                else if (rows > most.Peek())
                    most.EnqueueDequeue(rows, rows);
            }
            return most.Peek();
        }

        private long CountOf(int group) => Counts.Result(group).AsInt;

        /// <summary>Most frequent first; of equally frequent ones in the order of their values.</summary>
        private IEnumerable<int> Ranked(IEnumerable<int> groups) => groups
            .OrderByDescending(g => CountOf(g))
            .ThenBy(g => Groups.KeyOf(g).Skip(pipe.By.Count).ToArray(), KeyOrder.Whole)
            .Take((int)pipe.Most);
    }
}
