namespace TocsinSdk;

/// <summary>
/// The page under /debug. It answers in development; elsewhere only with a key or a policy, else 404. Configuration
/// section "Tocsin:Debug", variables TOCSIN_DEBUG__*.
/// </summary>
public sealed class DebugOptions
{
    /// <summary>Whether the page exists at all; default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Key that opens the page outside development: "Authorization: Bearer", "X-Tocsin-Key", or as the password at
    /// /debug/sign-in. At least 16 characters. TOCSIN_DEBUG__KEY; default none.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>Name of an authorization policy of the application that opens the page; default none.</summary>
    public string? Policy { get; set; }

    /// <summary>How much memory log records may take, in bytes; default 4 MiB, at least 64 KiB. The oldest go first.</summary>
    public long LogBytes { get; set; } = 4 << 20;

    /// <summary>How much memory spans may take, in bytes; default 8 MiB, at least 64 KiB. The oldest go first.</summary>
    public long SpanBytes { get; set; } = 8 << 20;

    internal IEnumerable<string> Problems()
    {
        if (Key is { Length: < 16 })
            yield return "Debug.Key is shorter than 16 characters; expected a key that cannot be guessed";
        if (LogBytes < 64 << 10)
            yield return $"Debug.LogBytes is {LogBytes}; expected at least 65536";
        if (SpanBytes < 64 << 10)
            yield return $"Debug.SpanBytes is {SpanBytes}; expected at least 65536";
    }
}
