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

/// <summary>Records and plans of every kind, small enough to meet each other.</summary>
/// <param name="text">Gives free text; plans that are to be answered use words of the data instead.</param>
internal sealed class RandomPlans(Random random, Func<string>? text = null)
{
    private static readonly string[] s_fields =
        ["status", "path", "ms", "user", "service", "level", "message", "time", "tags", "obj.a", "flag", "trace", "nope"];

    private static readonly string[] s_words =
        ["timeout", "GET", "/api/v1", "Ünïcode", "", "500", "-1.5", "007", "7", "a_b", "reset by peer", "true", "error", "x", "api", "Ann"];

    private static readonly string[] s_messages =
    [
        "GET /api/v1 500 in 12ms", "GET /api/v2 200 in 7ms", "connection reset by peer", "Timeout after 30s", "Ünïcode ÜBER alles", "",
        "user=ann ms=12 msg=\"a b\" ok", "{\"user\":{\"id\":7},\"ok\":true,\"l\":[1,\"x\"],\"n\":null,\"d\":1.5}", "a_b a-b a.b", "{not json",
        "order 17 of 8f3a9c2e41 took 250ms", new string('z', 5000) + " 7",
    ];

    private int _names;

    public SomeLog[] Records(int most)
    {
        SomeLog[] logs = new SomeLog[random.Next(most + 1)];
        for (int i = 0; i < logs.Length; i++)
        {
            // Mostly one hour out of order, with repeats; sometimes far away.
            Instant time = random.Next(30) switch
            {
                0 => new Instant(long.MinValue + TimeSpan.TicksPerMinute * 100 + random.Next(3)),
                1 => new Instant(long.MaxValue - random.Next(3)),
                2 => new Instant(0),
                3 => Some.Noon.Add(TimeSpan.FromDays(random.Next(-4000, 4000))),
                _ => Some.Noon.Add(TimeSpan.FromSeconds(random.Next(-60, 3660) / 20 * 20)),
            };
            var attributes = new List<(string, object?)>();
            Maybe(attributes, "status", () => Pick<object?>(200, 404, 500, "500", "500.0", 500.0, "abc", null));
            Maybe(attributes, "path", () => Pick("/api/v1", "/api/v2", "/health", "", "GET"));
            Maybe(attributes, "ms", () => Pick<object?>(random.Next(100), random.Next(100) / 4.0, "12", -5, random.Next(9) == 0 ? double.NaN : 0.5));
            Maybe(attributes, "user", () => Pick<object?>("Ann", "ann", "", null, "Bob Lee", new string('x', random.Next(3) == 0 ? 3000 : 2)));
            Maybe(attributes, "tags", () => new object?[] { "a", Pick<object?>("x", 7, null), true });
            Maybe(attributes, "obj", () => new Dictionary<string, object?> { ["a"] = Pick<object?>(1, "x", null) });
            Maybe(attributes, "flag", () => Pick<object?>(true, false, "true", new byte[] { 0xAB }));
            logs[i] = new SomeLog(random.Next(12) == 0 ? null : Pick(s_messages), time)
            {
                Severity = (byte)Pick(0, 1, 9, 9, 13, 17, 18, 21),
                Service = Pick("api", "web", "api-gateway"),
                Host = Pick("box", "other"),
                TraceId = random.Next(2) == 0 ? [] : Some.TraceId(0xAA + random.Next(3)),
                Attributes = [.. attributes],
            };
        }
        return logs;
    }

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

    public Filter NextFilter(int depth) => random.Next(depth > 0 ? 12 : 8) switch
    {
        0 => depth == 3 ? Filter.All : new Words(Text()),
        1 => new Words(Text()),
        2 => new WordsLike(Pick("ti*", "*set", "G?T", "*a*", "ü*")),
        3 => new TextRegex(Pick("in\\ \\d+ms", "^G", "[rR]eset|Time", "/v\\d", "(?i)über")),
        4 or 5 or 6 or 7 => NextTerm(),
        8 => new Negation(NextFilter(depth - 1)),
        9 => new Either([Part(depth), Part(depth)]),
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
        9 => new Binary((BinaryOperator)random.Next(8, 11), NextExpression(depth - 1), NextExpression(depth - 1)),
        10 => new Unary(true, NextExpression(depth - 1)),
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
            return new FieldFilter(field, Pick<FieldTest>(
                new HasWords("error"), new IsExactly("warn"), new Compares((Comparison)random.Next(4), "warn"), new FitsRegex("^(err|inf)"), new IsThere()));
        if (field == "trace")
            return new FieldFilter(field, random.Next(2) == 0 ? new HasWords(Convert.ToHexStringLower(Some.TraceId(0xAB))) : new IsThere());
        return new FieldFilter(field, random.Next(6) switch
        {
            0 => new HasWords(Text()),
            1 => new IsExactly(Text()),
            2 => new Compares((Comparison)random.Next(4), Pick("500", "12.5", "-5", "abc", "Ann", "7")),
            3 => new FitsPattern(Pick("/api/*", "a*", "5??", "*n*", "?x")),
            4 => new FitsRegex(Pick("^/api", "5\\d\\d", "n$", "[a-c]", "/v1$")),
            _ => new IsThere(),
        });
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
        return random.Next(12) switch
        {
            0 => new Call("if", [One(), One(), One()]),
            1 => new Call("coalesce", [One(), One()]),
            2 => new Call("exists", [One()]),
            3 => new Call(Pick("lower", "upper"), [Field()]),
            4 => new Call("len", [One()]),
            5 => new Call("concat", [One(), One(), One()]),
            6 => new Call("substr", [One(), Whole(0, 4), Whole(0, 9)]),
            7 => new Call("tostring", [One()]),
            8 => new Call("tonumber", [One()]),
            9 => new Call("contains", [One(), One()]),
            10 => new Call("matches", [One(), new PatternLiteral(Pick("\\d+", "^[a-z]", "a|b", "x{2,}"))]),
            _ => new Call("bin", [One(), Whole(1, 100)]),
        };
    }

    private Pipe NextPipe()
    {
        switch (random.Next(16))
        {
            case 0 or 1: return new WherePipe(NextExpression(3));
            case 2: return new LimitPipe(random.Next(12));
            case 3: return new ExtendPipe([.. List(1, 3, () => new NamedExpression(NextExpression(3), Pick("a", "b", "ms", "path")))]);
            case 4: return new FieldsPipe([.. List(1, 4, () => Named(NextExpression(1)))], []);
            case 5: return new FieldsPipe([], [.. List(1, 3, () => Pick("path", "status", "service", "a"))]);
            case 6 or 7: return new SortPipe([.. List(1, 3, () => new SortKey(NextExpression(1), random.Next(2) == 0))]);
            case 8: return new DedupPipe([.. List(1, 3, () => Named(Field()))]);
            case 9 or 10: return new StatsPipe([.. List(1, 4, NextAggregate)], [.. List(0, 3, () => Named(NextExpression(1)))]);
            case 11: return new TimechartPipe(Pick(600_000_000_000, 3_600_000_000_000, 420_000_000_000), [.. List(1, 3, NextAggregate)], [.. List(0, 2, () => Named(Field()))]);
            case 12: return new TopPipe(random.Next(1, 5), [.. List(1, 2, () => Named(Field()))], [.. List(0, 2, () => Named(Field()))]);
            case 13: return random.Next(2) == 0
                ? new PatternsPipe(random.Next(1, 6), [.. List(0, 1, () => Named(Field()))])
                : new FacetsPipe(random.Next(1, 4), [.. List(1, 3, () => Pick(s_fields))]);
            case 14: return new ContextPipe(random.Next(4));
            default: return new ParsePipe(Pick<TextFormat>(
                new JsonFormat(), new LogfmtFormat(), new RegexFormat("(?<verb>GET) (?<path>\\S+)|after (?<a>\\d+)"), new PatternFormat("GET <path> <status> <_> <ms>ms")),
                Pick<Expression>(new FieldReference("message"), new FieldReference("message"), NextExpression(1)));
        }
    }

    private AggregateCall NextAggregate()
    {
        string function = Pick("count", "count", "distinct", "sum", "avg", "min", "max", "first", "last", "values", "stddev", "rate", "p50", "p99", "percentile");
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

    private void Maybe(List<(string, object?)> attributes, string name, Func<object?> value)
    {
        if (random.Next(4) != 0)
            attributes.Add((name, value()));
    }
}
