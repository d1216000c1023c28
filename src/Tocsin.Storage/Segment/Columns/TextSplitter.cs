using System.Numerics;
using Tocsin.Model.Events;
using Tocsin.Storage.Io;

namespace Tocsin.Storage.Segment.Columns;

/// <summary>Splits the strings of a column into templates and numbers, and writes them. One thread.</summary>
internal sealed class TextSplitter
{
    private const int MostTemplates = 16_384;

    /// <summary>Texts that differ in words have many at first, until these come again.</summary>
    private const int MostAtFirst = 1024;

    /// <summary>After so many texts it is plain whether the numbers will take far more than the bytes that they may.</summary>
    private const int Sample = 4096;

    /// <summary>What is kept for the next column; few need as much.</summary>
    private const int KeptNumbers = 1 << 20, KeptBytes = 16 << 20;

    private readonly ByteBuffer _heap = new(64 << 10), _text = new(256);
    private readonly List<Template> _templates = [];
    private readonly WordClusters _clusters = new();
    private int[] _table = new int[1024];
    private int[] _codes = [];

    // Of the texts, one after the other; of the joined templates, slot after slot.
    private long[] _numbers = [], _columns = [];
    private byte[] _scratch = new byte[4096];
    private int _count;

    /// <summary>
    /// False when the texts have no templates worth the name, or when these would take more than <paramref name="most"/> bytes.
    /// </summary>
    public bool TrySplit(Values values, long most, TokenSet? ids)
    {
        Reset(values.Count);
        long bytes = 0;
        int slots = 0;
        for (int i = 0; i < values.Count; i++)
        {
            ReadOnlySpan<byte> value = values[i];
            ReadOnlySpan<byte> text = FieldValue.Read(ref value).Payload;
            if (_scratch.Length < text.Length)
                _scratch = new byte[text.Length * 2];
            if (_numbers.Length < slots + TextTemplate.MaxSlots)
                Array.Resize(ref _numbers, Math.Max(2 * slots, 4096));
            bytes += text.Length;
            if (!TextTemplate.Split(text, _scratch, out int length, _numbers.AsSpan(slots), out int count, ids)
                || !TryFind(_scratch.AsSpan(0, length), i, out int code))
                return false;
            _codes[i] = code;
            _templates[code].Rows++;
            slots += count;
            if (i == Sample && SizeOf(slots, Sample) > 2.0 * Sample / values.Count * most)
                return false;
        }
        long size = SizeOf(slots, _count);
        return size < most && size < bytes / 2 + _count;
    }

    /// <summary>Numbers take three bytes or so; templates that differ in words are joined, and Deflate halves plain text.</summary>
    private long SizeOf(long slots, long texts) =>
        _heap.Length / 6 + slots * 3 + texts * (32 - BitOperations.LeadingZeroCount((uint)_templates.Count)) / 8;

    /// <param name="present">The row of each text.</param>
    /// <param name="rows">Rows of the block.</param>
    /// <param name="into">Receives the column.</param>
    /// <param name="tokens">Receives the words of the templates.</param>
    public void Write(ReadOnlySpan<int> present, int rows, ByteBuffer into, TokenSet? tokens)
    {
        foreach (Template template in _templates)
            tokens?.AddTemplate(_heap.Span.Slice(template.Start, template.Length));
        Joined[] joined = Join();
        into.Varint((ulong)joined.Length);
        _text.Clear();
        foreach (Joined template in joined)
            _text.Blob(template.Text);
        TextBlock.Write(_text.Span, into);
        _text.Clear();
        foreach (Joined template in joined)
        {
            foreach (List<int> words in template.Words)
            {
                _text.Varint((ulong)words.Count);
                foreach (int word in words)
                {
                    (int start, int length) = _clusters.Word(word);
                    _text.Blob(_heap.Span.Slice(start, length));
                }
            }
        }
        TextBlock.Write(_text.Span, into);
        WriteNumbers(joined, present, rows, into);
        into.Take(IntPack.Padding).Clear();
    }

    private void WriteNumbers(Joined[] joined, ReadOnlySpan<int> present, int rows, ByteBuffer into)
    {
        int needed = 0;
        foreach (Joined template in joined)
            template.PlaceAt(ref needed);
        if (_columns.Length < needed + rows)
            _columns = GC.AllocateUninitializedArray<long>(needed + rows);
        Span<long> codes = _columns.AsSpan(needed, rows);
        codes.Fill(joined.Length);
        ReadOnlySpan<long> numbers = _numbers;
        for (int i = 0; i < _count; i++)
        {
            Template template = _templates[_codes[i]];
            codes[present[i]] = template.Cluster;
            joined[template.Cluster].Add(numbers, template.Layout, _columns);
            numbers = numbers[template.Slots..];
        }
        IntPack.Write(codes, delta: false, into);
        foreach (Joined template in joined)
        {
            for (int slot = 0; slot < template.Slots; slot++)
                IntPack.Write(template.Column(slot, _columns), delta: false, into);
        }
    }

    /// <summary>Templates with what differs in words alone joined; each of the old ones learns where its numbers go.</summary>
    private Joined[] Join()
    {
        (int, int)[] places = [.. _templates.Select(t => (t.Start, t.Length))];
        _clusters.Build(_heap.Span, places);
        int[] rows = new int[_clusters.All.Count];
        for (int i = 0; i < _templates.Count; i++)
            rows[_clusters.Of(i).Number] += _templates[i].Rows;
        Joined[] joined = [.. _clusters.All.Select(c => new Joined(c, _clusters, _heap, rows[c.Number]))];
        for (int i = 0; i < _templates.Count; i++)
        {
            WordClusters.Cluster cluster = _clusters.Of(i);
            _templates[i].Cluster = cluster.Number;
            _templates[i].Layout = joined[cluster.Number].LayoutOf(i);
        }
        return joined;
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
        if (_templates.Count == MostTemplates || _templates.Count > MostAtFirst + i / 3)
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

    private void Reset(int count)
    {
        if (_codes.Length < count)
            _codes = new int[count + count / 4];
        _count = count;
        if (_numbers.Length > KeptNumbers)
            _numbers = [];
        if (_columns.Length > KeptNumbers)
            _columns = [];
        _heap.Clear(most: KeptBytes);
        _templates.Clear();
        Array.Clear(_table);
    }

    /// <summary>A template as the texts have it.</summary>
    private sealed class Template(uint hash, int start, int length, int slots)
    {
        public uint Hash => hash;
        public int Start => start;
        public int Length => length;
        public int Slots => slots;
        public int Cluster { get; set; }
        public int[] Layout { get; set; } = [];

        /// <summary>How many texts have it.</summary>
        public int Rows { get; set; }
    }

    /// <summary>A template as it is stored: some of its slots are words.</summary>
    private sealed class Joined
    {
        private readonly WordClusters.Cluster _cluster;
        private readonly WordClusters _clusters;
        private readonly int[] _slotsBefore;
        private readonly List<(int Place, List<int> Words, Dictionary<int, int> Codes)> _wild = [];
        private readonly int _rows;
        private int _start, _used;

        /// <param name="rows">How many will be added.</param>
        public Joined(WordClusters.Cluster cluster, WordClusters clusters, ByteBuffer heap, int rows)
        {
            (_cluster, _clusters) = (cluster, clusters);
            var text = new ByteBuffer(128);
            _slotsBefore = new int[cluster.Words];
            for (int place = 0; place < cluster.Words; place++)
            {
                if (place > 0)
                    text.U8((byte)' ');
                _slotsBefore[place] = Slots;
                int word = cluster.WordAt(place);
                if (word == WordClusters.Wild)
                {
                    text.U8(TextTemplate.Word);
                    _wild.Add((place, [], []));
                    Slots++;
                    continue;
                }
                (int start, int length) = clusters.Word(word);
                text.Bytes(heap.Span.Slice(start, length));
                Slots += TextTemplate.SlotsOf(heap.Span.Slice(start, length));
            }
            Text = text.Span.ToArray();
            _rows = rows;
        }

        public byte[] Text { get; }
        public int Slots { get; }

        /// <summary>Of each word slot, the words in the order of their codes.</summary>
        public IEnumerable<List<int>> Words => _wild.Select(w => w.Words);

        /// <summary>Of each slot: which number of the text goes there, or the complement of a word's code.</summary>
        public int[] LayoutOf(int template)
        {
            int[] layout = new int[Slots];
            int number = 0, slot = 0;
            foreach ((int place, List<int> words, Dictionary<int, int> codes) in _wild)
            {
                while (slot < _slotsBefore[place])
                    layout[slot++] = number++;
                int word = _clusters.WordAt(template, place);
                if (!codes.TryGetValue(word, out int code))
                {
                    codes.Add(word, code = words.Count);
                    words.Add(word);
                }
                layout[slot++] = ~code;
            }
            while (slot < layout.Length)
                layout[slot++] = number++;
            return layout;
        }

        /// <summary>Its columns begin there; moved behind them.</summary>
        public void PlaceAt(ref int start)
        {
            _start = start;
            start = checked(start + Slots * _rows);
        }

        /// <summary>A further row.</summary>
        public void Add(ReadOnlySpan<long> numbers, int[] layout, long[] columns)
        {
            int at = _start + _used++;
            foreach (int from in layout)
            {
                columns[at] = from < 0 ? ~from : numbers[from];
                at += _rows;
            }
        }

        public ReadOnlySpan<long> Column(int slot, long[] columns) => columns.AsSpan(_start + slot * _rows, _rows);
    }
}
