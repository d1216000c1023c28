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
        shape.Find(key) ?? (shape == OptionShape.Root && s_top.TryGetValue(key, out var name) ? shape.Find(name) : null);

    public static bool IsServerSection(string key) => s_server.Contains(key);

    /// <summary>"is unknown; did you mean MaxFileSize?"</summary>
    public static string Unknown(OptionShape shape, string key) =>
        shape.Nearest(key) is { } near ? $"is unknown; did you mean {near}?"
            : $"is unknown; expected one of {string.Join(", ", shape.Members.Select(m => m.Name))}";
}
