using Tocsin.Model;
using Tocsin.Query.Aggregates;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Expressions;
using Tocsin.Query.Parsing;
using Tocsin.Query.Pipes;
using Tocsin.Query.Plans;
using Tocsin.Storage.Scan;
using Tocsin.Testing;

namespace Tocsin.Query.Tests.Naive;

/// <summary>Plans of every kind, small enough to meet each other.</summary>
/// <param name="text">Gives free text; plans that are to be answered use words of the data instead.</param>
internal sealed class RandomPlans(Random random, Func<string>? text = null)
{
    private static readonly string[] s_fields =
    [
        "status", "path", "ms", "user", "service", "level", "message", "time", "tags", "obj.a", "flag", "trace", "nope",
        "span", "host", "name", "event", "duration", "exception.type", "big", "at", "id8", "took",
    ];

    private static readonly string[] s_words =
            [
        "timeout", "GET", "/api/v1", "Ünïcode", "", "500", "-1.5", "007", "7", "a_b", "reset by peer", "true", "error", "x", "api", "Ann",
        "/", "12ms", "8f3a9c2e41", "order 17", "9007199254740993", "2026-03-14T15:10:00Z", "IOException", "checkout",
    ];

    private int _names;

    public QueryPlan Next(int pipes = 4)
    {
        _names = 0;
        var list = new List<Pipe>();
        Shape shape = Shape.Records;
        for (int i = random.Next(pipes + 1); i > 0; i--)
        {
            Pipe pipe = NextPipe();
            if (pipe.NeedsRecords && !shape.IsOpen)
                continue;
            list.Add(pipe);
            shape = pipe.After(shape);
        }
        return new QueryPlan(NextFilter(3), [.. list]);
    }

    public Filter NextFilter(int depth) => random.Next(depth > 0 ? 13 : 9) switch
    {
        0 => depth == 3 ? Filter.All : new Words(Text()),
        1 => new Words(Text()),
        2 => new WordsLike(Pick("ti*", "*set", "G?T", "*a*", "ü*", "8f*", "*ms", "1?ms", "IO*")),
        3 => new TextRegex(Pick("in\\ \\d+ms", "^G", "[rR]eset|Time", "/v\\d", "(?i)über", "Exception$", "[0-9a-f]{10}")),
        4 or 5 or 6 or 7 => NextTerm(),
        8 => NextGroupOfOne(),
        9 => new Negation(NextFilter(depth - 1)),
        10 => new Either([Part(depth), Part(depth)]),
        _ => new Both([Part(depth), Part(depth)]),
    };

    public Expression NextExpression(int depth) => random.Next(depth > 0 ? 13 : 6) switch
    {
        0 or 1 or 2 => Field(),
        3 => new Literal(NextLiteral()),
        4 => new FilterTerm(NextTerm()),
        5 => new Literal(Cell.Of(Text())),
        6 or 7 => new Binary((BinaryOperator)random.Next(2, 8), NextExpression(depth - 1), NextExpression(depth - 1)),
        8 => new Binary((BinaryOperator)random.Next(2), NextExpression(depth - 1), NextExpression(depth - 1)),
        9 => new Binary((BinaryOperator)random.Next(8, 13), NextExpression(depth - 1), NextExpression(depth - 1)),
        10 => new Unary(random.Next(3) > 0, NextExpression(depth - 1)),
        _ => NextCall(depth - 1),
    };

    private Filter Part(int depth)
    {
        Filter part = NextFilter(depth - 1);
        return part == Filter.All ? new Words("x") : part;
    }

    private FieldFilter NextTerm()
    {
        string field = Pick(s_fields.Where(f => f is not "time").ToArray());
        if (field == "level")
            return new FieldFilter(field, NextLevelTest());
        if (field is "trace" or "span")
        {
            byte[] id = field == "span" ? Some.SpanId(random.Next(4))
                : random.Next(4) == 0 ? RandomRecords.ManyId(random.Next(400), 16) : Some.TraceId(0xAA + random.Next(4));
            return new FieldFilter(field, random.Next(2) == 0 ? new HasWords(Convert.ToHexStringLower(id)) : new IsThere());
        }
        if (field == "duration")
            return new FieldFilter(field, random.Next(3) switch
            {
                0 => new HasWords(Pick("500ms", "250000000", "2s")),
                1 => new Compares((Comparison)random.Next(4), Pick("500ms", "1.5s", "250000000", "100us", "1m")),
                _ => new IsThere(),
            });
        return new FieldFilter(field, random.Next(6) switch
        {
            0 => new HasWords(Text()),
            1 => new IsExactly(Text()),
            2 => new Compares((Comparison)random.Next(4), Bound()),
            3 => new FitsPattern(Pick("/api/*", "a*", "5??", "*n*", "?x")),
            4 => new FitsRegex(Pick("^/api", "5\\d\\d", "n$", "[a-c]", "/v1$")),
            _ => new IsThere(),
        });
    }

    private FieldTest NextLevelTest() => random.Next(6) switch
    {
        0 => new HasWords(Pick("error", "warn", "unknown", "info", "17", "13", "critical")),
        1 => new IsExactly(Pick("warn", "info", "18")),
        2 => new Compares((Comparison)random.Next(4), Pick("warn", "error", "info", "17", "debug", "fatal")),
        3 => new FitsRegex(Pick("^(err|inf)", "a", "rn$")),
        4 => new FitsPattern(Pick("warn*", "e*", "fatal*")),
        _ => new IsThere(),
    };

    private string Bound() => Pick("500", "12.5", "-5", "abc", "Ann", "7", "9007199254740993", "1e18", "/api");

    /// <summary>field:[a TO b], field:in(a, b), -field:* and the like.</summary>
    private Filter NextGroupOfOne()
    {
        string field = Pick(s_fields.Except(["time", "level", "trace", "span", "duration"]).ToArray());
        return random.Next(3) switch
        {
            0 => new Both([
                new FieldFilter(field, new Compares(Pick(Comparison.Greater, Comparison.GreaterOrEqual), Bound())),
                new FieldFilter(field, new Compares(Pick(Comparison.Less, Comparison.LessOrEqual), Bound()))]),
            1 => new Either([.. List(2, 3, () => (Filter)new FieldFilter(field, random.Next(2) == 0 ? new IsExactly(Text()) : new HasWords(Text())))]),
            _ => new Negation(new FieldFilter(field, new IsThere())),
        };
    }

    private Cell NextLiteral() => random.Next(6) switch
    {
        0 => Cell.Of(random.Next(2) == 0),
        1 => Cell.Missing,
        2 => Cell.Of(random.Next(-40, 4000) / 4.0),
        _ => Cell.Of((long)random.Next(-5, 600)),
    };

    private Call NextCall(int depth)
    {
        Expression One() => NextExpression(depth);
        Expression Whole(int least, int most) => new Literal(Cell.Of((long)random.Next(least, most)));
        return random.Next(22) switch
        {
            0 => new Call("if", [One(), One(), One()]),
            1 => new Call("coalesce", [One(), One()]),
            2 => new Call("exists", [One()]),
            3 => new Call(Pick("lower", "upper", "trim"), [One()]),
            4 => new Call("len", [One()]),
            5 => new Call("concat", [One(), One(), One()]),
            6 => new Call("substr", random.Next(3) == 0 ? [One(), Whole(0, 4)] : [One(), Whole(0, 4), Whole(0, 9)]),
            7 => new Call("tostring", [One()]),
            8 => new Call("tonumber", [One()]),
            9 => new Call(Pick("contains", "startswith", "endswith"), [One(), One()]),
            10 => new Call("matches", [One(), new PatternLiteral(Pick("\\d+", "^[a-z]", "a|b", "x{2,}"))]),
            11 => new Call("bin", [One(), Whole(1, 100)]),
            12 => new Call("bin", [new FieldReference("time"), new Literal(Cell.Of(Pick(60_000_000_000, 3_600_000_000_000, 7_000_000_000)))]),
            13 => new Call(Pick("abs", "floor", "ceil", "sqrt"), [One()]),
            14 => random.Next(2) == 0 ? new Call("round", [One()]) : new Call("round", [One(), Whole(0, 3)]),
            15 => new Call(Pick("least", "greatest"), [One(), One(), One()]),
            16 => new Call("replace", [One(), new Literal(Cell.Of(Text())), One()]),
            17 => random.Next(2) == 0
                ? new Call("extract", [One(), new PatternLiteral(Pick("\\d+", "(\\w+) (\\S+)", "in (\\d+)"))])
                : new Call("extract", [One(), new PatternLiteral("(?<verb>\\w+) (?<page>\\S+)"), new Literal(Cell.Of(Pick("verb", "page")))]),
            18 => new Call("pattern", [One()]),
            19 => random.Next(2) == 0 ? new Call("now", []) : new Call("age", [Time()]),
            20 => new Call(Pick("totime", "toduration"), [random.Next(2) == 0 ? Time() : One()]),
            _ => new Call(Pick("date", "hour", "minute", "weekday"), [Time()]),
        };
    }

    private FieldReference Time() => new(Pick("time", "time", "at", "big"));

    private Pipe NextPipe()
    {
        switch (random.Next(16))
        {
            case 0 or 1: return new WherePipe(NextExpression(3));
            case 2: return new LimitPipe(random.Next(12));
            case 3: return new ExtendPipe([.. List(1, 3, () => new NamedExpression(NextExpression(3), Pick("a", "b", "ms", "path", "message", "service", "level", "user")))]);
            case 4: return new FieldsPipe([.. List(1, 4, () => Named(NextExpression(1)))], []);
            case 5: return new FieldsPipe([], [.. List(1, 3, () => Pick("path", "status", "service", "a", "message", "time", "trace"))]);
            case 6 or 7: return new SortPipe([.. List(1, 3, () => new SortKey(NextExpression(1), random.Next(2) == 0))]);
            case 8: return new DedupPipe([.. List(1, 3, () => Named(Field()))]);
            case 9 or 10: return new StatsPipe([.. List(1, 4, NextAggregate)], [.. List(0, 3, () => Named(NextExpression(1)))]);
            case 11: return new TimechartPipe(Pick<long?>(600_000_000_000, 3_600_000_000_000, 420_000_000_000, null), [.. List(1, 3, NextAggregate)], [.. List(0, 2, () => Named(Field()))]);
            case 12: return new TopPipe(random.Next(1, 5), [.. List(1, 2, () => Named(Field()))], [.. List(0, 2, () => Named(Field()))]);
            case 13: return random.Next(2) == 0
                ? new PatternsPipe(random.Next(1, 6), [.. List(0, 1, () => Named(Field()))])
                : new FacetsPipe(random.Next(1, 4), [.. List(0, 3, () => Pick(s_fields))]);
            case 14: return new ContextPipe(random.Next(4));
            default: return new ParsePipe(Pick<TextFormat>(
                new JsonFormat(), new LogfmtFormat(), new RegexFormat("(?<verb>GET) (?<path>\\S+)|after (?<a>\\d+)"), new PatternFormat("GET <path> <status> <_> <ms>ms")),
                Pick<Expression>(new FieldReference("message"), new FieldReference("message"), NextExpression(1)));
        }
    }

    private AggregateCall NextAggregate()
    {
        string function = Pick("count", "count", "distinct", "sum", "avg", "min", "max", "first", "last", "values", "stddev", "rate", "p50", "p90", "p95", "p99", "percentile");
        Expression value = random.Next(2) == 0 ? new FieldReference("ms") : NextExpression(1);
        Items<Expression> arguments = function switch
        {
            "count" or "rate" when random.Next(2) == 0 => [],
            "percentile" => [value, new Literal(Cell.Of(12.5))],
            _ => [value],
        };
        return new AggregateCall(function, arguments, Name());
    }

    private NamedExpression Named(Expression expression) => new(expression, Name());

    /// <summary>Columns of one query all differ, as the parser sees to.</summary>
    private string Name() => $"c{_names++}";

    private FieldReference Field() => new(Pick([.. s_fields, "a", "c0", "c1"]));

    private string Text() => text?.Invoke() ?? Pick(s_words);

    private T Pick<T>(params T[] items) => items[random.Next(items.Length)];

    private List<T> List<T>(int least, int most, Func<T> one)
    {
        var list = new List<T>();
        for (int i = random.Next(least, most + 1); i > 0; i--)
            list.Add(one());
        return list;
    }
}
