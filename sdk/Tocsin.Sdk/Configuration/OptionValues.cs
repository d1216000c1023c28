using Microsoft.Extensions.Configuration;

namespace TocsinSdk.Configuration;

/// <summary>
/// Every configured value under its full name ("Logs:Level"), the strongest source having won: tocsin.yaml, then the
/// rest of the host's configuration, then TOCSIN_* variables.
/// </summary>
internal sealed class OptionValues
{
    private const string Prefix = "TOCSIN_";
    private readonly SortedDictionary<string, OptionValue> _values = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyDictionary<string, OptionValue> All => _values;

    public List<string> Problems { get; } = [];

    public OptionValue? this[string name] => _values.TryGetValue(name, out var value) ? value : null;

    /// <summary>Takes the section "Tocsin".</summary>
    public void Take(IConfiguration configuration, YamlFile? yaml)
    {
        if (yaml is not null)
            Problems.AddRange(yaml.Content.Problems);
        Take(configuration.GetSection(YamlFile.Section), OptionShape.Root, "", new Places(configuration, yaml));
    }

    /// <summary>
    /// Takes TOCSIN_URL, TOCSIN_LOGS__LEVEL and so on. Other TOCSIN_* variables are the server's and the command
    /// line's, and no mistake.
    /// </summary>
    public void Take(IEnumerable<KeyValuePair<string, string>> variables)
    {
        foreach (var (variable, text) in variables)
            if (variable.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && text.Length > 0)
                TakeVariable(variable, variable[Prefix.Length..].Split("__"), text);
    }

    /// <summary>
    /// Values as the binder reads them; those that cannot be understood are left out and become problems.
    /// </summary>
    public Dictionary<string, string?> Checked()
    {
        var good = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, (text, place)) in _values)
        {
            var type = ShapeOf(name).Type;
            if (OptionText.Normalize(type, text) is { } value)
                good[name] = value;
            else
                Problems.Add(
                    $"{name.Replace(':', '.')} ({place}) is \"{text}\"; expected {OptionText.Expected(type)}");
        }
        return good;
    }

    /// <summary>
    /// Puts back what a running process cannot change; names those values with the places of their new ones.
    /// </summary>
    public List<string> Pin(OptionValues running)
    {
        var pinned = new List<string>();
        foreach (var name in _values.Keys.Union(running._values.Keys, StringComparer.OrdinalIgnoreCase).ToList())
        {
            var (now, before) = (this[name], running[name]);
            if (now?.Text == before?.Text || ShapeOf(name).Live)
                continue;
            pinned.Add($"{name.Replace(':', '.')} ({(now ?? before)!.Value.Place})");
            if (before is { } value)
                _values[name] = value;
            else
                _values.Remove(name);
        }
        return pinned;
    }

    public static OptionShape ShapeOf(string name)
    {
        var shape = OptionShape.Root;
        foreach (var step in name.Split(':'))
            shape = shape.Element ?? shape.Find(step) ?? throw new ArgumentException(name);
        return shape;
    }

    private void Take(IConfigurationSection section, OptionShape shape, string name, Places places)
    {
        if (section.Value is { Length: > 0 } text && (shape.IsValue || shape.IsList))
            Set(shape, name, text, places.Of(section.Path));
        if (shape.IsValue)
            return;
        foreach (var child in section.GetChildren())
        {
            if (shape.Element is { } element)
                Take(child, element, Join(name, child.Key), places);
            else if (OptionNames.Find(shape, child.Key) is { } member)
                Take(child, member, Join(name, member.Name), places);
            else
                Problems.Add($"{child.Path.Replace(':', '.')} {OptionNames.Unknown(shape, child.Key)}");
        }
    }

    private void TakeVariable(string variable, string[] steps, string text)
    {
        var (shape, name) = (OptionShape.Root, "");
        foreach (var step in steps)
        {
            var next = shape.Element ?? OptionNames.Find(shape, step);
            if (next is null && shape == OptionShape.Root)
                return;
            if (next is null)
            {
                Problems.Add($"the variable {variable} {OptionNames.Unknown(shape, step)}");
                return;
            }
            name = Join(name, shape.Element is null ? next.Name : step);
            shape = next;
        }
        if (shape.IsValue || shape.IsList)
            Set(shape, name, text, variable);
    }

    // A list in one text replaces what weaker sources say.
    private void Set(OptionShape shape, string name, string text, string place)
    {
        if (shape.IsValue)
        {
            _values[name] = new OptionValue(text, place);
            return;
        }
        foreach (var old in _values.Keys.Where(k => k.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).ToList())
            _values.Remove(old);
        if (!shape.Element!.IsValue)
        {
            Problems.Add($"{name.Replace(':', '.')} ({place}) is \"{text}\"; expected a list of sections");
            return;
        }
        var items = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < items.Length; i++)
            _values[$"{name}:{i:0000}"] = new OptionValue(items[i], place);
    }

    private static string Join(string name, string step) => name.Length == 0 ? step : name + ":" + step;

    private readonly struct Places(IConfiguration configuration, YamlFile? yaml)
    {
        /// <summary>The file's place when it is the file that has the last word.</summary>
        public string Of(string key)
        {
            var name = key[(YamlFile.Section.Length + 1)..];
            if (yaml is null || !yaml.Content.Values.TryGetValue(name, out var value))
                return key;
            foreach (var provider in (configuration as IConfigurationRoot)?.Providers.Reverse() ?? [])
                if (provider.TryGet(key, out _))
                    return provider == yaml ? value.Place : key;
            return key;
        }
    }
}
