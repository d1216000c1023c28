using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Tocsin.Server.Configuration;

/// <summary>
/// A mapping in the configuration, read key by key. Every read names the key, so whatever is left over in
/// <see cref="RejectUnknown"/> is a mistake of the writer.
/// </summary>
public sealed class ConfigSection
{
    private readonly ConfigSource _source;
    private readonly string _path;
    private readonly YamlMappingNode _node;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    internal ConfigSection(ConfigSource source, string path, YamlMappingNode node)
    {
        _source = source;
        _path = path;
        _node = node;
    }

    /// <summary>"tocsin.yaml:12".</summary>
    public string Place => _source.Place(_node);

    public string? String(string key) => Scalar(key)?.Value;

    public string String(string key, string otherwise) => String(key) ?? otherwise;

    public int Int(string key, int otherwise, int min, int max)
    {
        if (Scalar(key) is not { } found)
            return otherwise;
        if (int.TryParse(found.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            && number >= min && number <= max)
            return number;
        Fail(found.Place, key, $"a whole number from {min} to {max} is expected, found '{found.Value}'");
        return otherwise;
    }

    public bool Bool(string key, bool otherwise)
    {
        if (Scalar(key) is not { } found)
            return otherwise;
        if (bool.TryParse(found.Value, out bool value))
            return value;
        Fail(found.Place, key, $"true or false is expected, found '{found.Value}'");
        return otherwise;
    }

    /// <summary>A length of time: a number and s, m, h or d, for example 90s, 15m, 36h, 30d.</summary>
    public TimeSpan Duration(string key, TimeSpan otherwise)
    {
        if (Scalar(key) is not { } found)
            return otherwise;
        if (Durations.TryParse(found.Value, out TimeSpan span))
            return span;
        Fail(found.Place, key, $"a duration such as 90s, 15m, 36h or 30d is expected, found '{found.Value}'");
        return otherwise;
    }

    /// <summary>A list of words; an overriding variable separates them by commas.</summary>
    public IReadOnlyList<string> Strings(string key)
    {
        _known.Add(key);
        if (_source.Override(Path(key)) is { } given)
            return given.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (!_node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? node))
            return [];
        if (node is YamlSequenceNode list && list.Children.All(item => item is YamlScalarNode))
            return [.. list.Children.Cast<YamlScalarNode>().Select(item => _source.Expand(Path(key), item))];
        Fail(_source.Place(node), key, "a list of values is expected (lines that begin with '- ')");
        return [];
    }

    public ConfigSection Section(string key)
    {
        _known.Add(key);
        if (_node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? node) && !IsNull(node))
        {
            if (node is YamlMappingNode mapping)
                return new ConfigSection(_source, Path(key), mapping);
            Fail(_source.Place(node), key, "a mapping (indented key: value lines) is expected");
        }
        return new ConfigSection(_source, Path(key), []);
    }

    public IReadOnlyList<ConfigSection> Sections(string key)
    {
        _known.Add(key);
        if (!_node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? node) || IsNull(node))
            return [];
        if (node is YamlSequenceNode list && list.Children.All(item => item is YamlMappingNode))
            return [.. list.Children.Cast<YamlMappingNode>().Select((item, i) => new ConfigSection(_source, $"{Path(key)}[{i}]", item))];
        Fail(_source.Place(node), key, "a list of mappings is expected (lines that begin with '- name: …')");
        return [];
    }

    /// <summary>All scalar entries and lists of this mapping as text; lists are joined by commas.</summary>
    public IReadOnlyDictionary<string, string> Flat()
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((YamlNode name, YamlNode value) in _node.Children)
        {
            string key = ((YamlScalarNode)name).Value ?? "";
            _known.Add(key);
            switch (value)
            {
                case YamlScalarNode scalar:
                    values[key] = _source.Expand(Path(key), scalar);
                    break;
                case YamlSequenceNode list when list.Children.All(item => item is YamlScalarNode):
                    values[key] = string.Join(",", list.Children.Select(i => _source.Expand(Path(key), (YamlScalarNode)i)));
                    break;
                default:
                    Fail(_source.Place(value), key, "a value or a list of values is expected");
                    break;
            }
        }
        return values;
    }

    public void Fail(string key, string problem) =>
        Fail(_source.Override(Path(key))?.Place ?? PlaceOf(key), key, problem);

    /// <summary>Reports every key that nobody has asked for.</summary>
    public void RejectUnknown()
    {
        foreach ((YamlNode name, YamlNode _) in _node.Children)
        {
            string key = (name as YamlScalarNode)?.Value ?? "";
            if (!_known.Contains(key))
                Fail(_source.Place(name), key, $"this setting is not known; expected one of: {string.Join(", ", _known.Order())}");
        }
    }

    private (string Value, string Place)? Scalar(string key)
    {
        _known.Add(key);
        if (_source.Override(Path(key)) is { } given)
            return given;
        if (!_node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? node) || IsNull(node))
            return null;
        if (node is YamlScalarNode scalar)
            return (_source.Expand(Path(key), scalar), _source.Place(node));
        Fail(_source.Place(node), key, "a single value is expected, found a list or mapping");
        return null;
    }

    private static bool IsNull(YamlNode node) => node is YamlScalarNode { Value: "" or "~" or "null", Style: YamlDotNet.Core.ScalarStyle.Plain };

    private string PlaceOf(string key) =>
        _node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? node) ? _source.Place(node) : Place;

    private void Fail(string place, string key, string problem) => _source.Errors.Add(new(place, Path(key), problem));

    private string Path(string key) => _path.Length == 0 ? key : $"{_path}.{key}";
}
