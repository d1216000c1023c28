using Tocsin.Storage.Scan;

namespace Tocsin.Storage.Segment.Columns;

/// <summary>What a condition says of all texts of one template.</summary>
internal enum TemplateVerdict : byte
{
    Never,
    Always,

    /// <summary>It depends on the numbers.</summary>
    Perhaps,
}

/// <summary>Asks a condition once per template instead of once per row. One thread.</summary>
internal sealed class TemplateJudge
{
    private readonly ValuePredicate _test;
    private readonly TextShape? _shape;
    private readonly Fragment[] _fragments;
    private readonly ByteBuffer _text = new(256), _value = new(256);

    public TemplateJudge(ValuePredicate test)
    {
        _test = test;
        _shape = test.Shape;
        _fragments = _shape is null ? [] : [.. _shape.Fragments.Where(f => f.Length > 0).Select(f => new Fragment(f))];
    }

    public TemplateVerdict Of(ReadOnlySpan<byte> template, WordLists words)
    {
        int slot = template.IndexOfAnyInRange(TextTemplate.Digits, byte.MaxValue);
        if (slot < 0)
            return TextColumn.Accepts(_test, template, _value) ? TemplateVerdict.Always : TemplateVerdict.Never;
        if (_shape is null)
            return TemplateVerdict.Perhaps;
        foreach (Fragment fragment in _fragments)
        {
            if (!fragment.MayBeIn(template, words))
                return TemplateVerdict.Never;
        }
        if (_shape.FreeDigit == 0)
            return TemplateVerdict.Perhaps;
        // With a digit that the condition does not name, whatever it finds owes nothing to the slots.
        Sample(template, _shape.FreeDigit);
        return TextColumn.Accepts(_test, _text.Span, _value) ? TemplateVerdict.Always : TemplateVerdict.Perhaps;
    }

    private void Sample(ReadOnlySpan<byte> template, byte digit)
    {
        _text.Clear();
        foreach (byte b in template)
            _text.U8(TextTemplate.IsSlot(b) ? digit : b);
    }

    /// <summary>
    /// ASCII text in lower case that must stand somewhere in the value; its first 64 bytes are looked for, all places at once:
    /// bit n says that n + 1 bytes have been found up to here.
    /// </summary>
    private sealed class Fragment
    {
        private readonly ulong[] _places = new ulong[256];
        private readonly ulong _digits, _hex, _uuid, _last;
        private readonly int _length;

        public Fragment(byte[] text)
        {
            _length = Math.Min(64, text.Length);
            for (int i = 0; i < _length; i++)
            {
                byte b = Tokens.Lower(text[i]);
                _places[b] |= 1UL << i;
                if (char.IsAsciiDigit((char)b))
                    _digits |= 1UL << i;
                if (char.IsAsciiHexDigit((char)b))
                    _hex |= 1UL << i;
                if (char.IsAsciiHexDigit((char)b) || b == '-')
                    _uuid |= 1UL << i;
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
