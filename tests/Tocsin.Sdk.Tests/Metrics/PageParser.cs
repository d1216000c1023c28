using System.Globalization;
using System.Text;

namespace TocsinSdk.Tests.Metrics;

/// <summary>One line with a value.</summary>
internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value)
{
    public IReadOnlyDictionary<string, string>? Exemplar { get; init; }
    public double? ExemplarValue { get; init; }
    public double? ExemplarTime { get; init; }
}

internal sealed record ParsedFamily(string Name, string Type)
{
    public string? Unit { get; set; }
    public string? Help { get; set; }
    public List<Sample> Samples { get; } = [];
}

/// <summary>
/// Reads a page as strictly as the two formats are written down: one block per family, no series twice, only the
/// samples a type may have, rising buckets that end in +Inf with the count. Throws FormatException.
/// </summary>
internal sealed class PageParser
{
    private readonly bool _open;
    private readonly string _line;
    private int _at;

    private PageParser(string line, bool open) => (_line, _open) = (line, open);

    public static Dictionary<string, ParsedFamily> Parse(string page, bool openMetrics)
    {
        Check(page.EndsWith('\n'), "the last line does not end");
        var lines = page[..^1].Split('\n');
        if (openMetrics)
        {
            Check(lines[^1] == "# EOF", "no # EOF at the end");
            lines = lines[..^1];
        }
        Check(!lines.Contains("# EOF"), "# EOF within");
        var families = new Dictionary<string, ParsedFamily>();
        var series = new HashSet<string>();
        ParsedFamily? family = null;
        foreach (var line in lines)
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var words = line.Split(' ');
                Check(words.Length == 4, line);
                families.Add(words[2], family = new ParsedFamily(words[2], words[3]));
                CheckName(words[2]);
                continue;
            }
            Check(family is not null, "a line before the first # TYPE: " + line);
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
                family!.Help = Meta(line, "# HELP ", family);
            else if (line.StartsWith("# UNIT ", StringComparison.Ordinal))
            {
                Check(openMetrics, "a unit in text");
                family!.Unit = Meta(line, "# UNIT ", family);
                Check(family.Name == family.Unit || family.Name.EndsWith("_" + family.Unit, StringComparison.Ordinal), line);
            }
            else
            {
                var sample = new PageParser(line, openMetrics).Sample();
                CheckBelongs(family!, sample, openMetrics);
                var identity = sample.Name + string.Join('\0', sample.Labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => l.Key + '\0' + l.Value));
                Check(series.Add(identity), "twice: " + line);
                family!.Samples.Add(sample);
            }
        }
        foreach (var histogram in families.Values.Where(f => f.Type == "histogram"))
            CheckHistogram(histogram);
        return families;
    }

    private static string Meta(string line, string start, ParsedFamily family)
    {
        Check(line.StartsWith(start + family.Name + " ", StringComparison.Ordinal), line);
        return line[(start.Length + family.Name.Length + 1)..];
    }

    private static void CheckBelongs(ParsedFamily family, Sample sample, bool open)
    {
        string[] suffixes = family.Type switch
        {
            "counter" when open => ["_total", "_created"],
            "counter" => [""],
            "histogram" => open ? ["_bucket", "_sum", "_count", "_created"] : ["_bucket", "_sum", "_count"],
            "gauge" => [""],
            "info" => ["_info"],
            _ => throw new FormatException("type " + family.Type),
        };
        Check(suffixes.Any(s => sample.Name == family.Name + s), $"{sample.Name} in {family.Name}");
        if (family.Type == "counter" && !open)
            Check(family.Name.EndsWith("_total", StringComparison.Ordinal), family.Name);
        if (sample.Exemplar is { } exemplar)
        {
            Check(sample.Name.EndsWith("_total", StringComparison.Ordinal)
                || sample.Name.EndsWith("_bucket", StringComparison.Ordinal), "exemplar on " + sample.Name);
            Check(exemplar.Sum(e => e.Key.Length + e.Value.Length) <= 128, "exemplar too long");
        }
    }

    private static void CheckHistogram(ParsedFamily family)
    {
        var groups = family.Samples.GroupBy(s => string.Join('\0', s.Labels.Where(l => l.Key != "le")
            .OrderBy(l => l.Key, StringComparer.Ordinal)
            .Select(l => l.Key + '\0' + l.Value)));
        foreach (var group in groups)
        {
            var buckets = group.Where(s => s.Name.EndsWith("_bucket", StringComparison.Ordinal)).ToList();
            var bounds = buckets.Select(b => Number(b.Labels["le"])).ToList();
            Check(bounds.SequenceEqual(bounds.Order()) && bounds.Distinct().Count() == bounds.Count, "bounds do not rise");
            Check(buckets.Select(b => b.Value).SequenceEqual(buckets.Select(b => b.Value).Order()), "buckets fall");
            Check(bounds[^1] == double.PositiveInfinity, "no +Inf");
            var count = group.Single(s => s.Name.EndsWith("_count", StringComparison.Ordinal)).Value;
            Check(buckets[^1].Value == count, "count is not the last bucket");
            for (var i = 0; i < buckets.Count; i++)
                if (buckets[i].ExemplarValue is { } value)
                    Check(value <= bounds[i] && (i == 0 || value > bounds[i - 1]), "exemplar in the wrong bucket");
        }
    }

    private Sample Sample()
    {
        var name = Until('{', ' ');
        CheckName(name);
        var labels = Peek() == '{' ? Labels() : new Dictionary<string, string>();
        Expect(' ');
        var value = Number(Until(' '));
        var sample = new Sample(name, labels, value);
        if (_at == _line.Length)
            return sample;
        Check(_open, "an exemplar in text: " + _line);
        foreach (var c in " # ")
            Expect(c);
        var exemplar = Labels();
        Expect(' ');
        var at = Number(Until(' '));
        Expect(' ');
        var time = Number(Until(' '));
        Check(_at == _line.Length, _line);
        return sample with { Exemplar = exemplar, ExemplarValue = at, ExemplarTime = time };
    }

    private Dictionary<string, string> Labels()
    {
        var labels = new Dictionary<string, string>();
        Expect('{');
        while (Peek() != '}')
        {
            if (labels.Count > 0)
                Expect(',');
            var name = Until('=');
            Check(name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
                && !name.StartsWith("__", StringComparison.Ordinal), "label " + name);
            Expect('=');
            Check(labels.TryAdd(name, Quoted()), "label twice: " + _line);
        }
        Expect('}');
        return labels;
    }

    private string Quoted()
    {
        var text = new StringBuilder();
        Expect('"');
        while (Peek() != '"')
        {
            var c = _line[_at++];
            Check(c != '\0', "NUL");
            if (c == '\\')
                c = _line[_at++] switch { 'n' => '\n', '"' => '"', '\\' => '\\', _ => throw new FormatException(_line) };
            text.Append(c);
        }
        Expect('"');
        return text.ToString();
    }

    private char Peek() => _at < _line.Length ? _line[_at] : throw new FormatException("ends early: " + _line);

    private void Expect(char c) => Check(Peek() == c && _at++ >= 0, $"no '{c}' at {_at}: {_line}");

    private string Until(params ReadOnlySpan<char> ends)
    {
        var length = _line.AsSpan(_at).IndexOfAny(ends);
        var word = length < 0 ? _line[_at..] : _line.Substring(_at, length);
        _at += word.Length;
        return word;
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        "NaN" => double.NaN,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    private static void CheckName(string name) => Check(name.Length > 0 && !char.IsAsciiDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or ':'), "name " + name);

    private static void Check(bool holds, string what)
    {
        if (!holds)
            throw new FormatException(what);
    }
}
