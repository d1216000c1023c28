using System.Text;

namespace Tocsin.Protocols.Elasticsearch.Queries;

/// <summary>Java's patterns of dates, such as yyyy-MM-dd'T'HH:mm, in .NET's spelling.</summary>
internal static class JavaDateFormat
{
    private const int Longest = 64;

    /// <summary>Null when a letter has no counterpart.</summary>
    public static string? ToDotnet(string java)
    {
        if (java.Length is 0 or > Longest)
            return null;
        var pattern = new StringBuilder();
        for (int i = 0; i < java.Length;)
        {
            char c = java[i];
            int end = i + 1;
            if (c == '\'')
            {
                end = java.IndexOf('\'', i + 1) + 1;
                if (end == 0)
                    return null;
                pattern.Append(end == i + 2 ? "\\'" : java[i..end]);
            }
            else if (char.IsAsciiLetter(c))
            {
                while (end < java.Length && java[end] == c)
                    end++;
                if (Letters(c, end - i) is not { } letters)
                    return null;
                pattern.Append(letters);
            }
            else
            {
                pattern.Append(c is ':' or '/' or '%' or '"' or '\\' ? $"\\{c}" : c.ToString());
            }
            i = end;
        }
        // One letter alone would be one of .NET's own formats.
        return pattern.Length == 1 ? "%" + pattern : pattern.ToString();
    }

    private static string? Letters(char letter, int count) => letter switch
    {
        'y' or 'u' => count is 2 or 4 ? new string('y', count) : count == 1 ? "yyyy" : null,
        'M' or 'd' or 'H' or 'h' or 'm' or 's' => count <= 4 ? new string(letter, count) : null,
        'E' => count <= 3 ? "ddd" : "dddd",
        'S' => count <= 7 ? new string('f', count) : null,
        'a' => "tt",
        'X' => count == 1 ? "zz" : "K",
        'Z' or 'x' => "zzz",
        _ => null,
    };
}
