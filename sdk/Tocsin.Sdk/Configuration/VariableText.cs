using System.Text;

namespace TocsinSdk.Configuration;

/// <summary>Replaces ${NAME} and ${NAME:-default} in a text; "$${" stands for a literal "${".</summary>
internal static class VariableText
{
    /// <param name="text">What was written.</param>
    /// <param name="variable">Looks up a variable; null or empty when it is not set.</param>
    /// <param name="missing">The first variable that is neither set nor has a default; null when none.</param>
    /// <returns>The text; null when a variable is missing.</returns>
    public static string? Expand(string text, Func<string, string?> variable, out string? missing)
    {
        missing = null;
        if (!text.Contains("${", StringComparison.Ordinal))
            return text;
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var rest = text.AsSpan(i);
            if (rest.StartsWith("$${"))
            {
                result.Append("${");
                i += 3;
            }
            else if (rest.StartsWith("${") && rest.IndexOf('}') is > 2 and var end && IsName(NameIn(rest[2..end])))
            {
                var name = NameIn(rest[2..end]).ToString();
                if (variable(name) is { Length: > 0 } value)
                    result.Append(value);
                else if (name.Length + 2 < end)
                    result.Append(rest[(name.Length + 4)..end]);
                else
                    missing ??= name;
                i += end + 1;
            }
            else
            {
                result.Append(text[i++]);
            }
        }
        return missing is null ? result.ToString() : null;
    }

    private static ReadOnlySpan<char> NameIn(ReadOnlySpan<char> inside) =>
        inside.IndexOf(":-") is >= 0 and var at ? inside[..at] : inside;

    private static bool IsName(ReadOnlySpan<char> name)
    {
        foreach (var c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
                return false;
        return name.Length > 0 && !char.IsAsciiDigit(name[0]);
    }
}
