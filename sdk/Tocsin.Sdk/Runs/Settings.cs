using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using TocsinSdk.Configuration;

namespace TocsinSdk.Runs;

/// <summary>
/// The options after defaults, configuration, environment and validation. Immutable: a change makes new ones, see
/// <see cref="ProcessRun.SettingsChanged"/>.
/// </summary>
internal sealed record Settings
{
    public required Uri Url { get; init; }
    public string? Key { get; init; }
    public required string Service { get; init; }
    public string? Environment { get; init; }
    public bool IsDevelopment => string.Equals(Environment, "Development", StringComparison.OrdinalIgnoreCase);
    public string? Release { get; init; }
    public string? StateDirectory { get; init; }
    public required TimeSpan HangTimeout { get; init; }
    public required LogLevel LogLevel { get; init; }
    public required IReadOnlyList<string> Sources { get; init; }
    public bool HandleSignals { get; init; }

    /// <summary>The groups of options (Logs, Redaction, ...), each read by the folder that owns it; not written to after the start.</summary>
    public required TocsinOptions Options { get; init; }

    /// <summary>What was configured, with where it came from; the delegate's values are not among them.</summary>
    public required OptionValues Values { get; init; }

    /// <summary>Folder and id given by `tocsin run`; null without it.</summary>
    public string? RunDirectory { get; init; }
    public string? RunId { get; init; }

    /// <summary>What the surroundings say when the application says nothing.</summary>
    /// <param name="Variables">The environment.</param>
    /// <param name="Configuration">Holds the section "Tocsin", the file's values among them.</param>
    /// <param name="Yaml">The file, for the places of its values; null when there is none.</param>
    public sealed record Surroundings(
        IReadOnlyDictionary<string, string> Variables, IConfiguration Configuration, YamlFile? Yaml)
    {
        public string? ApplicationName { get; init; }
        public string? EnvironmentName { get; init; }

        public string? Variable(string name) => Variables.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;
    }

    /// <exception cref="ArgumentException">A value cannot be used; the message names each one and what was expected.</exception>
    public static Settings Resolve(Action<TocsinOptions>? configure, Surroundings around) =>
        Resolve(configure, around, running: null, out _);

    /// <param name="configure">The application's own word.</param>
    /// <param name="around">What counts where it says nothing.</param>
    /// <param name="running">Values of the running process, kept where they cannot change; null at the start.</param>
    /// <param name="pinned">The values that were kept although they changed.</param>
    public static Settings Resolve(
        Action<TocsinOptions>? configure, Surroundings around, OptionValues? running, out List<string> pinned)
    {
        var values = new OptionValues();
        values.Take(around.Configuration, around.Yaml);
        values.Take(around.Variables);
        pinned = running is null ? [] : values.Pin(running);
        var options = new TocsinOptions();
        new ConfigurationBuilder().AddInMemoryCollection(values.Checked()).Build().Bind(options);
        configure?.Invoke(options);
        var problems = values.Problems;
        var settings = From(options, values, around, problems);
        problems.AddRange(OptionProblems.In(options));
        return problems.Count == 0
            ? settings : throw new ArgumentException("Tocsin cannot start: " + string.Join("; ", problems) + ".");
    }

    private static Settings From(
        TocsinOptions options, OptionValues values, Surroundings around, List<string> problems)
    {
        var resource = OpenTelemetryResource(around.Variable("OTEL_RESOURCE_ATTRIBUTES"));
        var entry = Assembly.GetEntryAssembly();
        return new Settings
        {
            Url = ServerUrl(options.Url, values, problems),
            Key = NullIfEmpty(options.Key),
            Service = around.Variable("OTEL_SERVICE_NAME")
                ?? resource.GetValueOrDefault("service.name")
                ?? NullIfEmpty(options.ServiceName) ?? around.ApplicationName ?? entry?.GetName().Name
                ?? "unknown_service",
            Environment = resource.GetValueOrDefault("deployment.environment.name")
                ?? resource.GetValueOrDefault("deployment.environment")
                ?? NullIfEmpty(options.Environment) ?? around.EnvironmentName
                ?? around.Variable("DOTNET_ENVIRONMENT"),
            Release = resource.GetValueOrDefault("service.version") ?? NullIfEmpty(options.Release) ?? VersionOf(entry),
            StateDirectory = NullIfEmpty(options.StateDirectory),
            HangTimeout = options.HangTimeout,
            LogLevel = options.LogLevel,
            Sources = [.. options.Sources],
            HandleSignals = options.HandleSignals,
            Options = options,
            Values = values,
            RunDirectory = around.Variable("TOCSIN_RUN_DIR"),
            RunId = around.Variable("TOCSIN_RUN_ID"),
        };
    }

    private static Uri ServerUrl(string url, OptionValues values, List<string> problems)
    {
        if (Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https"
            && parsed.Host.Length > 0)
            return parsed;
        problems.Add(
            $"Url ({values["Url"]?.Place ?? "TOCSIN_URL"}) is \"{url}\"; expected an address such as http://127.0.0.1:4480");
        return new Uri("http://127.0.0.1:4480");
    }

    private static Dictionary<string, string> OpenTelemetryResource(string? variable)
    {
        var attributes = new Dictionary<string, string>();
        foreach (var pair in (variable ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=');
            if (equals > 0 && equals < pair.Length - 1)
                attributes[pair[..equals].Trim()] = Uri.UnescapeDataString(pair[(equals + 1)..].Trim());
        }
        return attributes;
    }

    // The build appends "+" and the whole commit id; twelve digits name it just as well.
    private static string? VersionOf(Assembly? entry)
    {
        var version = entry?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        var plus = version?.IndexOf('+') ?? -1;
        return plus >= 0 && version!.Length > plus + 13 ? version[..(plus + 13)] : version;
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
