using System.Globalization;
using Tocsin.Query.Cells;
using Tocsin.Query.Expressions;
using Tocsin.Query.Logs;
using Tocsin.Query.Plans;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Pipes;

/// <summary>
/// Recursive descent over an expression.
/// <code>
/// or  := and (("or" | "||") and)*            and := not (("and" | "&amp;&amp;") not)*        not := ("not" | "!") not
/// | comparison comparison := sum (("==" | "=" | "!=" | "&lt;" …) sum | "in" "(" list ")")? sum := product (("+" | "-")
/// product)*      product := sign (("*" | "/" | "%") sign)*    sign := "-" sign | primary primary := "(" or ")" |
/// number | 500ms | "text" | /regex/ | true | false | null | name ":" test | name "(" list ")" | name
/// </code>
/// </summary>
internal sealed class ExpressionParser(PipeScanner scanner)
{
    /// <summary>Signs and calls in one expression; evaluation recurses through them.</summary>
    private const int MostNodes = 300;

    private int _nodes;

    public Expression Parse() => Or();

    private Expression Or()
    {
        Expression left = And();
        while (scanner.TakeWord("or") || scanner.TakeSign("||"))
            left = Node(new Binary(BinaryOperator.Or, left, And()));
        return left;
    }

    private Expression And()
    {
        Expression left = Not();
        while (scanner.TakeWord("and") || scanner.TakeSign("&&"))
            left = Node(new Binary(BinaryOperator.And, left, Not()));
        return left;
    }

    private Expression Not()
    {
        if (!scanner.TakeWord("not") && !(scanner.Next == '!' && scanner.TakeSign("!")))
            return Comparison();
        Count();
        return new Unary(true, Not());
    }

    private Expression Comparison()
    {
        Expression left = Sum();
        if (TakeComparison() is { } sign)
            return Node(new Binary(sign, left, Sum()));
        return scanner.TakeWord("in") ? In(left) : left;
    }

    private Expression In(Expression left)
    {
        if (!scanner.Take('('))
            throw scanner.Wrong("'(' after in");
        Expression? any = null;
        do
        {
            Expression one = Node(new Binary(BinaryOperator.Equal, left, Sum()));
            any = any is null ? one : Node(new Binary(BinaryOperator.Or, any, one));
        }
        while (scanner.Take(','));
        return Closed(any);
    }

    private BinaryOperator? TakeComparison()
    {
        if (scanner.AtStrangeComparison)
            throw scanner.Wrong("a comparison: ==, !=, <, <=, > or >=");
        if (scanner.TakeSign("=="))
            return BinaryOperator.Equal;
        if (scanner.TakeSign("!="))
            return BinaryOperator.NotEqual;
        if (scanner.TakeSign("<="))
            return BinaryOperator.LessOrEqual;
        if (scanner.TakeSign(">="))
            return BinaryOperator.GreaterOrEqual;
        if (scanner.Take('='))
            return BinaryOperator.Equal;
        return scanner.Take('<') ? BinaryOperator.Less : scanner.Take('>') ? BinaryOperator.Greater : null;
    }

    private Expression Sum()
    {
        Expression left = Product();
        while (true)
        {
            if (scanner.Take('+'))
                left = Node(new Binary(BinaryOperator.Add, left, Product()));
            else if (scanner.Take('-'))
                left = Node(new Binary(BinaryOperator.Subtract, left, Product()));
            else
                return left;
        }
    }

    private Expression Product()
    {
        Expression left = Sign();
        while (true)
        {
            if (scanner.Take('*'))
                left = Node(new Binary(BinaryOperator.Multiply, left, Sign()));
            else if (scanner.Take('/'))
                left = Node(new Binary(BinaryOperator.Divide, left, Sign()));
            else if (scanner.Take('%'))
                left = Node(new Binary(BinaryOperator.Remainder, left, Sign()));
            else
                return left;
        }
    }

    private Expression Sign()
    {
        if (!scanner.Take('-'))
            return Primary();
        Count();
        return char.IsAsciiDigit(scanner.Next) ? Number("-") : new Unary(false, Sign());
    }

    private Expression Primary()
    {
        Count();
        if (scanner.Take('('))
            return Closed(Or());
        if (char.IsAsciiDigit(scanner.Next))
            return Number("");
        if (scanner.Next is '"' or '\'')
            return new Literal(Cell.Of(scanner.Quoted("a text")));
        if (scanner.Next == '/')
            return new PatternLiteral(scanner.Regex("a regular expression"));
        if (scanner.TakeWord("true"))
            return new Literal(Cell.Of(true));
        if (scanner.TakeWord("false"))
            return new Literal(Cell.Of(false));
        if (scanner.TakeWord("null"))
            return new Literal(Cell.Missing);
        return Named();
    }

    private Expression Named()
    {
        int at = scanner.Position;
        bool quoted = scanner.Next == '`';
        string name = scanner.Name("a value, a field or a function", keepSpace: true);
        if (!quoted && LiteralText.IsReserved(name))
        {
            scanner.Position = at;
            throw new LogQueryException(at, "a value, a field or a function", $"'{name}'");
        }
        if (scanner.Next == ':')
            return Test(name);
        scanner.SkipSpace();
        return !quoted && scanner.Take('(') ? Function(name, at) : new FieldReference(name);
    }

    private Expression Function(string name, int at)
    {
        Function function = FunctionTable.Find(name)
            ?? throw new LogQueryException(
                at, PipeParser.Like(name, FunctionTable.All.Select(f => f.Name), "a function such as if, lower, bin or tonumber"), $"'{name}'");
        var arguments = new List<Expression>();
        int argumentAt = scanner.Position;
        while (!scanner.Take(')'))
        {
            if (arguments.Count > 0 && !scanner.Take(','))
                throw scanner.Wrong($"',' or the closing bracket ')' of {function.Name}( )");
            argumentAt = scanner.Position;
            arguments.Add(Or());
            if (function.PatternAt == arguments.Count - 1 != arguments[^1] is PatternLiteral)
                throw new LogQueryException(argumentAt, function.PatternAt == arguments.Count - 1
                    ? $"a regular expression such as /re/ here in {function.Name}( )" : "a value", FoundWord.At(scanner.Text, argumentAt));
        }
        if (arguments.Count < function.Least || arguments.Count > function.Most)
            throw new LogQueryException(at, Arity(function.Name, function.Least, function.Most), $"{arguments.Count}");
        return new Call(function.Name, [.. arguments]);
    }

    public static string Arity(string function, int least, int most) =>
        $"{(least == most ? $"{least}" : $"{least} to {most}")} argument{(most == 1 ? "" : "s")} for {function}( )";

    /// <summary>field:test, in the words of the filter.</summary>
    private Expression Test(string name)
    {
        var words = new LogQueryScanner(scanner.Text) { Position = scanner.Position + 1, StopAtComma = true };
        Filter filter = new LogQueryParser(words).ValueOf(name);
        scanner.Position = words.Position;
        scanner.SkipSpace();
        return Of(filter);
    }

    private Expression Of(Filter filter)
    {
        Count();
        return filter switch
        {
            Both both => both.Parts.Select(Of).Aggregate((a, b) => new Binary(BinaryOperator.And, a, b)),
            Either either => either.Parts.Select(Of).Aggregate((a, b) => new Binary(BinaryOperator.Or, a, b)),
            Negation not => new Unary(true, Of(not.Part)),
            _ => new FilterTerm((FieldFilter)filter),
        };
    }

    private Literal Number(string sign)
    {
        int at = scanner.Position;
        string word = sign + scanner.NumberWord();
        if (long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
            return new Literal(Cell.Of(whole));
        if (double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double real)
            && double.IsFinite(real))
            return new Literal(Cell.Of(real));
        if (TimeText.Length(word.AsSpan(sign.Length)) is { } nanos)
            return new Literal(Cell.Of(sign.Length > 0 ? -nanos : nanos));
        throw new LogQueryException(at, "a number such as 500, 1.5 or 250ms", $"'{word}'");
    }

    private Expression Closed(Expression inner) =>
        scanner.Take(')') ? inner : throw scanner.Wrong("a closing bracket ')'");

    private Expression Node(Expression node)
    {
        Count();
        return node;
    }

    private void Count()
    {
        if (++_nodes > MostNodes)
            throw new LogQueryException(scanner.Position, $"at most {MostNodes} parts in an expression", "more");
    }
}
