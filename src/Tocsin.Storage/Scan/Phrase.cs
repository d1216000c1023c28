using System.Text;
using Tocsin.Storage.Segment;

namespace Tocsin.Storage.Scan;

/// <summary>
/// One or more words that must stand side by side, whole and in any case. Text without any word (for example "/") is
/// looked for as it is.
/// </summary>
internal sealed class Phrase
{
    private readonly byte[] _raw;
    private readonly bool _ascii;

    public Phrase(string text)
    {
        _raw = Encoding.UTF8.GetBytes(text);
        _ascii = Ascii.IsValid(text);
        var words = new List<byte[]>();
        ReadOnlySpan<byte> rest = Tokens.Fold(_raw);
        while (Tokens.Next(ref rest, out ReadOnlySpan<byte> word))
            words.Add(word.ToArray());
        Words = words;
        // The longest is the rarest, and mostly settles it.
        Hashes = [.. words.Where(w => !w.AsSpan().ContainsAnyInRange((byte)'0', (byte)'9') || TextTemplate.IsId(w)).OrderByDescending(w => w.Length).Select(w => Tokens.Hash(w))];
    }

    public IReadOnlyList<byte[]> Words { get; }

    /// <summary>Of the words that the filter of a block can deny: a word with digits may be split over a template.</summary>
    public IReadOnlyList<ulong> Hashes { get; }

    /// <summary>What a text must contain.</summary>
    public IReadOnlyList<byte[]> Fragments => Words.Count > 0 ? Words : [_raw];

    public bool IsIn(ReadOnlySpan<byte> text)
    {
        if (Words.Count == 0)
            return _raw.Length == 0 ? text.Length == 0 : text.IndexOf(_raw) >= 0;
        // Slow path: case of letters beyond ASCII needs a decoded copy.
        if (!_ascii && !Ascii.IsValid(text))
            text = Tokens.Fold(text);
        byte first = Words[0][0];
        byte upper = (byte)(first is >= (byte)'a' and <= (byte)'z' ? first ^ 0x20 : first);
        for (int at = 0, hit; (hit = text[at..].IndexOfAny(first, upper)) >= 0; at += hit + 1)
        {
            int start = at + hit;
            if ((start == 0 || !Tokens.IsWord(text[start - 1])) && StartsWithWords(text[start..]))
                return true;
        }
        return false;
    }

    private bool StartsWithWords(ReadOnlySpan<byte> text)
    {
        foreach (byte[] wanted in Words)
        {
            if (!Tokens.Next(ref text, out ReadOnlySpan<byte> word) || !SameWord(word, wanted))
                return false;
        }
        return true;
    }

    private static bool SameWord(ReadOnlySpan<byte> word, ReadOnlySpan<byte> folded)
    {
        if (word.Length != folded.Length)
            return false;
        for (int i = 0; i < word.Length; i++)
        {
            if (Tokens.Lower(word[i]) != folded[i])
                return false;
        }
        return true;
    }
}
