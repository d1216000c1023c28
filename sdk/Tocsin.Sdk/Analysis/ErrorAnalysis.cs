namespace TocsinSdk;

/// <summary>What the rules say about an exception; the same rules by which the server diagnoses crashes.</summary>
/// <param name="Category">
/// "api_timeout", "rate_limit", "authentication", "data_validation", "resource_exhaustion", "database", "network",
/// "code", "process"; "unknown" when no rule knows it.
/// </param>
/// <param name="Severity">"critical", "high", "medium" or "low".</param>
/// <param name="Cause">The likely cause in one sentence, redacted.</param>
/// <param name="Suggestions">What to do next, most useful first; empty when the category is unknown.</param>
/// <param name="Rule">Name of the rule that decided, such as "timeout.http_client"; null when none did.</param>
public sealed record ErrorAnalysis(
    string Category, string Severity, string Cause, IReadOnlyList<string> Suggestions, string? Rule);
