using System.Globalization;
using Tocsin.Query.Aggregates;
using Tocsin.Query.Cells;
using Tocsin.Query.Expressions;
using Tocsin.Query.Logs;
using Tocsin.Query.Plans;

namespace Tocsin.Query.Pipes;

/// <summary>The pieces that pipes are made of.</summary>
internal sealed class PipeParser(PipeScanner scanner)
{
    private const string AfterAs = "a name after as, without quotes or in backticks";

    public PipeScanner Scanner => scanner;

    public bool AtEnd => scanner.AtPipeEnd;

    public bool TakeWord(string word) => scanner.TakeWord(word);

    public Expression Expression() => new ExpressionParser(scanner).Parse();

    public string Name(string expected)
    {
        int at = scanner.Position;
        bool quoted = scanner.Next == '`';
        string name = scanner.Name(expected);
        return quoted || !LiteralText.IsReserved(name) ? name : throw new LogQueryException(at, expected, $"'{name}'");
    }

    /// <summary>At least one name.</summary>
    public Items<string> Names(string expected)
    {
        var names = new List<string> { Name(expected) };
        while (scanner.Take(','))
            names.Add(Name(expected));
        return [.. names];
    }

    public long Whole(string expected, long least, long most)
    {
        int at = scanner.Position;
        string word = scanner.NumberWord();
        return long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            && number >= least && number <= most
                ? number
                : throw new LogQueryException(at, expected, FoundWord.At(scanner.Text, at));
    }

    public bool AtNumber => char.IsAsciiDigit(scanner.Next);

    /// <summary>Nanoseconds.</summary>
    public long Length(string expected)
    {
        int at = scanner.Position;
        string word = scanner.NumberWord();
        return TimeText.Length(word) is > 0 and { } nanos
            ? nanos
            : throw new LogQueryException(at, expected, FoundWord.At(scanner.Text, at));
    }

    /// <summary>[by] key, key, … or nothing. Columns have names of their own.</summary>
    public Items<NamedExpression> Keys(HashSet<string> taken) =>
        TakeWord("by") ? NamedList(taken, "a field or an expression") : [];

    /// <summary>expression [as name], or name = expression.</summary>
    public Items<NamedExpression> NamedList(HashSet<string> taken, string expected)
    {
        var list = new List<NamedExpression>();
        do
        {
            int at = scanner.Position;
            if (AtEnd)
                throw scanner.Wrong(expected);
            string? name = TakeAssignment();
            Expression expression = Expression();
            if (name is null && TakeWord("as"))
                name = Name(AfterAs);
            list.Add(new NamedExpression(expression, Claim(taken, name, NamedExpression.DefaultName(expression), at)));
        }
        while (scanner.Take(','));
        return [.. list];
    }

    /// <summary>function(x) [as name], …</summary>
    public Items<AggregateCall> Aggregates(HashSet<string> taken)
    {
        var calls = new List<AggregateCall>();
        do
            calls.Add(AggregateOf(taken));
        while (scanner.Take(','));
        return [.. calls];
    }

    public LogQueryException Wrong(string expected) => scanner.Wrong(expected);

    /// <summary>What is expected where a name was written that nobody knows: a similar one goes first.</summary>
    public static string Like(string written, IEnumerable<string> names, string expected) =>
        NearName.Of(written, names) is { } near ? $"{near}, or {expected}" : expected;

    /// <summary>name = in front of an expression; null, with nothing taken, when there is none.</summary>
    private string? TakeAssignment()
    {
        int start = scanner.Position;
        if (scanner.AtName)
        {
            string name = scanner.Name("a name");
            if (scanner.Next == '=' && !scanner.TakeSign("==") && scanner.Take('='))
                return name;
        }
        scanner.Position = start;
        return null;
    }

    private AggregateCall AggregateOf(HashSet<string> taken)
    {
        int at = scanner.Position;
        string expected = $"a function such as {string.Join(", ", AggregateTable.Names)} or p95";
        string? name = TakeAssignment();
        string function = scanner.Name(expected);
        if (AggregateTable.Find(function) is not { } found)
            throw new LogQueryException(at, Like(function, AggregateTable.Names, expected), $"'{function}'");
        if (!scanner.Take('('))
            throw scanner.Wrong($"'(' after {function}, as in {function}({(found.Least == 0 ? "" : "x")})");
        var arguments = new List<Expression>();
        while (!scanner.Take(')'))
        {
            if (arguments.Count > 0 && !scanner.Take(','))
                throw scanner.Wrong($"',' or the closing bracket ')' of {function}( )");
            arguments.Add(Expression());
        }
        if (arguments.Count < found.Least || arguments.Count > found.Most)
            throw new LogQueryException(at, ExpressionParser.Arity(found.Name, found.Least, found.Most), $"{arguments.Count}");
        if (found.Name == "percentile" && AggregateTable.PercentOf(arguments[1]) is null)
            throw new LogQueryException(at, "a number from 0 to 100 as the second argument of percentile( )",
                $"{arguments[1]}");
        if (name is null && TakeWord("as"))
            name = Name(AfterAs);
        Items<Expression> items = [.. arguments];
        string usual = AggregateCall.DefaultName(found.Name, items);
        return new AggregateCall(found.Name, items, Claim(taken, name, usual, at));
    }

    /// <summary>A name for a column: the one that was given, if it is free, else the usual one, made free.</summary>
    private static string Claim(HashSet<string> taken, string? given, string usual, int at)
    {
        if (given is not null)
            return taken.Add(given)
                ? given
                : throw new LogQueryException(at, "another name for this column", $"'{given}' twice");
        string name = usual;
        for (int i = 2; !taken.Add(name); i++)
            name = $"{usual}_{i}";
        return name;
    }
}
