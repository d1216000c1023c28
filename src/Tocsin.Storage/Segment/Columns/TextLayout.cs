namespace Tocsin.Storage.Segment.Columns;

/// <summary>The words of the word slots of one template.</summary>
internal readonly ref struct WordLists(byte[] heap, ReadOnlySpan<(int Start, int Length)> words, ReadOnlySpan<int> lists)
{
    private readonly ReadOnlySpan<(int Start, int Length)> _words = words;
    private readonly ReadOnlySpan<int> _lists = lists;

    public int Slots => _lists.Length - 1;

    public int Count(int slot) => _lists[slot + 1] - _lists[slot];

    public ReadOnlySpan<byte> this[int slot, long word]
    {
        get
        {
            if ((ulong)word >= (ulong)Count(slot))
                throw new InvalidDataException("a slot points past its words");
            (int start, int length) = _words[_lists[slot] + (int)word];
            return heap.AsSpan(start, length);
        }
    }
}

/// <summary>The templates and words of a text column, and where the codes of the rows lie.</summary>
internal sealed class TextLayout : ColumnLayout
{
    private readonly byte[] _heap, _wordHeap;
    private readonly (int Start, int Length)[] _templates, _words;

    /// <summary>The first word of each word slot, one after the other, and behind the last.</summary>
    private readonly int[] _lists;

    /// <summary>The first word slot of each template, and behind the last.</summary>
    private readonly int[] _firstList;
    private readonly int _slotsAt, _slots;
    private TextIndex? _index;

    public TextLayout(ColumnBytes bytes, int rows) : base(rows)
    {
        var reader = new ByteReader(bytes.At(0, Math.Min(bytes.Length, 10)));
        int all = reader.Left;
        _templates = new (int, int)[reader.Count(rows)];
        int at = all - reader.Left;
        _heap = TextBlock.Read(bytes, ref at);
        var heap = new ByteReader(_heap);
        for (int i = 0; i < _templates.Length; i++)
        {
            int length = heap.Count(heap.Left);
            _templates[i] = (_heap.Length - heap.Left, length);
            int slots = TextTemplate.SlotsOf(heap.Bytes(length));
            if (slots > TextTemplate.MaxSlots + WordClusters.MaxWords)
                throw new InvalidDataException("a template has too many slots");
            _slots += slots;
        }
        if (heap.Left > 0)
            throw new InvalidDataException("bytes are left after the last template");
        _wordHeap = TextBlock.Read(bytes, ref at);
        (_words, _lists, _firstList) = ReadWords();
        Codes = PackLayout.Read(bytes, ref at, rows);
        _slotsAt = at;
    }

    public int Templates => _templates.Length;

    public PackLayout Codes { get; }

    public override int Size => 300 + _heap.Length + _wordHeap.Length + (_templates.Length + _words.Length) * 8 + Codes.Size
        + (_lists.Length + _firstList.Length) * 4 + TextIndex.SizeOf(Rows, _templates.Length, _slots);

    public override Column Open(ColumnBytes bytes) => new TextColumn(this, bytes);

    /// <summary>The templates, with their lengths between them.</summary>
    public ReadOnlySpan<byte> Heap => _heap;

    /// <summary>The words, with their lengths and numbers between them.</summary>
    public ReadOnlySpan<byte> WordHeap => _wordHeap;

    /// <summary>Word slots have spaces around them, or an end of the text.</summary>
    public bool WordsAlone { get; private set; } = true;

    /// <summary>All words of all slots.</summary>
    public int WordCount => _words.Length;

    /// <summary>The template that a place in <see cref="Heap"/> belongs to, or the next one.</summary>
    public int TemplateAt(int place) => At(_templates, place);

    public int EndOfTemplate(int code) => _templates[code].Start + _templates[code].Length;

    /// <summary>The word that a place in <see cref="WordHeap"/> belongs to, or the next one.</summary>
    public int WordAt(int place) => At(_words, place);

    public int EndOfWord(int word) => _words[word].Start + _words[word].Length;

    public int TemplateOfWord(int word) => Last(_firstList, Last(_lists, word));

    /// <summary>Number among all words of the first one of a word slot of a template.</summary>
    public int WordOf(int code, int slot) => _lists[_firstList[code] + slot];

    /// <summary>The template in a copy of <see cref="Heap"/>.</summary>
    public ReadOnlySpan<byte> TemplateIn(ReadOnlySpan<byte> heap, int code) => heap.Slice(_templates[code].Start, _templates[code].Length);

    public ReadOnlySpan<byte> Template(int code) => _heap.AsSpan(_templates[code].Start, _templates[code].Length);

    public WordLists Words(int code) =>
        new(_wordHeap, _words, _lists.AsSpan(_firstList[code], _firstList[code + 1] - _firstList[code] + 1));

    /// <summary>Made once, when the first slot or rank is wanted.</summary>
    public TextIndex Index(IntPack codes, ColumnBytes bytes)
    {
        if (Volatile.Read(ref _index) is { } known)
            return known;
        TextIndex index = new(this, codes, bytes, _slotsAt, _slots);
        Volatile.Write(ref _index, index);
        return index;
    }

    private ((int, int)[] Words, int[] Lists, int[] First) ReadWords()
    {
        var reader = new ByteReader(_wordHeap);
        var words = new List<(int, int)>();
        var lists = new List<int>();
        int[] first = new int[Templates + 1];
        for (int code = 0; code < Templates; code++)
        {
            first[code] = lists.Count;
            ReadOnlySpan<byte> template = Template(code);
            for (int slot = 0; slot < template.Length; slot++)
            {
                if (template[slot] != TextTemplate.Word)
                    continue;
                WordsAlone &= (slot == 0 || template[slot - 1] == ' ') && (slot + 1 == template.Length || template[slot + 1] == ' ');
                lists.Add(words.Count);
                for (int count = reader.Count(reader.Left); count > 0; count--)
                {
                    int length = reader.Count(reader.Left);
                    words.Add((_wordHeap.Length - reader.Left, length));
                    reader.Bytes(length);
                }
            }
        }
        first[Templates] = lists.Count;
        lists.Add(words.Count);
        return reader.Left == 0 ? ([.. words], [.. lists], first) : throw new InvalidDataException("bytes are left after the last word");
    }

    /// <summary>The first that does not end before the place; the last when all do.</summary>
    private static int At((int Start, int Length)[] parts, int place)
    {
        (int low, int high) = (0, parts.Length - 1);
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (parts[middle].Start + parts[middle].Length <= place)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>The last index whose number is not above the value.</summary>
    private static int Last(int[] rising, int value)
    {
        (int low, int high) = (0, rising.Length - 1);
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (rising[middle] <= value)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }
}
