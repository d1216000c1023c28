using System.Buffers;
using System.Numerics;
using System.Text;

namespace Tocsin.Storage.Scan;

/// <summary>
/// How text falls into words: a word is a run of ASCII letters, digits, '_' and non-ASCII bytes. Words compare without
/// regard to case. The token filter on disk depends on every detail here.
/// </summary>
internal static class Tokens
{
    /// <summary>Hexadecimal words of digits and letters are ids from this length on.</summary>
    public const int IdLength = 8;

    private static readonly SearchValues<byte> s_word = SearchValues.Create(WordBytes());

    public static bool IsWord(byte b) => b >= 0x80 || char.IsAsciiLetterOrDigit((char)b) || b == '_';

    /// <summary>Cuts the next word off the front of the text; false when there is none.</summary>
    public static bool Next(ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> word)
    {
        int start = text.IndexOfAny(s_word);
        if (start < 0)
        {
            word = default;
            return false;
        }
        ReadOnlySpan<byte> rest = text[start..];
        int length = rest.IndexOfAnyExcept(s_word);
        word = length < 0 ? rest : rest[..length];
        text = rest[word.Length..];
        return true;
    }

    /// <summary>Lower case. ASCII bytes keep their number; other text may change its length.</summary>
    public static byte[] Fold(ReadOnlySpan<byte> text) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text).ToLowerInvariant());

    /// <summary>Hash of a word without regard to case. Stable: it is part of the segment format.</summary>
    public static ulong Hash(ReadOnlySpan<byte> word)
    {
        if (!Ascii.IsValid(word))
            word = Fold(word);
        ulong hash = 14695981039346656037;
        foreach (byte b in word)
            hash = (hash ^ Lower(b)) * 1099511628211;
        return Mix(hash);
    }

    /// <summary>Hash of an id, in the same filter as the words.</summary>
    public static ulong HashId(ReadOnlySpan<byte> id)
    {
        ulong hash = 14695981039346656037 ^ (ulong)id.Length;
        foreach (byte b in id)
            hash = (hash ^ b) * 1099511628211;
        return Mix(hash);
    }

    public static byte Lower(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;

    /// <summary>ASCII letters in lower case, other bytes as they are.</summary>
    public static void Lower(ReadOnlySpan<byte> text, Span<byte> into)
    {
        int i = 0;
        for (; i + Vector<byte>.Count <= text.Length; i += Vector<byte>.Count)
        {
            var some = new Vector<byte>(text[i..]);
            Vector<byte> upper = Vector.LessThan(some - new Vector<byte>((byte)'A'), new Vector<byte>(26));
            (some | (upper & new Vector<byte>(0x20))).CopyTo(into[i..]);
        }
        for (; i < text.Length; i++)
            into[i] = Lower(text[i]);
    }

    /// <summary>Spreads the bits, since FNV leaves short words close together (the finisher of MurmurHash3).</summary>
    private static ulong Mix(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53;
        return hash ^ (hash >> 33);
    }

    private static byte[] WordBytes() => [.. Enumerable.Range(0, 256).Select(i => (byte)i).Where(IsWord)];
}
