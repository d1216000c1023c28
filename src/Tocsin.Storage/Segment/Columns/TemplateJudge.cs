using System.Buffers;
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

/// <summary>
/// Asks a condition once per template instead of once per row. What it asks for is looked for in all templates and all words at
/// once; only where it is found, or where numbers may become part of it, templates are looked at one by one. One thread.
/// </summary>
internal sealed class TemplateJudge : IDisposable
{
    /// <summary>Of a condition; further ones are taken as found.</summary>
    private const int MaxFragments = 64;

    private readonly ValuePredicate _test;
    private readonly TextLayout _layout;
    private readonly TextShape? _shape;
    private readonly TextFragment[] _fragments;
    private readonly ByteBuffer _text = new(256), _value = new(256);
    private readonly byte[] _lower, _lowerWords;

    /// <summary>Bit n of a template: it has fragment n in a literal part, in a word, with the help of slots.</summary>
    private readonly ulong[] _inText, _inWords, _inSlots;

    /// <summary>Bit n of a word: it has fragment n.</summary>
    private ulong[] _words = [];

    public TemplateJudge(ValuePredicate test, TextLayout layout)
    {
        (_test, _layout, _shape) = (test, layout, test.Shape);
        _fragments = _shape is null ? []
            : [.. _shape.Fragments.Where(f => f.Length > 0).Take(MaxFragments).Select(f => new TextFragment(f))];
        (_inText, _inWords, _inSlots) = (new ulong[layout.Templates], new ulong[layout.Templates], new ulong[layout.Templates]);
        _lower = Lower(_fragments.Length > 0 ? layout.Heap : default);
        _lowerWords = Lower(_fragments.Length > 0 ? layout.WordHeap : default);
    }

    /// <param name="into">One per template.</param>
    public void Judge(Span<TemplateVerdict> into)
    {
        for (int i = 0; i < _fragments.Length; i++)
            Find(i);
        ulong all = _fragments.Length == MaxFragments ? ulong.MaxValue : (1UL << _fragments.Length) - 1;
        for (int code = 0; code < into.Length; code++)
            into[code] = (_inText[code] | _inWords[code] | _inSlots[code]) == all ? Of(code, all) : TemplateVerdict.Never;
    }

    /// <summary>
    /// The fragment that a text of the template has in one of its words if it has it at all; 0 when words tell nothing. As a bit.
    /// </summary>
    public ulong OnlyInWords(int code)
    {
        ulong only = _inWords[code] & ~_inText[code] & ~_inSlots[code];
        return only & (ulong)-(long)only;
    }

    /// <summary>Whether a word of a slot has the fragment.</summary>
    /// <param name="word">As <see cref="TextLayout.WordOf"/> numbers it.</param>
    /// <param name="fragment">As a bit.</param>
    public bool HasWord(int word, ulong fragment) => (_words[word] & fragment) != 0;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_lower);
        ArrayPool<byte>.Shared.Return(_lowerWords);
    }

    private TemplateVerdict Of(int code, ulong all)
    {
        ReadOnlySpan<byte> template = _layout.Template(code);
        if (!template.ContainsAnyInRange(TextTemplate.Digits, byte.MaxValue))
            return TextColumn.Accepts(_test, template, _value) ? TemplateVerdict.Always : TemplateVerdict.Never;
        if (_shape is null || _shape.FreeDigit == 0 || _inText[code] != all)
            return TemplateVerdict.Perhaps;
        // With a digit that the condition does not name, whatever it finds owes nothing to the slots.
        Sample(template, _shape.FreeDigit);
        return TextColumn.Accepts(_test, _text.Span, _value) ? TemplateVerdict.Always : TemplateVerdict.Perhaps;
    }

    private void Find(int fragment)
    {
        TextFragment wanted = _fragments[fragment];
        ulong bit = 1UL << fragment;
        ReadOnlySpan<byte> text = _lower.AsSpan(0, _layout.Heap.Length), words = _lowerWords.AsSpan(0, _layout.WordHeap.Length);
        // A hit over lengths and numbers between texts names one too many, never one too few.
        for (int at = 0, hit; _inText.Length > 0 && (hit = text[at..].IndexOf(wanted.Text)) >= 0;)
        {
            int code = _layout.TemplateAt(at + hit);
            _inText[code] |= bit;
            at = Math.Max(at + hit + 1, _layout.EndOfTemplate(code));
        }
        for (int at = 0, hit; _layout.WordCount > 0 && (hit = words[at..].IndexOf(wanted.Text)) >= 0;)
        {
            int word = _layout.WordAt(at + hit);
            if (_words.Length == 0)
                _words = new ulong[_layout.WordCount];
            _words[word] |= bit;
            _inWords[_layout.TemplateOfWord(word)] |= bit;
            at = Math.Max(at + hit + 1, _layout.EndOfWord(word));
        }
        for (int code = 0; code < _inText.Length; code++)
        {
            if ((_inText[code] & bit) == 0 && wanted.MayTouchSlots(_layout.TemplateIn(text, code), _layout.WordsAlone)
                && wanted.MayBeIn(_layout.Template(code), _layout.Words(code)))
                _inSlots[code] |= bit;
        }
    }

    private void Sample(ReadOnlySpan<byte> template, byte digit)
    {
        _text.Clear();
        foreach (byte b in template)
            _text.U8(TextTemplate.IsSlot(b) ? digit : b);
    }

    /// <summary>A rented copy in lower case.</summary>
    private static byte[] Lower(ReadOnlySpan<byte> text)
    {
        byte[] lower = ArrayPool<byte>.Shared.Rent(Math.Max(1, text.Length));
        Tokens.Lower(text, lower);
        return lower;
    }
}
