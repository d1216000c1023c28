using System.Buffers;

namespace Tocsin.Ingest.Redaction;

/// <summary>
/// Finds secrets in running text by their shape. Scanned by hand over UTF-8: each rule jumps to its anchor with a
/// vectorised search and reads every byte a bounded number of times, so hostile text costs no more than honest text. A rule
/// is asked only when the text has the bytes that its anchor is made of.
/// </summary>
internal static class SecretPatterns
{
    private const int Shortest = 6, MaxIdentifier = 64;

    private static readonly SearchValues<byte> s_base64Url =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    private static readonly SearchValues<byte> s_tokenBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~+/="u8);

    private static readonly SearchValues<byte> s_upperOrDigit =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"u8);
    private static readonly SearchValues<byte> s_label = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 "u8);
    private static readonly SearchValues<byte> s_authorityEnd = SearchValues.Create("/?# \t\r\n\"'<>,;|\\"u8);
    private static readonly SearchValues<byte> s_valueEnd = SearchValues.Create(" \t\r\n;&,\"'<>)}]|\\"u8);

    public static void Find(ReadOnlySpan<byte> text, TextTraits traits, SensitiveKeys keys, List<Cut> found)
    {
        if (text.Length < Shortest)
            return;
        if (traits.Digits >= CardNumbers.FewestDigits)
            CardNumbers.Find(text, found);
        if (traits.HasSeparator)
        {
            FindAssignments(text, keys, found);
            FindUrlPasswords(text, found);
        }
        if (traits.HasUpperJ)
            FindJwt(text, found);
        if (traits.HasSpace)
        {
            FindScheme(text, "earer "u8, found);
            FindScheme(text, "EARER "u8, found);
            FindScheme(text, "asic "u8, found);
        }
        if (traits.HasUpperI)
        {
            FindAwsKey(text, "AKIA"u8, found);
            FindAwsKey(text, "ASIA"u8, found);
        }
        if (traits.HasSpace && traits.HasDash)
            FindPrivateKeys(text, found);
    }

    // eyJ… . … . …
    private static void FindJwt(ReadOnlySpan<byte> text, List<Cut> found)
    {
        for (int at = 0; Next(text, "eyJ"u8, ref at);)
        {
            int header = End(text, at, s_base64Url);
            int payload = header < text.Length && text[header] == '.' ? End(text, header + 1, s_base64Url) : header;
            int end = payload < text.Length && text[payload] == '.' ? End(text, payload + 1, s_base64Url) : payload;
            if (header - at >= 10 && payload > header + 4 && end > payload)
                found.Add(new Cut(at, end - at));
            at = end;
        }
    }

    // Bearer …, Basic …: a token has a digit or padding, a word ("bearer authentication") has not.
    private static void FindScheme(ReadOnlySpan<byte> text, ReadOnlySpan<byte> scheme, List<Cut> found)
    {
        for (int at = 0; Next(text, scheme, ref at);)
        {
            at += scheme.Length;
            int end = End(text, at, s_tokenBytes);
            ReadOnlySpan<byte> token = text[at..end];
            if (token.Length >= 8 && (token.ContainsAnyInRange((byte)'0', (byte)'9') || token[^1] == '='))
                found.Add(new Cut(at, token.Length));
            at = end;
        }
    }

    // Access key ids: AKIA or ASIA and 16 more.
    private static void FindAwsKey(ReadOnlySpan<byte> text, ReadOnlySpan<byte> prefix, List<Cut> found)
    {
        for (int at = 0; Next(text, prefix, ref at);)
        {
            int end = End(text, at, s_upperOrDigit);
            if (end - at == 20 && (at == 0 || !char.IsAsciiLetterOrDigit((char)text[at - 1]))
                && (end == text.Length || !char.IsAsciiLetterOrDigit((char)text[end])))
                found.Add(new Cut(at, 20));
            at = end;
        }
    }

    // scheme://user:password@host: only the password goes.
    private static void FindUrlPasswords(ReadOnlySpan<byte> text, List<Cut> found)
    {
        for (int at = 0; Next(text, "://"u8, ref at);)
        {
            at += 3;
            int length = text[at..].IndexOfAny(s_authorityEnd);
            ReadOnlySpan<byte> authority = length < 0 ? text[at..] : text.Slice(at, length);
            int host = authority.LastIndexOf((byte)'@');
            int colon = host < 0 ? -1 : authority[..host].IndexOf((byte)':');
            if (colon >= 0 && host > colon + 1)
                found.Add(new Cut(at + colon + 1, host - colon - 1));
            at += authority.Length;
        }
    }

    // A key that was cut off before its END line is removed up to the end of the text.
    private static void FindPrivateKeys(ReadOnlySpan<byte> text, List<Cut> found)
    {
        for (int at = 0; Next(text, "-----BEGIN "u8, ref at);)
        {
            int label = End(text, at + 11, s_label);
            if (text[(at + 11)..label].IndexOf("PRIVATE KEY"u8) < 0)
            {
                at = label;
                continue;
            }
            int footer = text[at..].IndexOf("-----END "u8);
            int dashes = footer < 0 ? -1 : text[(at + footer + 9)..].IndexOf("-----"u8);
            int end = dashes < 0 ? text.Length : at + footer + 9 + dashes + 5;
            found.Add(new Cut(at, end - at));
            at = end;
        }
    }

    // password=…; "password": "…"
    private static void FindAssignments(ReadOnlySpan<byte> text, SensitiveKeys keys, List<Cut> found)
    {
        int at = 0;
        while (at < text.Length)
        {
            int next = text[at..].IndexOfAny((byte)'=', (byte)':');
            if (next < 0)
                return;
            at += next + 1;
            ReadOnlySpan<byte> name = NameBefore(text[..(at - 1)], quotedOnly: text[at - 1] == ':');
            if (name.IsEmpty || !keys.ContainsInText(name))
                continue;
            Cut value = ValueAfter(text, at);
            if (value.Length > 0)
                found.Add(value);
            at = Math.Max(at, value.End);
        }
    }

    private static ReadOnlySpan<byte> NameBefore(ReadOnlySpan<byte> before, bool quotedOnly)
    {
        before = before.TrimEnd((byte)' ');
        bool quoted = before.Length > 0 && before[^1] is (byte)'"' or (byte)'\'';
        if (quoted)
            before = before[..^1].TrimEnd((byte)'\\');
        else if (quotedOnly)
            return default;
        int start = before.Length;
        while (start > 0 && before.Length - start < MaxIdentifier
            && (char.IsAsciiLetterOrDigit((char)before[start - 1])
                || before[start - 1] is (byte)'_' or (byte)'-' or (byte)'.'))
            start--;
        return before[start..];
    }

    private static Cut ValueAfter(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\\')
            at++;
        if (at == text.Length || text[at] is (byte)'=' or (byte)'>' or (byte)'{' or (byte)'[')
            return new Cut(at, 0);
        int length;
        if (text[at] is (byte)'"' or (byte)'\'')
        {
            byte quote = text[at++];
            length = text[at..].IndexOf(quote);
            if (length > 0 && text[at + length - 1] == '\\')
                length--;
        }
        else
        {
            length = text[at..].IndexOfAny(s_valueEnd);
        }
        return new Cut(at, length < 0 ? text.Length - at : length);
    }

    private static bool Next(ReadOnlySpan<byte> text, ReadOnlySpan<byte> anchor, ref int at)
    {
        int next = at >= text.Length ? -1 : text[at..].IndexOf(anchor);
        at += Math.Max(next, 0);
        return next >= 0;
    }

    private static int End(ReadOnlySpan<byte> text, int at, SearchValues<byte> run)
    {
        int length = text[at..].IndexOfAnyExcept(run);
        return length < 0 ? text.Length : at + length;
    }
}
