using System.Text;

namespace TocsinSdk.Debugging;

/// <summary>One metric of /metrics with its series.</summary>
internal sealed record MetricFamily(string Name, string Type, string Help)
{
    /// <summary>Name when it is not the family's ("_sum"), labels in braces, value; as in the text.</summary>
    public List<(string Name, string Labels, string Value)> Series { get; } = [];
}

/// <summary>Takes the text of /metrics apart again, for a table.</summary>
internal static class MetricsText
{
    public static List<MetricFamily> Parse(ReadOnlySpan<byte> text)
    {
        var families = new List<MetricFamily>();
        var (help, current) = ("", (MetricFamily?)null);
        foreach (var line in Encoding.UTF8.GetString(text).AsSpan().EnumerateLines())
        {
            if (line.StartsWith("# HELP "))
            {
                var rest = line[7..];
                var space = rest.IndexOf(' ');
                help = space < 0 ? "" : rest[(space + 1)..].ToString();
            }
            else if (line.StartsWith("# TYPE "))
            {
                var rest = line[7..];
                var space = rest.IndexOf(' ');
                if (space > 0)
                    families.Add(current = new MetricFamily(rest[..space].ToString(), rest[(space + 1)..].ToString(), help));
                help = "";
            }
            else if (line.Length > 0 && line[0] != '#' && current is not null)
                Add(current, line);
        }
        return families;
    }

    private static void Add(MetricFamily family, ReadOnlySpan<char> line)
    {
        var name = line.IndexOfAny('{', ' ');
        if (name <= 0)
            return;
        var end = line[name] == '{' ? EndOfLabels(line, name) : name;
        if (end < 0)
            return;
        // A timestamp and an exemplar may follow.
        var value = line[end..].Trim();
        var space = value.IndexOf(' ');
        family.Series.Add((line[..name].ToString(), end == name ? "" : line[(name + 1)..(end - 1)].ToString(),
            (space < 0 ? value : value[..space]).ToString()));
    }

    // After the brace that is not part of a value; -1 when there is none.
    private static int EndOfLabels(ReadOnlySpan<char> line, int from)
    {
        var quoted = false;
        for (var i = from; i < line.Length; i++)
        {
            if (line[i] == '"')
                quoted = !quoted;
            else if (line[i] == '\\' && quoted)
                i++;
            else if (line[i] == '}' && !quoted)
                return i + 1;
        }
        return -1;
    }
}
