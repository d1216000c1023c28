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
        private readonly Operand[] _keys = [.. pipe.By.Concat(pipe.Fields).Select(k => new Operand(k.Expression,
            context))];
        private readonly GroupTable _groups = new(pipe.By.Count + pipe.Fields.Count, context.Budget);
        private readonly Slots<long> _counts = new(context.Budget, sizeof(long));

        /// <summary>Rows of values that cannot be among the most frequent.</summary>
        private long _rare;

        public override bool Push(in PipeRow row)
        {
            GroupKey key = _groups.Key;
            key.Clear();
            foreach (Operand part in _keys)
                part.AddTo(key, row);
            // A row without the field has no value to count.
            for (int i = pipe.By.Count; i < _keys.Length; i++)
            {
                if (key.Kind(i) == CellKind.Missing)
                    return true;
            }
            _counts[FindGroup()]++;
            return true;
        }

        public ScanReport FeedColumns(ScanRequest request)
        {
            Expression[] fields = [.. pipe.By.Concat(pipe.Fields).Select(k => k.Expression)];
            if (fields.Length == 1 && pipe.By.Count == 0)
                return FeedOne(fields[0], request);
            var numbers = new GroupNumbers(_groups, FindGroup, context.Budget);
            return ColumnFeed.Scan(fields, request, context, rows =>
            {
                ReadOnlySpan<int> groups = numbers.Of(rows);
                for (int i = 0; i < groups.Length; i++)
                {
                    bool whole = true;
                    for (int key = pipe.By.Count; key < fields.Length; key++)
                        whole &= !_groups.KeyOf(groups[i])[key].IsMissing;
                    if (whole)
                        _counts[groups[i]]++;
                }
                return true;
            });
        }

        public override void Finish()
        {
            int by = pipe.By.Count;
            var parts = new GroupTable(by, context.Budget);
            ILookup<int, int> groupsOf = Enumerable.Range(0, _groups.Count).Where(g => _counts[g] > 0)
                .ToLookup(g => parts.FindStart(_groups.KeyOf(g)));
            var set = new Overlay();
            ulong number = 0;
            foreach (int part in Enumerable.Range(0, parts.Count).OrderBy(parts.KeyOf, KeyOrder.Whole))
            {
                long total = groupsOf[part].Sum(g => _counts[g]) + _rare;
                foreach (int group in Ranked(groupsOf[part]))
                {
                    set.Clear();
                    for (int i = 0; i < by; i++)
                        set.Set(pipe.By[i].Name, parts.KeyOf(part)[i]);
                    for (int i = 0; i < pipe.Fields.Count; i++)
                        set.Set(pipe.Fields[i].Name, _groups.KeyOf(group)[by + i]);
                    set.Set(CountColumn, Cell.Of(_counts[group]));
                    set.Set(ShareColumn, Cell.Of(Math.Round((double)_counts[group] / total, 4)));
                    if (next.Push(new PipeRow(new RowId(default, number++), set)))
                        continue;
                    next.Finish();
                    return;
                }
            }
            next.Finish();
        }

        /// <summary>Different texts are different groups, so the rare ones need no group at all.</summary>
        private ScanReport FeedOne(Expression field, ScanRequest request)
        {
            var counted = new List<(KeyTable Table, int Key, long Rows)>();
            bool texts = true;
            ScanReport report = context.Database.CountKeys(request, ColumnFeed.PathOf(field), (table, key, rows) =>
            {
                if (key == KeyTable.Missing)
                    return;
                texts &= table[key].Kind == ValueKind.String && (counted.Count == 0 || counted[0].Table == table);
                counted.Add((table, key, rows));
            }, ColumnFeed.Charge(context.Budget), context.Cancel);
            long least = texts && counted.Count > pipe.Most
                ? counted.Select(c => c.Rows).OrderDescending().ElementAt((int)pipe.Most - 1) : 0;
            foreach ((KeyTable table, int key, long rows) in counted)
            {
                if (rows < least)
                {
                    _rare += rows;
                    continue;
                }
                _groups.Key.Clear();
                _groups.Key.Add(table[key]);
                if (_groups.Key.Kind(0) != CellKind.Missing)
                    _counts[FindGroup()] += rows;
            }
            return report;
        }

        private int FindGroup()
        {
            int group = _groups.Find();
            _counts.Grow(group + 1);
            return group;
        }

        /// <summary>Most frequent first; of equally frequent ones in the order of their values.</summary>
        private IEnumerable<int> Ranked(IEnumerable<int> groups) => groups
            .OrderByDescending(g => _counts[g])
            .ThenBy(g => _groups.KeyOf(g).Skip(pipe.By.Count).ToArray(), KeyOrder.Whole)
            .Take((int)pipe.Most);
    }
}
