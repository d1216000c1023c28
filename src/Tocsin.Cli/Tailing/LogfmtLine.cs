using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tocsin.Cli.Tailing;

/// <summary>Reads key=value pairs, values bare or in quotes; a bare number or boolean keeps its type.</summary>
internal static class LogfmtLine
{
    private const int MaxPairs = 500;
    private const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    /// <summary>Null when the line is not made of pairs.</summary>
    public static IReadOnlyList<(string Key, string Value, bool Quoted)>? Parse(string line)
    {
        List<(string, string, bool)> pairs = [];
        int at = 0;
        while (true)
        {
            while (at < line.Length && line[at] == ' ')
                at++;
            if (at == line.Length)
                return pairs.Count > 0 ? pairs : null;
            int start = at;
            while (at < line.Length && line[at] is not ('=' or ' ' or '"'))
                at++;
            if (at == start || pairs.Count == MaxPairs)
                return null;
            string key = line[start..at];
            if (at == line.Length || line[at] == ' ')
                pairs.Add((key, "true", false));
            else if (line[at] == '"')
                return null;
            else if (++at < line.Length && line[at] == '"')
            {
                if (Quoted(line, ref at) is not { } value)
                    return null;
                pairs.Add((key, value, true));
            }
            else
            {
                start = at;
                while (at < line.Length && line[at] != ' ')
                    at++;
                pairs.Add((key, line[start..at], false));
            }
        }
    }

    public static void Write(IReadOnlyList<(string Key, string Value, bool Quoted)> pairs, Utf8JsonWriter json)
    {
        foreach ((string key, string value, bool quoted) in pairs)
        {
            // Only what is written back the same is a number: 007 and 1.50 are texts.
            if (!quoted && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole)
                && whole.ToString(CultureInfo.InvariantCulture) == value)
                json.WriteNumber(key, whole);
            else if (!quoted && double.TryParse(value, Decimal, CultureInfo.InvariantCulture, out double real)
                && real.ToString("R", CultureInfo.InvariantCulture) == value)
                json.WriteNumber(key, real);
            else if (!quoted && value is "true" or "false")
                json.WriteBoolean(key, value == "true");
            else
                json.WriteString(key, value);
        }
    }

    private static string? Quoted(string line, ref int at)
    {
        var value = new StringBuilder();
        for (at++; at < line.Length; at++)
        {
            if (line[at] == '"')
            {
                at++;
                return at == line.Length || line[at] == ' ' ? value.ToString() : null;
            }
            if (line[at] == '\\' && at + 1 < line.Length)
            {
                at++;
                value.Append(line[at] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', char other => other });
                continue;
            }
            value.Append(line[at]);
        }
        return null;
    }
}
