using System.Numerics;
using Tocsin.Model.Events;
using Tocsin.Storage.Io;

namespace Tocsin.Storage.Segment.Columns;

/// <summary>Splits the strings of a column into templates and numbers, and writes them. One thread.</summary>
internal sealed class TextSplitter
{
    private const int MostTemplates = 8192;

    private readonly ByteBuffer _heap = new(64 << 10), _text = new(256);
    private readonly List<Template> _templates = [];
    private readonly long[] _slots = new long[TextTemplate.MaxSlots];
    private int[] _table = new int[1024];
    private int[] _codes = [];
    private long[] _numbers = [];
    private byte[] _scratch = new byte[4096];
    private int _count;

    /// <summary>
    /// False when the texts have no templates worth the name, or when these would take more than <paramref name="most"/> bytes.
    /// </summary>
    public bool TrySplit(Values values, long most, TokenSet? ids)
    {
        Reset(values.Count);
        long bytes = 0, slots = 0;
        for (int i = 0; i < values.Count; i++)
        {
            ReadOnlySpan<byte> value = values[i];
            ReadOnlySpan<byte> text = FieldValue.Read(ref value).Payload;
            if (_scratch.Length < text.Length)
                _scratch = new byte[text.Length * 2];
            bytes += text.Length;
            if (!TextTemplate.Split(text, _scratch, out int length, _slots, out int count, ids)
                || !TryFind(_scratch.AsSpan(0, length), i, out int code))
                return false;
            _codes[i] = code;
            Template template = _templates[code];
            template.Add(_slots.AsSpan(0, count));
            slots += count;
        }
        // Numbers take three bytes or so, Deflate halves plain text.
        long size = _heap.Length / 2 + slots * 3 + (long)_count * (32 - BitOperations.LeadingZeroCount((uint)_templates.Count)) / 8;
        return size < most && size < bytes / 2 + _count;
    }

    /// <param name="present">The row of each text.</param>
    /// <param name="rows">Rows of the block.</param>
    /// <param name="into">Receives the column.</param>
    /// <param name="tokens">Receives the words of the templates.</param>
    public void Write(ReadOnlySpan<int> present, int rows, ByteBuffer into, TokenSet? tokens)
    {
        into.Varint((ulong)_templates.Count);
        _text.Clear();
        foreach (Template template in _templates)
        {
            ReadOnlySpan<byte> text = _heap.Span.Slice(template.Start, template.Length);
            _text.Blob(text);
            tokens?.AddTemplate(text);
        }
        TextBlock.Write(_text.Span, into);
        Span<long> codes = Numbers(rows);
        codes.Fill(_templates.Count);
        for (int i = 0; i < _count; i++)
            codes[present[i]] = _codes[i];
        IntPack.Write(codes, delta: false, into);
        foreach (Template template in _templates)
        {
            for (int slot = 0; slot < template.Slots; slot++)
            {
                Span<long> numbers = Numbers(template.Rows);
                template.Read(slot, numbers);
                IntPack.Write(numbers, delta: false, into);
            }
        }
        into.Take(IntPack.Padding).Clear();
    }

    private bool TryFind(ReadOnlySpan<byte> text, int i, out int code)
    {
        uint hash = Crc32C.Of(text);
        int mask = _table.Length - 1;
        int slot = (int)(hash * 0x9E3779B9u >> 7) & mask;
        for (; (code = _table[slot] - 1) >= 0; slot = (slot + 1) & mask)
        {
            Template known = _templates[code];
            if (known.Hash == hash && _heap.Span.Slice(known.Start, known.Length).SequenceEqual(text))
                return true;
        }
        if (_templates.Count == MostTemplates || _templates.Count > 256 + i / 8)
            return false;
        code = _templates.Count;
        _templates.Add(new Template(hash, _heap.Length, text.Length, TextTemplate.SlotsOf(text)));
        _heap.Bytes(text);
        _table[slot] = code + 1;
        if (_templates.Count * 2 > _table.Length)
            Grow();
        return true;
    }

    private void Grow()
    {
        _table = new int[_table.Length * 4];
        int mask = _table.Length - 1;
        for (int code = 0; code < _templates.Count; code++)
        {
            int slot = (int)(_templates[code].Hash * 0x9E3779B9u >> 7) & mask;
            while (_table[slot] != 0)
                slot = (slot + 1) & mask;
            _table[slot] = code + 1;
        }
    }

    private Span<long> Numbers(int count)
    {
        if (_numbers.Length < count)
            _numbers = new long[count + count / 4];
        return _numbers.AsSpan(0, count);
    }

    private void Reset(int count)
    {
        if (_codes.Length < count)
            _codes = new int[count + count / 4];
        _count = count;
        _heap.Clear();
        _templates.Clear();
        Array.Clear(_table);
    }

    private sealed class Template(uint hash, int start, int length, int slots)
    {
        private long[] _numbers = slots == 0 ? [] : new long[slots * 16];
        private int _used;

        public uint Hash => hash;
        public int Start => start;
        public int Length => length;
        public int Slots => slots;
        public int Rows => slots == 0 ? 0 : _used / slots;

        public void Add(ReadOnlySpan<long> numbers)
        {
            if (_used + numbers.Length > _numbers.Length)
                Array.Resize(ref _numbers, _numbers.Length * 2);
            numbers.CopyTo(_numbers.AsSpan(_used));
            _used += numbers.Length;
        }

        public void Read(int slot, Span<long> into)
        {
            for (int i = 0; i < into.Length; i++)
                into[i] = _numbers[i * slots + slot];
        }
    }
}
