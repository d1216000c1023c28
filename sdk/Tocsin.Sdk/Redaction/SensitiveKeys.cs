namespace TocsinSdk.Redaction;

/// <summary>
/// Decides by the name of a value whether it is a secret. A key is cut into words at case changes and punctuation
/// ("userApiKey", "user_api_key" and "User-Api-Key" are one), so that "token" is sensitive and "input_tokens" is not.
/// </summary>
internal sealed class SensitiveKeys
{
    private const int MaxKey = 128;

    /// <summary>Sensitive wherever they stand, also inside a longer word.</summary>
    private static readonly string[] s_parts =
    [
        "password", "passwd", "passphrase", "passcode", "secret", "apikey", "accesskey", "accountkey", "privatekey",
        "encryptionkey", "signingkey", "accesstoken", "refreshtoken", "idtoken", "authtoken", "bearertoken",
        "authorization", "credential", "connectionstring", "setcookie", "creditcard", "cardnumber", "mysqlpwd",
        "stripetoken", "githubtoken", "clientsecret", "sharedaccesssignature",
    ];

    /// <summary>Sensitive as a word of their own.</summary>
    private static readonly string[] s_words =
    [
        "pwd", "pass", "token", "jwt", "key", "auth", "cookie", "cookies", "cvv", "cvc", "ssn", "pin", "otp", "bearer",
        "pan", "iban",
    ];

    /// <summary>A "key" of this sort names a thing, it does not open one.</summary>
    private static readonly string[] s_harmlessBefore =
    [
        "cache", "routing", "partition", "primary", "foreign", "public", "sort", "idempotency", "object", "row",
        "index", "group", "message", "record", "event", "business", "natural", "unique", "registry", "dictionary",
        "resource", "translation", "map",
    ];

    /// <summary>Said about a secret, not the secret.</summary>
    private static readonly string[] s_harmlessLast =
    [
        "count", "length", "size", "type", "limit", "id", "name", "names", "kind", "scheme", "method", "status",
        "result", "expiry", "expires", "expiration", "lifetime", "usage", "valid", "present", "version", "provider",
        "enabled", "algorithm", "index", "vault", "policy",
    ];

    private readonly string[] _parts;
    private readonly HashSet<string> _allowed;

    public SensitiveKeys(IEnumerable<string> more, IEnumerable<string> allowed)
    {
        _parts = [.. s_parts, .. more.Select(Squashed).Where(static w => w.Length > 0)];
        _allowed = new HashSet<string>(allowed, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>True for names that say so even in a sentence: "password: x" is one, "token: x" is not.</summary>
    public bool IsPlain(ReadOnlySpan<char> key)
    {
        Span<char> squashed = stackalloc char[MaxKey];
        key = key.Length > MaxKey ? key[^MaxKey..] : key;
        Cut(key, squashed, stackalloc int[MaxKey], out var length);
        return HoldsPart(squashed[..length]) || squashed[..length] is "pwd" or "cookie";
    }

    public bool Contains(ReadOnlySpan<char> key)
    {
        if (key.Length == 0)
            return false;
        // Too long to be a name: what is looked at is its end, where the naming word stands.
        if (key.Length > MaxKey)
            key = key[^MaxKey..];
        Span<char> squashed = stackalloc char[MaxKey];
        Span<int> ends = stackalloc int[MaxKey];
        var words = Cut(key, squashed, ends, out var length);
        if (words == 0)
            return false;
        squashed = squashed[..length];
        return (HoldsPart(squashed) || HoldsWord(squashed, ends[..words]))
            && !(words > 1 && Holds(s_harmlessLast, Word(squashed, ends, words - 1)))
            && (_allowed.Count == 0 || !_allowed.Contains(key.ToString()));
    }

    private bool HoldsPart(ReadOnlySpan<char> squashed)
    {
        foreach (var part in _parts)
            if (squashed.IndexOf(part, StringComparison.Ordinal) >= 0)
                return true;
        return false;
    }

    private static bool HoldsWord(ReadOnlySpan<char> squashed, ReadOnlySpan<int> ends)
    {
        for (var i = 0; i < ends.Length; i++)
        {
            var word = Word(squashed, ends, i);
            if (Holds(s_words, word)
                && !(i > 0 && word is "key" && Holds(s_harmlessBefore, Word(squashed, ends, i - 1))))
                return true;
        }
        return false;
    }

    // Sets of a few short words: comparing lengths and first characters settles nearly all of them.
    private static bool Holds(string[] set, ReadOnlySpan<char> word)
    {
        foreach (var item in set)
            if (word.SequenceEqual(item))
                return true;
        return false;
    }

    private static ReadOnlySpan<char> Word(ReadOnlySpan<char> squashed, ReadOnlySpan<int> ends, int i) =>
        squashed[(i == 0 ? 0 : ends[i - 1])..ends[i]];

    /// <summary>Lower-case letters and digits without what parts them; <paramref name="ends"/>: where each word ends.</summary>
    private static int Cut(ReadOnlySpan<char> key, Span<char> squashed, Span<int> ends, out int length)
    {
        var (words, at) = (0, 0);
        for (var i = 0; i < key.Length; i++)
        {
            var ended = !char.IsLetterOrDigit(key[i]) || BeginsWord(key, i);
            if (ended && at > (words == 0 ? 0 : ends[words - 1]))
                ends[words++] = at;
            if (char.IsLetterOrDigit(key[i]))
                squashed[at++] = char.ToLowerInvariant(key[i]);
        }
        if (at > (words == 0 ? 0 : ends[words - 1]))
            ends[words++] = at;
        length = at;
        return words;
    }

    private static bool BeginsWord(ReadOnlySpan<char> key, int i) =>
        char.IsUpper(key[i]) && i > 0
        && (!char.IsUpper(key[i - 1]) || (i + 1 < key.Length && char.IsLower(key[i + 1])));

    private static string Squashed(string word) =>
        string.Concat(word.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant));
}
