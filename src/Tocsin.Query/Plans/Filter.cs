using System.Text;
using Tocsin.Query.Logs;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Plans;

/// <summary>
/// What was written before the first pipe, as a tree. Its text parses back to an equal tree; the text of the whole line
/// is made of the same parts.
/// </summary>
public abstract record Filter
{
    /// <summary>Every record.</summary>
    public static Filter All { get; } = new AllRecords();

    public sealed override string ToString() => Print();

    /// <summary>Never fails on a tree that the parser has made.</summary>
    internal abstract Predicate ToPredicate();

    private protected abstract string Print();

    private protected static string Inner(Filter part) => part is Both or Either ? $"({part})" : part.ToString();

    private sealed record AllRecords : Filter
    {
        internal override Predicate ToPredicate() => Predicate.All;

        private protected override string Print() => "*";
    }
}

/// <summary>All parts hold.</summary>
/// <param name="Parts">At least two.</param>
public sealed record Both(Items<Filter> Parts) : Filter
{
    internal override Predicate ToPredicate() => new And([.. Parts.Select(p => p.ToPredicate())]);

    private protected override string Print() => string.Join(' ', Parts.Select(Inner));
}

/// <summary>At least one part holds.</summary>
/// <param name="Parts">At least two.</param>
public sealed record Either(Items<Filter> Parts) : Filter
{
    internal override Predicate ToPredicate() => new Or([.. Parts.Select(p => p.ToPredicate())]);

    private protected override string Print() => string.Join(" OR ", Parts.Select(Inner));
}

/// <summary>The part does not hold; also true of a record without the field.</summary>
public sealed record Negation(Filter Part) : Filter
{
    internal override Predicate ToPredicate() => new Not(Part.ToPredicate());

    private protected override string Print() => $"NOT {Inner(Part)}";
}

/// <summary>The words stand side by side in the text of the record.</summary>
public sealed record Words(string Text) : Filter
{
    internal override Predicate ToPredicate() => new TextContains(Text);

    private protected override string Print() => FilterText.Quoted(Text);
}

/// <summary>A word of the text fits a pattern.</summary>
/// <param name="Pattern">As written: '\' takes the meaning from the next character.</param>
public sealed record WordsLike(string Pattern) : Filter
{
    internal override Predicate ToPredicate() => new TextMatches(Pattern);

    private protected override string Print() => Pattern;
}

/// <summary>The text matches a regular expression.</summary>
public sealed record TextRegex(string Pattern) : Filter
{
    internal override Predicate ToPredicate() => new TextFits(Pattern);

    private protected override string Print() => RegexText.Print(Pattern);
}

/// <summary>A condition on one field.</summary>
public sealed record FieldFilter(string Field, FieldTest Test) : Filter
{
    internal override Predicate ToPredicate() => Test.On(LogField.Named(Field), 0);

    private protected override string Print() => $"{FilterText.Name(Field)}:{Test}";
}

/// <summary>Spells parts of a filter so that they parse back.</summary>
internal static class FilterText
{
    /// <summary>In quotes; inside them only the quote and the backslash mean something.</summary>
    public static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    public static string Name(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '@'))
                text.Append('\\');
            text.Append(c);
        }
        return text.ToString();
    }
}
