namespace Tocsin.Crashes.Grouping;

/// <summary>The line of standard error that says most about an end.</summary>
internal static class LastWords
{
    private const int Considered = 30;
    private static readonly string[] s_telling = ["fatal", "panic", "error", "exception", "assert", "abort", "cannot",
        "failed"];

    /// <summary>The last line with a telling word among the last 30, else the last line; null when nothing was
    /// written.</summary>
    public static string? Of(string? stderr)
    {
        if (string.IsNullOrWhiteSpace(stderr))
            return null;
        string[] lines = stderr[Math.Max(0, stderr.Length - 16 * 1024)..]
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] last = [.. lines.TakeLast(Considered).Where(l => !l.StartsWith("at ", StringComparison.Ordinal))];
        return last.LastOrDefault(l => s_telling.Any(t => l.Contains(t, StringComparison.OrdinalIgnoreCase)))
            ?? (last.Length > 0 ? last[^1] : null);
    }
}
