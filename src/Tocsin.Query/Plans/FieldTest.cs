using Tocsin.Query.Logs;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Plans;

/// <summary>What is asked of one field.</summary>
public abstract record FieldTest
{
    public sealed override string ToString() => Print();

    /// <param name="at">Where the value stands in the text; errors name it.</param>
    internal abstract Predicate On(LogField field, int at);

    private protected abstract string Print();
}

/// <summary>The field has these words, side by side.</summary>
public sealed record HasWords(string Text) : FieldTest
{
    internal override Predicate On(LogField field, int at) => field.Has(Text, at);

    private protected override string Print() => FilterText.Quoted(Text);
}

/// <summary>The value, or a word of it, fits a pattern.</summary>
/// <param name="Pattern">As written: '\' takes the meaning from the next character.</param>
public sealed record FitsPattern(string Pattern) : FieldTest
{
    internal override Predicate On(LogField field, int at) => field.Like(Pattern, at);

    private protected override string Print() => Pattern;
}

/// <summary>The value matches a regular expression.</summary>
public sealed record FitsRegex(string Pattern) : FieldTest
{
    internal override Predicate On(LogField field, int at) => field.Regex(Pattern, at);

    private protected override string Print() => RegexText.Print(Pattern);
}

/// <summary>The whole value, case and all.</summary>
public sealed record IsExactly(string Text) : FieldTest
{
    internal override Predicate On(LogField field, int at) => field.Exactly(Text, at);

    private protected override string Print() => $"={FilterText.Quoted(Text)}";
}

/// <summary>The value lies on one side of a bound.</summary>
public sealed record Compares(Comparison Comparison, string Bound) : FieldTest
{
    internal override Predicate On(LogField field, int at) => field.Compare(Comparison, Bound, at);

    private protected override string Print() => Sign + FilterText.Quoted(Bound);

    private string Sign => Comparison switch
    {
        Comparison.Less => "<",
        Comparison.LessOrEqual => "<=",
        Comparison.Greater => ">",
        _ => ">=",
    };
}

/// <summary>The record has the field.</summary>
public sealed record IsThere : FieldTest
{
    internal override Predicate On(LogField field, int at) => field.Exists();

    private protected override string Print() => "*";
}
