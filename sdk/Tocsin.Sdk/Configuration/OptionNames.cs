namespace TocsinSdk.Configuration;

/// <summary>Names people use for options besides the members' own.</summary>
internal static class OptionNames
{
    private static readonly Dictionary<string, string> s_top = new(StringComparer.OrdinalIgnoreCase)
    {
        ["service"] = "ServiceName",
        ["state_dir"] = "StateDirectory",
        ["logging"] = "Logs",
        ["health_endpoint"] = "Health",
        ["tracing"] = "Traces",
    };

    // tocsin.yaml may be shared with the server; its sections are its own business.
    private static readonly HashSet<string> s_server = new(StringComparer.OrdinalIgnoreCase)
    {
        "data", "external_url", "http", "otlp", "auth", "network", "retention", "alerts", "channels",
    };

    public static OptionShape? Find(OptionShape shape, string key) =>
        shape.Find(key)
        ?? (shape == OptionShape.Root && s_top.TryGetValue(key, out var name) ? shape.Find(name) : null)
        ?? (UnitOf(shape, key) is not null ? shape.Find(key[..^3]) : null);

    /// <summary>"MB" of max_file_size_mb, when the option itself is called max_file_size; else null.</summary>
    public static string? UnitOf(OptionShape shape, string key) =>
        key.EndsWith("_mb", StringComparison.OrdinalIgnoreCase) && shape.Find(key) is null
        && shape.Find(key[..^3]) is { } size && (size.Type == typeof(long) || size.Type == typeof(int)) ? "MB" : null;

    /// <summary>
    /// What a shared file holds for somebody else: the server's sections; the port of a health endpoint, which here is
    /// the application's own.
    /// </summary>
    public static bool IsOfOthers(string path, string key) =>
        path.Length == 0 ? s_server.Contains(key) : path == "Health" && key == "port";

    /// <summary>"is unknown; did you mean MaxFileSize?"</summary>
    public static string Unknown(OptionShape shape, string key) =>
        shape.Nearest(key) is { } near ? $"is unknown; did you mean {near}?"
            : $"is unknown; expected one of {string.Join(", ", shape.Members.Select(m => m.Name))}";
}
