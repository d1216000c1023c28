using System.Globalization;
using System.Text;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Logs;
using Tocsin.Query.Plans;

namespace Tocsin.Query.Expressions;

/// <summary>Gives the value of an expression for one row.</summary>
internal delegate Cell Evaluator(in PipeRow row);

/// <summary>A computation on one row, as a tree. Its text parses back to an equal tree.</summary>
public abstract record Expression
{
    public sealed override string ToString() => Print();

    /// <summary>A fresh evaluator for one query; it may keep buffers, so one thread.</summary>
    internal abstract Evaluator Compile(QueryContext context);

    /// <summary>Names the fields it looks at.</summary>
    internal abstract void AddFields(FieldUse use);

    private protected abstract string Print();

    /// <summary>In brackets where the tree would read differently without.</summary>
    private protected static string Inner(Expression part) =>
        part is Binary or Unary ? $"({part})" : part.ToString();
}

/// <summary>A value as written.</summary>
public sealed record Literal(Cell Value) : Expression
{
    internal override Evaluator Compile(QueryContext context)
    {
        Cell value = Value;
        return (in PipeRow _) => value;
    }

    internal override void AddFields(FieldUse use)
    {
    }

    private protected override string Print() => Value.Kind switch
    {
        CellKind.Text => LiteralText.Quoted(Value.ToString()),
        CellKind.Double => Real(Value.AsDouble),
        CellKind.Missing => "null",
        _ => Value.ToString(),
    };

    /// <summary>Always with a point or an exponent, so that it stays a fraction.</summary>
    private static string Real(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }
}

/// <summary>A field by name.</summary>
public sealed record FieldReference(string Name) : Expression
{
    internal override Evaluator Compile(QueryContext context) => new FieldSource(Name).Get;

    internal override void AddFields(FieldUse use) => use.Add(Name);

    private protected override string Print() => LiteralText.Name(Name);
}

/// <summary>A condition on one field in the words of the filter, for example path:"/health".</summary>
public sealed record FilterTerm(FieldFilter Filter) : Expression
{
    internal override Evaluator Compile(QueryContext context)
    {
        var match = new RowFilter(Filter);
        return (in PipeRow row) => Cell.Of(match.Matches(row));
    }

    internal override void AddFields(FieldUse use) => use.Add(Filter.Field);

    private protected override string Print() => $"{LiteralText.Name(Filter.Field)}:{Filter.Test}";
}

/// <summary>A regular expression between slashes, as a function's argument.</summary>
public sealed record PatternLiteral(string Pattern) : Expression
{
    internal override Evaluator Compile(QueryContext context)
    {
        Cell pattern = Cell.Of(Pattern);
        return (in PipeRow _) => pattern;
    }

    internal override void AddFields(FieldUse use)
    {
    }

    private protected override string Print() => RegexText.Print(Pattern);
}

/// <summary>Spells names and texts so that they parse back.</summary>
internal static class LiteralText
{
    public static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c is '_' or '@';

    public static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '@' or '.';

    /// <summary>Words that mean something else inside an expression or a list of names.</summary>
    private static readonly HashSet<string> s_reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "and", "or", "not", "true", "false", "null", "by", "as", "from", "in",
    };

    public static bool IsReserved(string name) => s_reserved.Contains(name);

    public static string Name(string name) =>
        name.Length > 0 && IsNameStart(name[0]) && name.All(IsNamePart) && !s_reserved.Contains(name)
            ? name
            : $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";

    public static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"", text.Length + 2);
        foreach (char c in text)
        {
            string? escaped = c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ => null,
            };
            if (escaped is null)
                quoted.Append(c);
            else
                quoted.Append(escaped);
        }
        return quoted.Append('"').ToString();
    }
}
