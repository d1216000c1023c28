using Tocsin.Query.Aggregates;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Expressions;
using Tocsin.Query.Logs;
using Tocsin.Query.Plans;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Pipes;

/// <summary>
/// timechart 5m count() by level: one row per step of time and group, also where nothing happened, oldest first.
/// </summary>
/// <param name="Span">Nanoseconds of a step; null for about sixty steps in the range.</param>
public sealed record TimechartPipe(long? Span, Items<AggregateCall> Calls, Items<NamedExpression> By) : Pipe
{
    /// <summary>Beyond it nobody sees a chart.</summary>
    public const int MostSteps = 5000;

    private const int UsualSteps = 60;
    private const long ShortestSpan = 1000;

    public override string Verb => "timechart";

    internal override bool Streams => false;

    internal override bool AnyOrder => true;

    internal static Pipe Parse(PipeParser parser)
    {
        bool named = parser.TakeWord("span");
        if (named && !parser.Scanner.Take('='))
            throw parser.Wrong("'=' after span");
        int at = parser.Scanner.Position;
        long? span = parser.TakeWord("auto") ? null
            : named || parser.AtNumber ? parser.Length("a step such as 5m")
            : null;
        if (span < ShortestSpan)
            throw new LogQueryException(at, "a step of at least 1us", TimeText.OfLength(span.Value));
        var taken = new HashSet<string>(StringComparer.Ordinal) { "time" };
        Items<AggregateCall> calls = parser.Aggregates(taken);
        if (parser.Scanner.IsWord("span"))
            throw parser.Wrong("the span in front of the functions, as in timechart span=5m count()");
        return new TimechartPipe(span, calls, parser.Keys(taken));
    }

    internal override Shape After(Shape before) =>
        Shape.Of(By.Select(k => k.Name).Prepend("time").Concat(Calls.Select(c => c.Name)));

    internal override void AddFields(FieldUse use)
    {
        use.Add("time");
        foreach (NamedExpression key in By)
            key.Expression.AddFields(use);
        foreach (Expression argument in Calls.SelectMany(c => c.Arguments))
            argument.AddFields(use);
    }

    internal override Operator Build(PipeBuild build, Operator next) =>
        new TimechartRun(this, StepOf(build.Context), build.Context, next);

    private protected override string Arguments() =>
        (Span is { } span ? $"{TimeText.OfLength(span)} " : "") + string.Join(", ", Calls)
        + (By.Count == 0 ? "" : $" by {string.Join(", ", By)}");

    private long StepOf(QueryContext context)
    {
        QueryRequest request = context.Request;
        if (Span is { } span)
            return span;
        return context.IsEndless
            ? TimeSpan.TicksPerHour * 100
            : Math.Max(ShortestSpan, new LogHistogram(request.From, request.To, UsualSteps).Step.Ticks * 100);
    }
}

/// <summary>A running timechart.</summary>
internal sealed class TimechartRun(TimechartPipe pipe, long step, QueryContext context, Operator next)
    : Operator, IHeaderCounted, IColumnFed
{
    private readonly Grouping _groups = new(KeysOf(pipe, step), pipe.Calls, step / 1e9, context);

    public override bool Push(in PipeRow row)
    {
        _groups.Add(row);
        return true;
    }

    public ScanReport Feed(ScanRequest request) =>
        HeaderCount.Feed(_groups, byLevel: pipe.By.Count > 0, step, request, context);

    public ScanReport FeedColumns(ScanRequest request)
    {
        Expression[] keys = KeysOf(pipe, step);
        return ColumnFeed.Feed(
            _groups, budget => new Grouping(keys, pipe.Calls, step / 1e9, context, budget), keys, pipe.Calls, request, context);
    }

    public override void Finish()
    {
        FillSteps();
        string[] names = ["time", .. pipe.By.Select(k => k.Name), .. pipe.Calls.Select(c => c.Name)];
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

    /// <summary>
    /// Every series has a row in every step of the range, or of the time in which there was anything.
    /// </summary>
    private void FillSteps()
    {
        int known = _groups.Table.Count;
        if (known == 0 && (pipe.By.Count > 0 || context.IsEndless))
            return;
        GroupTable series = Series(known);
        List<long> times = [.. Enumerable.Range(0, known).Select(g => _groups.Table.KeyOf(g)[0])
            .Where(t => t.Kind == CellKind.Time).Select(t => t.AsInt)];
        if (times.Count == 0 && context.IsEndless)
            return;
        Int128 first = context.IsEndless ? times.Min() : Numbers.Floor(context.Request.From.UnixNanos, step);
        Int128 last = context.IsEndless ? times.Max() : Numbers.Floor(context.Request.To.UnixNanos - 1, step);
        if ((last - first) / step >= TimechartPipe.MostSteps)
        {
            context.Note($"a chart of over {TimechartPipe.MostSteps} steps leaves out those in which nothing happened");
            return;
        }
        for (int i = 0; i < series.Count; i++)
        {
            for (Int128 time = first; time <= last; time += step)
                AddGroup(Cell.Of(new Model.Instant((long)Int128.Max(time, long.MinValue))), series.KeyOf(i));
        }
    }

    /// <summary>
    /// The keys without the time. In all its steps a series has the same keys, whatever types met in it.
    /// </summary>
    private GroupTable Series(int known)
    {
        var series = new GroupTable(pipe.By.Count, context.Budget);
        int[] of = new int[known];
        for (int group = 0; group < known; group++)
            of[group] = series.FindStart(_groups.Table.KeyOf(group).Skip(1));
        for (int group = 0; group < known; group++)
            AddGroup(_groups.Table.KeyOf(group)[0], series.KeyOf(of[group]));
        if (known == 0)
            series.FindStart([]);
        return series;
    }

    private static Expression[] KeysOf(TimechartPipe pipe, long step) =>
    [
        new Call("bin", [new FieldReference("time"), new Literal(Cell.Of(step))]), .. pipe.By.Select(k => k.Expression),
    ];

    private void AddGroup(Cell time, IReadOnlyList<Cell> key)
    {
        context.Cancel.ThrowIfCancellationRequested();
        _groups.Table.FindStart(key.Prepend(time));
        _groups.Grow();
    }
}
