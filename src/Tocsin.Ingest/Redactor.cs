using System.Text;
using Tocsin.Ingest.Redaction;

namespace Tocsin.Ingest;

/// <summary>
/// Takes secrets out of text before it is stored: by the name of the attribute and by the shape of the value.
/// Thread-safe; a clean text costs no allocation.
/// </summary>
public sealed class Redactor
{
    private readonly SensitiveKeys _keys;

    /// <param name="redactKeys">Names to redact in addition to the built-in list.</param>
    /// <param name="keepKeys">Exact names that are never redacted by name.</param>
    public Redactor(IEnumerable<string>? redactKeys = null, IEnumerable<string>? keepKeys = null) =>
        _keys = new SensitiveKeys(redactKeys ?? [], keepKeys ?? []);

    /// <summary>What stands in place of a secret.</summary>
    public const string Mark = "[REDACTED]";

    internal static ReadOnlySpan<byte> MarkUtf8 => "[REDACTED]"u8;

    /// <summary>Whether values under this name are secret whatever they look like.</summary>
    public bool IsSensitiveKey(ReadOnlySpan<byte> key) => _keys.Contains(key);

    /// <inheritdoc cref="IsSensitiveKey(ReadOnlySpan{byte})"/>
    public bool IsSensitiveKey(string key) => _keys.Contains(Encoding.UTF8.GetBytes(key));

    /// <summary>
    /// Replaces what looks like a secret by <see cref="Mark"/>; returns the same instance when there is nothing.
    /// </summary>
    public string Redact(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        List<Cut> found = [];
        if (!Find(utf8, found))
            return text;
        byte[] clean = new byte[CleanLength(utf8.Length, found)];
        WriteClean(utf8, found, clean);
        return Encoding.UTF8.GetString(clean);
    }

    /// <summary>Fills <paramref name="found"/> with the secrets of the text, in order and without overlap.</summary>
    internal bool Find(ReadOnlySpan<byte> utf8, List<Cut> found) => Find(utf8, TextTraits.Of(utf8), found);

    /// <inheritdoc cref="Find(ReadOnlySpan{byte}, List{Cut})"/>
    /// <param name="utf8">The text.</param>
    /// <param name="traits">Its own.</param>
    /// <param name="found">Is emptied first.</param>
    internal bool Find(ReadOnlySpan<byte> utf8, TextTraits traits, List<Cut> found)
    {
        found.Clear();
        SecretPatterns.Find(utf8, traits, _keys, found);
        if (found.Count > 1)
            Merge(found);
        return found.Count > 0;
    }

    internal static int CleanLength(int length, List<Cut> found)
    {
        foreach (Cut cut in found)
            length += MarkUtf8.Length - cut.Length;
        return length;
    }

    internal static void WriteClean(ReadOnlySpan<byte> utf8, List<Cut> found, Span<byte> clean)
    {
        int from = 0;
        foreach (Cut cut in found)
        {
            utf8[from..cut.Start].CopyTo(clean);
            clean = clean[(cut.Start - from)..];
            MarkUtf8.CopyTo(clean);
            clean = clean[MarkUtf8.Length..];
            from = cut.End;
        }
        utf8[from..].CopyTo(clean);
    }

    private static void Merge(List<Cut> found)
    {
        found.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        int last = 0;
        for (int i = 1; i < found.Count; i++)
        {
            if (found[i].Start < found[last].End)
                found[last] = found[last] with { Length = Math.Max(found[last].End, found[i].End) - found[last].Start };
            else
                found[++last] = found[i];
        }
        found.RemoveRange(last + 1, found.Count - last - 1);
    }
}
