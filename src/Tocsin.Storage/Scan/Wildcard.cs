using System.Text;

namespace Tocsin.Storage.Scan;

/// <summary>
/// A pattern with '*' (any text) and '?' (one character), without regard to case; '\' makes the next character plain.
/// It matches a value when it matches the whole value or one word of it.
/// </summary>
internal sealed class Wildcard
{
    private const short AnyText = -1, AnyCharacter = -2;
    private readonly short[] _pattern;
    private readonly bool _ascii;

    public Wildcard(string pattern)
    {
        var items = new List<short>();
        byte[] bytes = Tokens.Fold(Encoding.UTF8.GetBytes(pattern));
        for (int i = 0; i < bytes.Length; i++)
        {
            items.Add((char)bytes[i] switch
            {
                '\\' when i + 1 < bytes.Length => bytes[++i],
                '*' => AnyText,
                '?' => AnyCharacter,
                _ => bytes[i],
            });
        }
        _pattern = [.. items];
        _ascii = Ascii.IsValid(pattern);
        Shape = TextShape.Of(pattern, Fragments(items), countsCharacters: items.Contains(AnyCharacter));
    }

    public TextShape? Shape { get; }

    public bool Matches(ReadOnlySpan<byte> text)
    {
        if (!_ascii && !Ascii.IsValid(text))
            text = Tokens.Fold(text);
        if (MatchesWhole(text))
            return true;
        while (Tokens.Next(ref text, out ReadOnlySpan<byte> word))
        {
            if (MatchesWhole(word))
                return true;
        }
        return false;
    }

    private static List<byte[]> Fragments(List<short> items)
    {
        var fragments = new List<byte[]>();
        var fragment = new List<byte>();
        foreach (short item in items.Append(AnyText))
        {
            if (item >= 0)
            {
                fragment.Add((byte)item);
                continue;
            }
            fragments.Add([.. fragment]);
            fragment.Clear();
        }
        return fragments;
    }

    /// <summary>Linear but for one step back per '*', which only the last '*' ever takes.</summary>
    private bool MatchesWhole(ReadOnlySpan<byte> text)
    {
        int t = 0, p = 0, star = -1, resume = 0;
        while (t < text.Length)
        {
            if (p < _pattern.Length && _pattern[p] == AnyText)
            {
                star = p++;
                resume = t;
            }
            else if (p < _pattern.Length && _pattern[p] == AnyCharacter)
            {
                t += CharacterLength(text[t..]);
                p++;
            }
            else if (p < _pattern.Length && _pattern[p] == Tokens.Lower(text[t]))
            {
                t++;
                p++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++resume;
            }
            else
            {
                return false;
            }
        }
        while (p < _pattern.Length && _pattern[p] == AnyText)
            p++;
        return p == _pattern.Length;
    }

    private static int CharacterLength(ReadOnlySpan<byte> text)
    {
        int length = 1;
        while (length < text.Length && (text[length] & 0xC0) == 0x80)
            length++;
        return length;
    }
}
