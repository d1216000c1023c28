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
        var exemplar = line.IndexOf(" # ");
        if (exemplar > 0)
            line = line[..exemplar];
        var brace = line.IndexOf('{');
        var end = brace < 0 ? line.IndexOf(' ') : line.LastIndexOf('}') + 1;
        if (end <= 0 || end >= line.Length)
            return;
        var value = line[end..].Trim();
        var space = value.IndexOf(' ');
        family.Series.Add((
            (brace < 0 ? line[..end] : line[..brace]).ToString(),
            brace < 0 ? "" : line[(brace + 1)..(end - 1)].ToString(),
            (space < 0 ? value : value[..space]).ToString()));
    }
}
