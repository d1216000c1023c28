namespace Tocsin.Diagnosis;

/// <summary>
/// How a rule names exception types: "System.TimeoutException" (the whole name), "TimeoutException" (the last part, in
/// any
/// namespace or package of any language), "*Timeout" (an ending of the last part).
/// </summary>
internal readonly record struct TypePattern(string Text)
{
    private bool IsEnding => Text[0] == '*';
    private bool IsWhole => !IsEnding && Text.Contains('.');

    /// <summary>The more a pattern says, the more it counts; see <see cref="Rule.Rank"/>.</summary>
    public int Weight => IsEnding ? 5 : IsWhole ? 8 : 7;

    public bool Matches(string type, string baseName) =>
        IsEnding ? baseName.EndsWith(Text.AsSpan(1), StringComparison.Ordinal)
        : IsWhole ? type.Equals(Text, StringComparison.Ordinal)
        : baseName.Equals(Text, StringComparison.Ordinal);

    /// <summary>"Npgsql.NpgsqlException" → "NpgsqlException"; "a.B$C" and "A+B" → the innermost; "List`1" →
    /// "List".</summary>
    public static string BaseName(string type)
    {
        int generic = type.IndexOfAny(['`', '[', '<']);
        string plain = generic > 0 ? type[..generic] : type;
        int cut = plain.AsSpan().TrimEnd('.').LastIndexOfAny(['.', '$', '+', '/', ':']);
        return plain[(cut + 1)..];
    }
}
