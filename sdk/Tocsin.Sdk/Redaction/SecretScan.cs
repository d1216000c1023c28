using System.Buffers;

namespace TocsinSdk.Redaction;

/// <summary>
/// Finds secrets in running text by their shape. <see cref="MayHoldSecret"/> settles nearly every text with vector
/// instructions; what it lets through is looked at by scanners that are linear in the length of the text, because the
/// text may come from an attacker.
/// </summary>
internal static class SecretScan
{
    private const int MinLength = 6;

    /// <summary>How a token of a well-known issuer begins, and how many more characters it has at least.</summary>
    private static readonly (string Prefix, int Least)[] s_tokens =
    [
        ("eyJ", 17), ("sk-", 20), ("sk_live_", 16), ("sk_test_", 16), ("rk_live_", 16), ("ghp_", 20), ("gho_", 20),
        ("ghu_", 20), ("ghs_", 20), ("ghr_", 20), ("github_pat_", 20), ("glpat-", 16), ("xoxb-", 10), ("xoxp-", 10),
        ("xoxa-", 10), ("xoxs-", 10), ("AKIA", 16), ("ASIA", 16), ("AIza", 30), ("npm_", 30), ("hf_", 30), ("SG.", 30),
        ("ya29.", 20),
    ];

    private static readonly string[] s_schemes = ["bearer ", "basic "];

    /// <summary>What every secret that needs no name holds, in the case it is written in.</summary>
    private static readonly string[] s_marks =
        [.. s_tokens.Select(static t => t.Prefix), "earer ", "EARER ", "asic ", "ASIC ", "-----BEGIN"];

    /// <summary>What the name of every secret that <see cref="SensitiveKeys"/> knows holds; "://" for its password.</summary>
    private static readonly string[] s_names =
    [
        "pass", "pwd", "secret", "token", "key", "jwt", "auth", "credential", "cookie", "connection", "signature",
        "card", "cvv", "cvc", "ssn", "pin", "otp", "iban", "pan", "bearer", "://",
    ];

#if NET9_0_OR_GREATER
    private static readonly SearchValues<string> s_mark = SearchValues.Create(s_marks, StringComparison.Ordinal);
    private static readonly SearchValues<string> s_name =
        SearchValues.Create(s_names, StringComparison.OrdinalIgnoreCase);
#endif

    private static readonly SearchValues<char> s_tokenCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.~+/=");

    private static readonly SearchValues<char> s_authorityEnds = SearchValues.Create(" \t\r\n\"'<>/");

    /// <summary>False when the text surely holds none.</summary>
    public static bool MayHoldSecret(ReadOnlySpan<char> text, bool emails, bool ownKeys)
    {
        if (text.Length < MinLength)
            return false;
        // A secret known by its name has one of these between, so has a password in a URL.
        if (text.IndexOfAny('=', ':') >= 0 && (ownKeys || HasName(text)))
            return true;
        // The shortest others are a card and "basic " with eight characters.
        return text.Length >= PaymentCard.MinDigits && (HasMark(text) || HasLongNumber(text))
            || (emails && text.Contains('@'));
    }

    /// <summary>Where the secrets are, in order and apart from each other.</summary>
    public static List<(int From, int To)> Find(ReadOnlySpan<char> text, SensitiveKeys keys, bool emails)
    {
        var found = new List<(int From, int To)>();
        Pems(text, found);
        Tokens(text, found);
        Schemes(text, found);
        UrlPasswords(text, found);
        AssignedSecrets.Find(text, keys, found);
        Cards(text, found);
        if (emails)
            Emails(text, found);
        return Merged(found);
    }

    private static bool HasName(ReadOnlySpan<char> text)
    {
#if NET9_0_OR_GREATER
        return text.ContainsAny(s_name);
#else
        foreach (var name in s_names)
            if (text.Contains(name, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
#endif
    }

    private static bool HasMark(ReadOnlySpan<char> text)
    {
#if NET9_0_OR_GREATER
        return text.ContainsAny(s_mark);
#else
        foreach (var mark in s_marks)
            if (text.Contains(mark, StringComparison.Ordinal))
                return true;
        return false;
#endif
    }

    private static bool HasLongNumber(ReadOnlySpan<char> text)
    {
        while (text.Length >= PaymentCard.MinDigits)
        {
            var at = text.IndexOfAnyInRange('0', '9');
            if (at < 0)
                return false;
            var digits = 0;
            while (at < text.Length && IsOfNumber(text[at]))
                digits += char.IsAsciiDigit(text[at++]) ? 1 : 0;
            if (digits >= PaymentCard.MinDigits)
                return true;
            text = text[at..];
        }
        return false;
    }

    private static bool IsOfNumber(char c) => char.IsAsciiDigit(c) || c is ' ' or '-';

    private static void Pems(ReadOnlySpan<char> text, List<(int, int)> found)
    {
        const string begin = "-----BEGIN", end = "-----END";
        for (var at = 0; Next(text, begin, ref at, StringComparison.Ordinal);)
        {
            var from = at;
            at += begin.Length;
            var to = text.Length;
            if (Next(text, end, ref at, StringComparison.Ordinal))
            {
                at += end.Length;
                to = Next(text, "-----", ref at, StringComparison.Ordinal) ? at + 5 : text.Length;
            }
            found.Add((from, at = to));
        }
    }

    private static void Tokens(ReadOnlySpan<char> text, List<(int, int)> found)
    {
        foreach (var (prefix, least) in s_tokens)
        {
            for (var at = 0; Next(text, prefix, ref at, StringComparison.Ordinal);)
            {
                var (from, to) = (at, EndOfToken(text, at));
                at = Math.Max(to, at + prefix.Length);
                if (to - from >= prefix.Length + least && (from == 0 || !char.IsLetterOrDigit(text[from - 1])))
                    found.Add((from, to));
            }
        }
    }

    private static void Schemes(ReadOnlySpan<char> text, List<(int, int)> found)
    {
        foreach (var scheme in s_schemes)
        {
            for (var at = 0; Next(text, scheme, ref at, StringComparison.OrdinalIgnoreCase);)
            {
                var begins = at == 0 || !char.IsLetterOrDigit(text[at - 1]);
                var from = at += scheme.Length;
                at = EndOfToken(text, at);
                // "basic training" is no credential: a digit, an upper-case letter or padding gives it away.
                if (begins && at - from >= 8 && LooksRandom(text[from..at]))
                    found.Add((from, at));
            }
        }
    }

    private static bool LooksRandom(ReadOnlySpan<char> token) =>
        token.IndexOfAnyInRange('0', '9') >= 0 || token.IndexOfAnyInRange('A', 'Z') >= 0 || token[^1] == '=';

    private static void UrlPasswords(ReadOnlySpan<char> text, List<(int, int)> found)
    {
        for (var at = 0; Next(text, "://", ref at, StringComparison.Ordinal);)
        {
            at += 3;
            var rest = text[at..];
            var end = rest.IndexOfAny(s_authorityEnds);
            var authority = end < 0 ? rest : rest[..end];
            // The last @ parts the user from the host; a password may hold one, and a slash, by mistake.
            var host = authority.LastIndexOf('@');
            if (host < 0 && end >= 0 && rest[end] == '/')
                continue;
            var colon = host < 0 ? -1 : authority[..host].IndexOf(':');
            if (colon >= 0 && host - colon > 1)
                found.Add((at + colon + 1, at + host));
        }
    }

    // Any groups of digits that follow each other may be the card: "order 7 4111 1111 1111 1111".
    private static void Cards(ReadOnlySpan<char> text, List<(int, int)> found)
    {
        for (var at = 0; at < text.Length; at++)
            if (char.IsAsciiDigit(text[at]) && (at == 0 || !char.IsAsciiDigit(text[at - 1]))
                && EndOfCard(text, at) is > 0 and var end)
            {
                found.Add((at, end));
                at = end;
            }
    }

    private static int EndOfCard(ReadOnlySpan<char> text, int from)
    {
        Span<char> digits = stackalloc char[PaymentCard.MaxDigits];
        var count = 0;
        for (var at = from; at < text.Length && IsOfNumber(text[at]); at++)
        {
            if (!char.IsAsciiDigit(text[at]))
                continue;
            if (count == digits.Length)
                return -1;
            digits[count++] = text[at];
            var ends = at + 1 == text.Length || !char.IsAsciiDigit(text[at + 1]);
            if (ends && PaymentCard.IsCard(digits[..count]))
                return at + 1;
        }
        return -1;
    }

    private static void Emails(ReadOnlySpan<char> text, List<(int, int)> found)
    {
        for (var at = 0; Next(text, "@", ref at, StringComparison.Ordinal);)
        {
            var (from, to) = (at, at + 1);
            while (from > 0 && (char.IsLetterOrDigit(text[from - 1]) || text[from - 1] is '.' or '_' or '-' or '+' or '%'))
                from--;
            while (to < text.Length && (char.IsLetterOrDigit(text[to]) || text[to] is '.' or '-'))
                to++;
            if (from < at && text[at..to].Contains('.'))
                found.Add((from, to));
            at = to;
        }
    }

    private static bool Next(ReadOnlySpan<char> text, string what, ref int at, StringComparison comparison)
    {
        var next = text[at..].IndexOf(what, comparison);
        at = next < 0 ? text.Length : at + next;
        return next >= 0;
    }

    private static int EndOfToken(ReadOnlySpan<char> text, int at)
    {
        var length = text[at..].IndexOfAnyExcept(s_tokenCharacters);
        return length < 0 ? text.Length : at + length;
    }

    private static List<(int From, int To)> Merged(List<(int From, int To)> found)
    {
        found.Sort();
        var merged = new List<(int From, int To)>(found.Count);
        foreach (var secret in found)
            if (merged.Count > 0 && secret.From <= merged[^1].To)
                merged[^1] = (merged[^1].From, Math.Max(merged[^1].To, secret.To));
            else
                merged.Add(secret);
        return merged;
    }
}
