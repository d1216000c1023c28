using Tocsin.Storage.Scan;

namespace Tocsin.Storage.Segment.Columns;

/// <summary>
/// ASCII text in lower case that must stand somewhere in a value; its first 64 bytes are looked for. Says of templates whether it may
/// come about with the help of their slots. One thread.
/// </summary>
internal sealed class TextFragment
{
    private const byte OfDigits = 1, OfHex = 2, OfUuid = 4;

    private readonly byte[] _text;

    /// <summary>The kinds of slot that may stand behind a byte, or before it, when the fragment goes on into the slot.</summary>
    private readonly byte[] _before = new byte[256], _after = new byte[256];
    private readonly byte _first, _last;
    private Automaton? _automaton;

    public TextFragment(byte[] text)
    {
        _text = text.Length <= 64 ? [.. text] : text[..64];
        for (int i = 0; i < _text.Length; i++)
            _text[i] = Tokens.Lower(_text[i]);
        for (int i = 0; i + 1 < _text.Length; i++)
        {
            _before[_text[i]] |= KindsOf(_text[i + 1]);
            _after[_text[i + 1]] |= KindsOf(_text[i]);
        }
        (_first, _last) = (KindsOf(_text[0]), KindsOf(_text[^1]));
    }

    public ReadOnlySpan<byte> Text => _text;

    /// <summary>False when what it finds owes nothing to slots: it is in a literal part or in one word, or nowhere.</summary>
    /// <param name="lower">A template with slots, in lower case.</param>
    /// <param name="wordsAlone">Words stand between spaces.</param>
    public bool MayTouchSlots(ReadOnlySpan<byte> lower, bool wordsAlone)
    {
        bool spaced = !wordsAlone || _text.AsSpan().Contains((byte)' ');
        for (int at = 0, hit; (hit = lower[at..].IndexOfAnyInRange(TextTemplate.Digits, byte.MaxValue)) >= 0; at += hit + 1)
        {
            int slot = at + hit;
            byte kind = lower[slot] switch
            {
                TextTemplate.Word => 0,
                TextTemplate.Digits => OfDigits,
                TextTemplate.Uuid => OfUuid,
                _ => OfHex,
            };
            if (kind == 0 ? spaced : MayBegin(lower, slot, kind) && MayEnd(lower, slot, kind))
                return true;
        }
        return false;
    }

    /// <summary>Whether any text of the template may contain it.</summary>
    public bool MayBeIn(ReadOnlySpan<byte> template, WordLists words) => (_automaton ??= new Automaton(_text)).MayBeIn(template, words);

    private bool MayBegin(ReadOnlySpan<byte> lower, int slot, byte kind) =>
        (_first & kind) != 0 || slot > 0 && (TextTemplate.IsSlot(lower[slot - 1]) || (_before[lower[slot - 1]] & kind) != 0);

    private bool MayEnd(ReadOnlySpan<byte> lower, int slot, byte kind) =>
        (_last & kind) != 0 || slot + 1 < lower.Length && (TextTemplate.IsSlot(lower[slot + 1]) || (_after[lower[slot + 1]] & kind) != 0);

    private static byte KindsOf(byte b) => char.IsAsciiDigit((char)b) ? (byte)(OfDigits | OfHex | OfUuid)
        : char.IsAsciiHexDigit((char)b) ? (byte)(OfHex | OfUuid) : b == '-' ? OfUuid : (byte)0;

    /// <summary>All places of the fragment at once: bit n says that n + 1 bytes have been found up to here.</summary>
    private sealed class Automaton
    {
        private readonly ulong[] _places = new ulong[256];
        private readonly ulong _digits, _hex, _uuid, _last;
        private readonly int _length;

        public Automaton(ReadOnlySpan<byte> text)
        {
            _length = text.Length;
            for (int i = 0; i < _length; i++)
            {
                byte kinds = KindsOf(text[i]);
                _places[text[i]] |= 1UL << i;
                _digits |= (kinds & OfDigits) != 0 ? 1UL << i : 0;
                _hex |= (kinds & OfHex) != 0 ? 1UL << i : 0;
                _uuid |= (kinds & OfUuid) != 0 ? 1UL << i : 0;
            }
            _last = 1UL << (_length - 1);
        }

        public bool MayBeIn(ReadOnlySpan<byte> template, WordLists words)
        {
            ulong found = 0;
            int slot = 0;
            foreach (byte b in template)
            {
                if (b == TextTemplate.Word)
                {
                    if (AnyOf(words, slot++, ref found))
                        return true;
                    continue;
                }
                found = b < TextTemplate.Digits ? (found << 1 | 1) & _places[Tokens.Lower(b)]
                    : Run(found, b == TextTemplate.Digits ? _digits : b == TextTemplate.Uuid ? _uuid : _hex);
                if ((found & _last) != 0)
                    return true;
            }
            return false;
        }

        /// <summary>After any of the words; true when one of them completes the fragment.</summary>
        private bool AnyOf(WordLists words, int slot, ref ulong found)
        {
            ulong all = 0;
            for (int word = 0; word < words.Count(slot); word++)
            {
                ulong after = found;
                foreach (byte b in words[slot, word])
                {
                    after = (after << 1 | 1) & _places[Tokens.Lower(b)];
                    if ((after & _last) != 0)
                        return true;
                }
                all |= after;
            }
            found = all;
            return false;
        }

        /// <summary>After one or more bytes of a kind.</summary>
        private ulong Run(ulong found, ulong kind)
        {
            ulong all = 0;
            for (int i = 0; i < _length; i++)
            {
                found = (found << 1 | 1) & kind;
                if ((all | found) == all)
                    break;
                all |= found;
            }
            return all;
        }
    }
}
