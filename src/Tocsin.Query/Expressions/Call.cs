using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Plans;

namespace Tocsin.Query.Expressions;

/// <summary>A function and its arguments.</summary>
/// <param name="Function">Lower case; a name of <see cref="FunctionTable"/>.</param>
public sealed record Call(string Function, Items<Expression> Arguments) : Expression
{
    internal override Evaluator Compile(QueryContext context)
    {
        Evaluator[] arguments = [.. Arguments.Select(a => a.Compile(context))];
        FunctionBody body = FunctionTable.Find(Function)!.Bind(Arguments, context);
        var values = new Cell[arguments.Length];
        return (in PipeRow row) =>
        {
            for (int i = 0; i < arguments.Length; i++)
                values[i] = arguments[i](row);
            return body(values);
        };
    }

    internal override void AddFields(FieldUse use)
    {
        foreach (Expression argument in Arguments)
            argument.AddFields(use);
    }

    private protected override string Print() => $"{Function}({string.Join(", ", Arguments)})";
}

/// <summary>Computes a function from the values of its arguments.</summary>
internal delegate Cell FunctionBody(ReadOnlySpan<Cell> arguments);

/// <summary>One function of the language.</summary>
/// <param name="Most">Most arguments; more than <paramref name="Least"/> when some may be left out.</param>
internal sealed record Function(
    string Name, int Least, int Most, Func<Items<Expression>, QueryContext, FunctionBody> Bind)
{
    /// <summary>Argument that has to be a regular expression; -1 for none.</summary>
    public int PatternAt { get; init; } = -1;

    public static Function Plain(string name, int least, int most, FunctionBody body) =>
        new(name, least, most, (_, _) => body);
}

/// <summary>Every function; one more is one line here.</summary>
internal static class FunctionTable
{
    private const int Any = 50;

    public static IReadOnlyList<Function> All { get; } =
    [
        Function.Plain("if", 3, 3, static a => a[0].IsTrue ? a[1] : a[2]),
        Function.Plain("coalesce", 1, Any, Functions.Coalesce),
        Function.Plain("exists", 1, 1, static a => Cell.Of(!a[0].IsMissing)),
        Function.Plain("tonumber", 1, 1, static a => Numbers.ToNumber(a[0])),
        Function.Plain("tostring", 1, 1, static a => Texts.ToText(a[0])),
        Function.Plain("abs", 1, 1, static a => Numbers.Abs(a[0])),
        Function.Plain("floor", 1, 1, static a => Numbers.Rounded(a[0], Math.Floor)),
        Function.Plain("ceil", 1, 1, static a => Numbers.Rounded(a[0], Math.Ceiling)),
        Function.Plain("round", 1, 2, Numbers.Round),
        Function.Plain("sqrt", 1, 1, static a => Numbers.Sqrt(a[0])),
        Function.Plain("bin", 2, 2, static a => Numbers.Bin(a[0], a[1])),
        Function.Plain("least", 1, Any, static a => Functions.Extreme(a, -1)),
        Function.Plain("greatest", 1, Any, static a => Functions.Extreme(a, 1)),
        Function.Plain("lower", 1, 1, static a => Texts.Map(a[0], static s => s.ToLowerInvariant())),
        Function.Plain("upper", 1, 1, static a => Texts.Map(a[0], static s => s.ToUpperInvariant())),
        Function.Plain("trim", 1, 1, static a => Texts.Map(a[0], static s => s.Trim())),
        Function.Plain("len", 1, 1, static a => Texts.Length(a[0])),
        Function.Plain("concat", 1, Any, Texts.Concat),
        Function.Plain("substr", 2, 3, Texts.Substring),
        Function.Plain("replace", 3, 3, Texts.Replace),
        Function.Plain("contains", 2, 2, static a => Texts.Contains(a[0], a[1])),
        Function.Plain("startswith", 2, 2, static a => Texts.StartsWith(a[0], a[1])),
        Function.Plain("endswith", 2, 2, static a => Texts.EndsWith(a[0], a[1])),
        new("matches", 2, 2, Texts.Matches) { PatternAt = 1 },
        new("extract", 2, 3, Texts.Extract) { PatternAt = 1 },
        Function.Plain("pattern", 1, 1, static a => Texts.Map(a[0], Patterns.MessagePattern.Of)),
        new("now", 0, 0, static (_, context) => Times.Now(context)),
        new("age", 1, 1, static (_, context) => Times.Age(context)),
        Function.Plain("totime", 1, 1, static a => Times.ToTime(a[0])),
        Function.Plain("toduration", 1, 1, static a => Times.ToDuration(a[0])),
        Function.Plain("date", 1, 1, static a => Times.Part(a[0], static t => Cell.Of($"{t:yyyy-MM-dd}"))),
        Function.Plain("hour", 1, 1, static a => Times.Part(a[0], static t => Cell.Of((long)t.Hour))),
        Function.Plain("minute", 1, 1, static a => Times.Part(a[0], static t => Cell.Of((long)t.Minute))),
        Function.Plain("weekday", 1, 1, static a => Times.Part(a[0], static t => Cell.Of(Times.Weekday(t)))),
    ];

    private static readonly Dictionary<string, Function> s_byName =
        All.ToDictionary(f => f.Name, StringComparer.OrdinalIgnoreCase);

    public static Function? Find(string name) => s_byName.GetValueOrDefault(name);
}

/// <summary>Functions on values of any type.</summary>
internal static class Functions
{
    public static Cell Coalesce(ReadOnlySpan<Cell> values)
    {
        foreach (Cell value in values)
        {
            if (!value.IsMissing)
                return value;
        }
        return Cell.Missing;
    }

    /// <param name="sign">1 for the greatest, -1 for the least.</param>
    public static Cell Extreme(ReadOnlySpan<Cell> values, int sign)
    {
        Cell best = Cell.Missing;
        foreach (Cell value in values)
        {
            if (!value.IsMissing && (best.IsMissing || CellOrder.Compare(value, best) * sign > 0))
                best = value;
        }
        return best;
    }
}
