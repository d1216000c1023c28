using System.Globalization;
using Tocsin.Model;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Expressions;
using Tocsin.Query.Plans;

namespace Tocsin.Query.Aggregates;

/// <summary>One column of a stats or timechart: a function over the rows of a group.</summary>
/// <param name="Function">Lower case; a name of <see cref="AggregateTable"/>.</param>
/// <param name="Name">The column's name.</param>
public sealed record AggregateCall(string Function, Items<Expression> Arguments, string Name)
{
    public override string ToString() => Name == DefaultName(Function, Arguments)
        ? Plain(Function, Arguments)
        : $"{Plain(Function, Arguments)} as {LiteralText.Name(Name)}";

    /// <summary>count, p95_duration: readable, and a name that needs no quotes.</summary>
    internal static string DefaultName(string function, Items<Expression> arguments) =>
        arguments.Count == 0 ? function : ColumnName.Of(Plain(function, arguments));

    internal Accumulator Create(MemoryBudget budget, double seconds) =>
        AggregateTable.Find(Function)!.Create(Arguments, budget, seconds);

    private static string Plain(string function, Items<Expression> arguments) =>
        $"{function}({string.Join(", ", arguments)})";
}

/// <summary>Names of columns nobody has named.</summary>
internal static class ColumnName
{
    private const int Longest = 60;

    /// <summary>Letters and digits stay, anything between becomes one '_'.</summary>
    public static string Of(string expression)
    {
        var name = new System.Text.StringBuilder();
        foreach (char c in expression)
        {
            if (LiteralText.IsNamePart(c))
                name.Append(c);
            else if (name.Length > 0 && name[^1] != '_')
                name.Append('_');
            if (name.Length == Longest)
                break;
        }
        string text = name.ToString().TrimEnd('_');
        return text.Length > 0 && LiteralText.IsNameStart(text[0]) ? text : "_" + text;
    }
}

/// <summary>One aggregate function.</summary>
internal sealed record Aggregate(
    string Name, int Least, int Most, Func<Items<Expression>, MemoryBudget, double, Accumulator> Create);

/// <summary>Every aggregate function; one more is one line here.</summary>
internal static class AggregateTable
{
    private static readonly Aggregate[] s_all =
    [
        new("count", 0, 1, static (a, budget, _) => new Count(budget, rows: a.Count == 0)),
        new("distinct", 1, 1, static (_, budget, _) => new Distinct(budget)),
        new("sum", 1, 1, static (_, budget, _) => new Sum(budget)),
        new("avg", 1, 1, static (_, budget, _) => new Average(budget)),
        new("min", 1, 1, static (_, budget, _) => new Extreme(budget, -1)),
        new("max", 1, 1, static (_, budget, _) => new Extreme(budget, 1)),
        new("stddev", 1, 1, static (_, budget, _) => new Deviation(budget)),
        new("first", 1, 1, static (_, budget, _) => new Edge(budget, last: false)),
        new("last", 1, 1, static (_, budget, _) => new Edge(budget, last: true)),
        new("values", 1, 1, static (_, budget, _) => new Values(budget)),
        new("rate", 0, 1, static (a, budget, seconds) => a.Count == 0
            ? new CountRate(budget, seconds)
            : new SumRate(budget, seconds)),
        new("percentile", 2, 2, static (a, budget, _) => new Percentile(budget, PercentOf(a[1])!.Value)),
    ];

    private static readonly Dictionary<string, string> s_aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["cardinality"] = "distinct", ["dcount"] = "distinct", ["count_distinct"] = "distinct", ["mean"] = "avg", ["average"] = "avg",
        ["median"] = "p50", ["oldest"] = "first", ["newest"] = "last",
    };

    public static IEnumerable<string> Names => s_all.Select(a => a.Name);

    /// <summary>Null when there is no such function.</summary>
    public static Aggregate? Find(string name)
    {
        name = Canonical(name);
        return PercentIn(name) is { } percent
            ? new Aggregate(name, 1, 1, (_, budget, _) => new Percentile(budget, percent))
            : Array.Find(s_all, a => a.Name == name);
    }

    /// <summary>Whether it matters which row came first.</summary>
    public static bool AsksForOrder(string name) => name is "first" or "last";

    /// <summary>Whether a value means nothing when it comes again.</summary>
    public static bool CountsOnce(string name) => name is "distinct" or "values";

    public static string Canonical(string name) =>
        s_aliases.GetValueOrDefault(name, name).ToLowerInvariant();

    /// <summary>Null when it is no number from 0 to 100.</summary>
    public static double? PercentOf(Expression expression) =>
        expression is Literal { Value: var value } && Numeric.Of(value) is { AsDouble: >= 0 and <= 100 } n
            && value.Kind != CellKind.Text
            ? n.AsDouble
            : null;

    /// <summary>p50, p95, p99 and their like.</summary>
    private static double? PercentIn(string name) =>
        name.Length is 2 or 3 && name[0] == 'p'
        && int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int percent)
            ? percent
            : null;
}
