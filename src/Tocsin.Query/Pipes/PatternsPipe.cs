using System.Globalization;
using Tocsin.Query.Aggregates;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Expressions;
using Tocsin.Query.Plans;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Pipes;

/// <summary>
/// patterns 20 by service: messages by their shape, most frequent first, with count, share, the highest level, first
/// and last time and the newest example.
/// </summary>
public sealed record PatternsPipe(long Most, Items<NamedExpression> By) : Pipe
{
    private const long Usual = 50;

    private static readonly string[] s_columns = ["pattern", "count", "share", "level", "first", "last", "example"];

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

    internal override Operator Build(PipeBuild build, Operator next) => new Run(this, build.Context, next);

    private protected override string Arguments() =>
        Most.ToString(CultureInfo.InvariantCulture) + (By.Count == 0 ? "" : $" by {string.Join(", ", By)}");

    private sealed class Run(PatternsPipe pipe, QueryContext context, Operator next) : Operator
    {
        private readonly Grouping _groups = new(
            [.. pipe.By.Select(k => k.Expression), new Call("pattern", [new FieldReference("message")])],
            s_calls, 0, context);

        private readonly FieldSource _message = new("message");
        private long _total;

        public override bool Push(in PipeRow row)
        {
            if (_message.Get(row).IsMissing)
                return true;
            _total++;
            _groups.Add(row);
            return true;
        }

        public override void Finish()
        {
            string[] names = [.. pipe.By.Select(k => k.Name), "pattern", .. s_calls.Select(c => c.Name)];
            var set = new Overlay();
            ulong number = 0;
            foreach (int group in _groups.InOrder().OrderByDescending(Count).Take((int)pipe.Most))
            {
                _groups.Fill(set, names, group);
                set.Set("share", Cell.Of(Math.Round((double)Count(group) / _total, 4)));
                if (!next.Push(new PipeRow(new RowId(default, number++), set)))
                    break;
            }
            next.Finish();
        }

        private long Count(int group) => _groups.Accumulators[0].Result(group).AsInt;
    }
}
