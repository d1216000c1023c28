namespace TocsinSdk;

/// <summary>What is removed from everything that leaves the process.</summary>
public sealed class RedactionOptions
{
    /// <summary>
    /// Whether secrets are removed from log files, the console, the black box, the spool, the wire and the debug page;
    /// default true.
    /// </summary>
    public bool Enabled { get; set; } = true;

    /// <summary>What stands in place of a secret; default "[REDACTED]".</summary>
    public string Mask { get; set; } = "[REDACTED]";

    /// <summary>
    /// Further words that make a key sensitive, besides password, token, key, secret, api_key, authorization, cookie and
    /// their like. Compared without regard to case, underscores and dashes; a key that holds the word is sensitive.
    /// </summary>
    public List<string> Keys { get; set; } = [];

    /// <summary>
    /// Keys that are never sensitive, whole and without regard to case ("idempotency_key" is one by itself).
    /// </summary>
    public List<string> AllowedKeys { get; set; } = [];

    /// <summary>Whether e-mail addresses are removed from texts as well; default false.</summary>
    public bool Emails { get; set; }

    /// <summary>
    /// When set, a secret becomes "[REDACTED:" + 12 hex digits of its HMAC-SHA256 under this key + "]", so that equal
    /// secrets can be told to be equal; default none. At least 16 characters.
    /// </summary>
    public string? HashKey { get; set; }

    internal IEnumerable<string> Problems()
    {
        if (HashKey is { Length: < 16 })
            yield return "Redaction.HashKey is shorter than 16 characters; expected a long random text";
        if (string.IsNullOrEmpty(Mask))
            yield return "Redaction.Mask is empty; expected a text such as [REDACTED]";
    }
}
