using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using TocsinSdk.Redaction;
using TocsinSdk.Runs;

namespace TocsinSdk.AspNetCore.Debugging;

/// <summary>One configured value as it may be shown, and where it comes from.</summary>
internal readonly record struct ConfiguredValue(string Name, string? Text, string Source, bool Masked);

/// <summary>What is configured, with the source of each value, and without a secret.</summary>
internal static class ConfigurationView
{
    private static readonly string[] s_harmless =
        ["server", "host", "port", "database", "data source", "initial catalog", "username", "user id", "user", "timeout",
            "pooling", "ssl mode", "sslmode", "application name", "ssl", "address"];

    /// <summary>Tocsin's own options with the values in force.</summary>
    public static IEnumerable<ConfiguredValue> OfTocsin(ProcessRun run)
    {
        var values = new List<ConfiguredValue>();
        var settings = run.Settings;
        Walk(settings.Options, new TocsinOptions(), "", name => settings.Values[name]?.Place, run.Redactor, values);
        return values.OrderBy(static v => v.Name.Contains(':')).ThenBy(static v => v.Name, StringComparer.Ordinal);
    }

    /// <summary>The application's configuration; of several sources of a value, the one that wins.</summary>
    public static IEnumerable<ConfiguredValue> OfApplication(IConfigurationRoot configuration, Redactor redactor)
    {
        foreach (var (key, value) in configuration.AsEnumerable().OrderBy(static p => p.Key, StringComparer.OrdinalIgnoreCase))
        {
            if (value is null)
                continue;
            var source = configuration.Providers.Reverse().FirstOrDefault(p => p.TryGet(key, out _));
            var (text, masked) = Shown(key, value, redactor);
            yield return new ConfiguredValue(key, text, Short(source?.ToString() ?? ""), masked);
        }
    }

    /// <summary>The value as it may be shown, and whether something was taken out.</summary>
    internal static (string Text, bool Masked) Shown(string key, string value, Redactor redactor)
    {
        if (value.Length == 0)
            return (value, false);
        var connection = key.Contains("Connection", StringComparison.OrdinalIgnoreCase) || LooksLikeConnection(value);
        foreach (var step in key.Split(':'))
            if (redactor.IsSensitive(step) && !(connection && step.Contains("Connection", StringComparison.OrdinalIgnoreCase)))
                return (redactor.Mask, true);
        var shown = connection && LooksLikeSecret(value) ? Connection(value, redactor) : redactor.Redact(value);
        return (shown, shown != value);
    }

    // A number or a yes under a name such as ConnectionLimit is shown.
    private static bool LooksLikeSecret(string value) => value.Length >= 8 || value.Contains('=');

    private static bool LooksLikeConnection(string value) => value.Contains(';') && value.Count(static c => c == '=') > 1;

    // What is known to be harmless stays; everything else may be a password by another name.
    private static string Connection(string value, Redactor redactor)
    {
        if (Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Host.Length > 0)
            return $"{uri.Scheme}://{(uri.UserInfo.Length > 0 ? redactor.Mask + "@" : "")}{uri.Authority[(uri.Authority.LastIndexOf('@') + 1)..]}{uri.AbsolutePath}";
        var separator = value.Contains(';') ? ';' : ',';
        var parts = value.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        for (var i = 0; i < parts.Length; i++)
        {
            var equals = parts[i].IndexOf('=');
            if (equals < 0)
                parts[i] = separator == ',' && !parts[i].Contains(' ') && parts.Length > 1 ? redactor.Redact(parts[i]) : redactor.Mask;
            else if (!s_harmless.Contains(parts[i][..equals].Trim().ToLowerInvariant()))
                parts[i] = parts[i][..(equals + 1)] + redactor.Mask;
        }
        return string.Join(separator, parts);
    }

    // "JsonConfigurationProvider for 'appsettings.json' (Optional)" -> "appsettings.json"
    private static string Short(string provider)
    {
        var (from, to) = (provider.IndexOf('\''), provider.LastIndexOf('\''));
        if (from >= 0 && to > from && provider.Contains(" for '", StringComparison.Ordinal))
            return provider[(from + 1)..to];
        var blank = provider.IndexOf(' ');
        var name = blank < 0 ? provider : provider[..blank];
        name = name[(name.LastIndexOf('.') + 1)..].Replace("ConfigurationProvider", "", StringComparison.Ordinal);
        return name switch
        {
            "EnvironmentVariables" => "environment variable",
            "CommandLine" => "command line",
            "Memory" or "Chained" => "set by the program",
            _ => name,
        };
    }

    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification =
        "The generated configuration binder calls every one of these members, so none of them is trimmed.")]
    private static void Walk(
        object group, object defaults, string prefix, Func<string, string?> sourceOf, Redactor redactor, List<ConfiguredValue> values)
    {
        foreach (var member in group.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (member.GetIndexParameters().Length > 0 || typeof(Delegate).IsAssignableFrom(member.PropertyType))
                continue;
            var (name, value, normal) = (prefix + member.Name, member.GetValue(group), member.GetValue(defaults));
            if (value is not null && normal is not null && value.GetType().Namespace?.StartsWith("TocsinSdk", StringComparison.Ordinal) == true
                && !value.GetType().IsEnum)
            {
                Walk(value, normal!, name + ":", sourceOf, redactor, values);
                continue;
            }
            var text = Text(value);
            // A key by any name: Key, HashKey, DebugSecret.
            var secret = text.Length > 0 && (member.Name.EndsWith("Key", StringComparison.Ordinal)
                || member.Name.EndsWith("Secret", StringComparison.Ordinal));
            var (shown, masked) = secret ? (redactor.Mask, true) : Shown(member.Name, text, redactor);
            values.Add(new ConfiguredValue(name, shown, 
                sourceOf(name) ?? (text == Text(normal) ? "default" : "set by the program"), masked));
        }
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        IDictionary pairs => $"{pairs.Count} entries",
        IEnumerable items => string.Join(", ", items.Cast<object?>().Select(static i =>
            i is null || i.GetType().Namespace?.StartsWith("TocsinSdk", StringComparison.Ordinal) == true ? "…" : Text(i))),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
