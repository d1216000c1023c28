using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Logging;

namespace TocsinSdk.Runs;

/// <summary>The options after defaults, environment and validation; immutable for the life of the process.</summary>
internal sealed record Settings
{
    public required Uri Url { get; init; }
    public string? Key { get; init; }
    public required string Service { get; init; }
    public string? Environment { get; init; }
    public string? Release { get; init; }
    public string? StateDirectory { get; init; }
    public required TimeSpan HangTimeout { get; init; }
    public required LogLevel LogLevel { get; init; }
    public required IReadOnlyList<string> Sources { get; init; }
    public bool HandleSignals { get; init; }

    /// <summary>The groups of options (Logs, Redaction, ...), each read by the folder that owns it; not changed after the start.</summary>
    public required TocsinOptions Options { get; init; }

    /// <summary>Folder and id given by `tocsin run`; null without it.</summary>
    public string? RunDirectory { get; init; }
    public string? RunId { get; init; }

    /// <summary>What the surroundings say when the application says nothing.</summary>
    public sealed record Surroundings(Func<string, string?> Variable, Func<string, string?> Configuration)
    {
        public string? ApplicationName { get; init; }
        public string? EnvironmentName { get; init; }
        public static Surroundings OfProcess { get; } =
            new(System.Environment.GetEnvironmentVariable, static _ => null);
    }

    /// <exception cref="ArgumentException">A value cannot be used; the message names each one and what was expected.</exception>
    public static Settings Resolve(Action<TocsinOptions>? configure, Surroundings around)
    {
        var problems = new List<string>();
        var options = new TocsinOptions();
        Fill(options, around, problems);
        configure?.Invoke(options);
        var resource = OpenTelemetryResource(around.Variable("OTEL_RESOURCE_ATTRIBUTES"));
        var entry = Assembly.GetEntryAssembly();
        var settings = new Settings
        {
            Url = ServerUrl(options.Url, problems),
            Key = NullIfEmpty(options.Key),
            Service = around.Variable("OTEL_SERVICE_NAME") is { Length: > 0 } named ? named
                : resource.GetValueOrDefault("service.name")
                    ?? NullIfEmpty(options.ServiceName) ?? around.ApplicationName ?? entry?.GetName().Name
                    ?? "unknown_service",
            Environment = resource.GetValueOrDefault("deployment.environment.name")
                ?? resource.GetValueOrDefault("deployment.environment")
                ?? NullIfEmpty(options.Environment) ?? around.EnvironmentName
                ?? NullIfEmpty(around.Variable("DOTNET_ENVIRONMENT")),
            Release = resource.GetValueOrDefault("service.version") ?? NullIfEmpty(options.Release) ?? VersionOf(entry),
            StateDirectory = NullIfEmpty(options.StateDirectory),
            HangTimeout = options.HangTimeout,
            LogLevel = options.LogLevel,
            Sources = [.. options.Sources],
            HandleSignals = options.HandleSignals,
            Options = options,
            RunDirectory = NullIfEmpty(around.Variable("TOCSIN_RUN_DIR")),
            RunId = NullIfEmpty(around.Variable("TOCSIN_RUN_ID")),
        };
        if (settings.HangTimeout < TimeSpan.FromSeconds(1))
            problems.Add($"HangTimeout is {settings.HangTimeout}; expected at least one second");
        if (settings.Key?.AsSpan().ContainsAnyExceptInRange('!', '~') == true)
            problems.Add(
                "Key (TOCSIN_KEY) holds a blank or a character outside ASCII; expected the key as the server shows it");
        return problems.Count == 0
            ? settings : throw new ArgumentException("Tocsin cannot start: " + string.Join("; ", problems) + ".");
    }

    private static void Fill(TocsinOptions options, Surroundings around, List<string> problems)
    {
        string? Value(string member, string variable) =>
            NullIfEmpty(around.Variable(variable)) ?? around.Configuration("Tocsin:" + member);
        options.Url = Value("Url", "TOCSIN_URL") ?? options.Url;
        options.Key = Value("Key", "TOCSIN_KEY");
        options.ServiceName = Value("ServiceName", "TOCSIN_SERVICE");
        options.Environment = Value("Environment", "TOCSIN_ENVIRONMENT");
        options.Release = Value("Release", "TOCSIN_RELEASE");
        options.StateDirectory = Value("StateDirectory", "TOCSIN_STATE_DIR");
        if (Value("HangTimeout", "TOCSIN_HANG_TIMEOUT") is { } hang)
        {
            if (TimeSpan.TryParse(hang, CultureInfo.InvariantCulture, out var span))
                options.HangTimeout = span;
            else
                problems.Add(
                    $"HangTimeout (TOCSIN_HANG_TIMEOUT) is \"{hang}\"; expected hours:minutes:seconds, as 00:00:10");
        }
        if (Value("LogLevel", "TOCSIN_LOG_LEVEL") is { } level)
        {
            if (Enum.TryParse<LogLevel>(level, ignoreCase: true, out var parsed))
                options.LogLevel = parsed;
            else
                problems.Add($"LogLevel (TOCSIN_LOG_LEVEL) is \"{level}\"; expected "
                    + string.Join(", ", Enum.GetNames<LogLevel>()));
        }
    }

    private static Uri ServerUrl(string url, List<string> problems)
    {
        if (Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https"
            && parsed.Host.Length > 0)
            return parsed;
        problems.Add($"Url (TOCSIN_URL) is \"{url}\"; expected an address such as http://127.0.0.1:4480");
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
