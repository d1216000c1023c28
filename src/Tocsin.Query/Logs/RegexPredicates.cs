using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Logs;

/// <summary>The value of a field matches a regular expression somewhere.</summary>
internal sealed record FieldFits(FieldPath Field, string Pattern) : FieldPredicate(Field)
{
    private readonly Regex _regex = RegexText.Create(Pattern, 0);

    protected override bool Test(FieldValue value) => RegexMatch.Of(_regex, value);

    public override string ToString() => $"{Field} fits {RegexText.Print(Pattern)}";
}

/// <summary>The text of the record matches a regular expression somewhere.</summary>
internal sealed record TextFits(string Pattern) : TextPredicate
{
    private readonly Regex _regex = RegexText.Create(Pattern, 0);

    protected override bool Test(FieldValue value) => RegexMatch.Of(_regex, value);

    public override string ToString() => $"text fits {RegexText.Print(Pattern)}";
}

/// <summary>Matches without making a string of the value.</summary>
internal static class RegexMatch
{
    private const int OnStack = 512;

    public static bool Of(Regex regex, FieldValue value)
    {
        if (value.Kind == ValueKind.Null)
            return false;
        if (value.Kind != ValueKind.String)
            return regex.IsMatch(value.ToString());
        ReadOnlySpan<byte> utf8 = value.Payload;
        if (utf8.Length <= OnStack)
        {
            Span<char> text = stackalloc char[OnStack];
            return regex.IsMatch(text[..Encoding.UTF8.GetChars(utf8, text)]);
        }
        char[] rented = ArrayPool<char>.Shared.Rent(utf8.Length);
        try
        {
            return regex.IsMatch(rented.AsSpan(0, Encoding.UTF8.GetChars(utf8, rented)));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }
}
