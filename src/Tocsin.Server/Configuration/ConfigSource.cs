using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tocsin.Server.Configuration;

/// <summary>
/// Where settings come from, strongest first: flags, TOCSIN_* environment variables, the YAML file. A setting "http.port"
/// is the variable TOCSIN_HTTP_PORT. Collects errors instead of stopping at the first.
/// </summary>
public sealed partial class ConfigSource
{
    private const int MaxFileBytes = 1 << 20;
    private readonly IReadOnlyDictionary<string, string> _flags;
    private readonly Func<string, string?> _environment;

    private ConfigSource(IReadOnlyDictionary<string, string> flags, Func<string, string?> environment)
    {
        _flags = flags;
        _environment = environment;
        Root = new YamlMappingNode();
    }

    public List<ConfigError> Errors { get; } = [];

    internal YamlMappingNode Root { get; private set; }

    internal string FileName { get; private set; } = "configuration";

    /// <param name="path">YAML file, or null for none.</param>
    /// <param name="flags">Dotted key to value, from the command line.</param>
    /// <param name="environment">Reads one environment variable.</param>
    public static ConfigSource Open(
        string? path, IReadOnlyDictionary<string, string> flags, Func<string, string?> environment)
    {
        var source = new ConfigSource(flags, environment);
        if (path is not null)
            source.ReadFile(path);
        return source;
    }

    public ConfigSection Section() => new(this, "", Root);

    /// <summary>The value of a flag or variable that overrides the file, and its place.</summary>
    internal (string Value, string Place)? Override(string key)
    {
        if (_flags.TryGetValue(key, out string? flag))
            return (flag, "--" + key.Split('.')[^1].Replace('_', '-'));
        string variable = "TOCSIN_" + key.Replace('.', '_').ToUpperInvariant();
        return _environment(variable) is { Length: > 0 } value ? (value, variable) : null;
    }

    internal string Place(YamlNode node) => $"{FileName}:{node.Start.Line}";

    /// <summary>Replaces ${NAME} and ${NAME:-default}; an unset variable without default is an error.</summary>
    internal string Expand(string key, YamlScalarNode node) =>
        Variable().Replace(node.Value ?? "", match =>
        {
            string? value = _environment(match.Groups["name"].Value);
            if (!string.IsNullOrEmpty(value))
                return value;
            if (match.Groups["default"].Success)
                return match.Groups["default"].Value;
            Errors.Add(new(Place(node), key,
                $"environment variable {match.Groups["name"].Value} is not set; set it or write ${{{match.Groups["name"].Value}:-default}}"));
            return "";
        });

    private void ReadFile(string path)
    {
        FileName = path;
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                Errors.Add(new(path, "", "the file does not exist"));
                return;
            }
            if (file.Length > MaxFileBytes)
            {
                Errors.Add(new(path, "", $"the file has {file.Length} bytes; at most {MaxFileBytes} are read"));
                return;
            }
            using StreamReader reader = file.OpenText();
            var yaml = new YamlStream();
            yaml.Load(reader);
            if (yaml.Documents.Count == 0)
                return;
            if (yaml.Documents[0].RootNode is YamlMappingNode root)
                Root = root;
            else
                Errors.Add(new($"{path}:1", "", "a mapping of settings (key: value) is expected at the top"));
        }
        catch (YamlException broken)
        {
            Errors.Add(new($"{path}:{broken.Start.Line}", "", $"not valid YAML: {broken.Message}"));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            Errors.Add(new(path, "", unreadable.Message));
        }
    }

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(:-(?<default>[^}]*))?\}")]
    private static partial Regex Variable();
}
