using System.Runtime.InteropServices;
using Tocsin.Storage.Io;

namespace Tocsin.Storage.Segment.Columns;

/// <summary>
/// Joins templates that differ in words only: "moved to paid by ann" and "moved to sent by bob" become "moved to W by W". Words
/// are what lies between spaces; one with digits in it stays as it is. One thread.
/// </summary>
internal sealed class WordClusters
{
    public const int Wild = -1;

    /// <summary>Templates with more words are joined with no other, so that a template has no more word slots.</summary>
    public const int MaxWords = 64;

    /// <summary>Of one shape: texts without anything in common must not cost the square of their number.</summary>
    private const int MaxCompared = 128;


    private readonly Dictionary<ulong, List<Cluster>> _byShape = [];
    private readonly List<Cluster> _clusters = [];
    private readonly List<(int Start, int Length)> _words = [];
    private readonly List<uint> _hashes = [];
    private readonly List<int> _line = [];
    private int[] _table = new int[1024];
    private Cluster[] _clusterOf = [];
    private int[][] _wordsOf = [];

    public IReadOnlyList<Cluster> All => _clusters;

    public Cluster Of(int template) => _clusterOf[template];

    /// <summary>The word of a template at each wild place of its cluster.</summary>
    public int WordAt(int template, int place) => _wordsOf[template][place];

    /// <summary>The word, in the heap that was given.</summary>
    public (int Start, int Length) Word(int word) => _words[word];

    /// <param name="heap">Holds the templates.</param>
    /// <param name="templates">Where they lie.</param>
    public void Build(ReadOnlySpan<byte> heap, ReadOnlySpan<(int Start, int Length)> templates)
    {
        Clear();
        _clusterOf = new Cluster[templates.Length];
        _wordsOf = new int[templates.Length][];
        for (int i = 0; i < templates.Length; i++)
        {
            ulong shape = Split(heap, templates[i].Start, templates[i].Length);
            int[] words = [.. _line];
            ref List<Cluster>? alike = ref CollectionsMarshal.GetValueRefOrAddDefault(_byShape, shape, out _);
            Cluster? cluster = words.Length > MaxWords ? null : (alike ??= []).Take(MaxCompared).MaxBy(c => c.Likeness(words));
            if (cluster is null || !cluster.Takes(words))
            {
                cluster = new Cluster(_clusters.Count, words, SlotWords(heap));
                _clusters.Add(cluster);
                alike?.Add(cluster);
            }
            else
            {
                cluster.Join(words);
            }
            _clusterOf[i] = cluster;
            _wordsOf[i] = words;
        }
    }

    /// <summary>Splits a template at its spaces; the result tells templates apart that can never be joined.</summary>
    private ulong Split(ReadOnlySpan<byte> heap, int start, int length)
    {
        _line.Clear();
        ulong shape = 14695981039346656037;
        for (int at = start, end = start + length; at <= end;)
        {
            int space = heap[at..end].IndexOf((byte)' ');
            int word = space < 0 ? end - at : space;
            int number = Find(heap, at, word);
            if (heap.Slice(at, word).ContainsAnyInRange(TextTemplate.Digits, byte.MaxValue))
                shape = (shape ^ (ulong)(number + 1) ^ (ulong)_line.Count << 32) * 1099511628211;
            _line.Add(number);
            at += word + 1;
        }
        return (shape ^ (ulong)_line.Count) * 1099511628211;
    }

    private bool[] SlotWords(ReadOnlySpan<byte> heap)
    {
        bool[] slots = new bool[_line.Count];
        for (int i = 0; i < slots.Length; i++)
        {
            (int start, int length) = _words[_line[i]];
            slots[i] = heap.Slice(start, length).ContainsAnyInRange(TextTemplate.Digits, byte.MaxValue);
        }
        return slots;
    }

    private int Find(ReadOnlySpan<byte> heap, int start, int length)
    {
        ReadOnlySpan<byte> word = heap.Slice(start, length);
        uint hash = Crc32C.Of(word);
        int mask = _table.Length - 1;
        int slot = (int)(hash * 0x9E3779B9u >> 7) & mask;
        for (int known; (known = _table[slot] - 1) >= 0; slot = (slot + 1) & mask)
        {
            if (_hashes[known] == hash && heap.Slice(_words[known].Start, _words[known].Length).SequenceEqual(word))
                return known;
        }
        _words.Add((start, length));
        _hashes.Add(hash);
        _table[slot] = _words.Count;
        if (_words.Count * 2 > _table.Length)
            Grow();
        return _words.Count - 1;
    }

    private void Grow()
    {
        _table = new int[_table.Length * 4];
        int mask = _table.Length - 1;
        for (int word = 0; word < _words.Count; word++)
        {
            int slot = (int)(_hashes[word] * 0x9E3779B9u >> 7) & mask;
            while (_table[slot] != 0)
                slot = (slot + 1) & mask;
            _table[slot] = word + 1;
        }
    }

    private void Clear()
    {
        _byShape.Clear();
        _clusters.Clear();
        _words.Clear();
        _hashes.Clear();
        Array.Clear(_table);
    }

    /// <summary>Templates of one shape, and the words they do not share.</summary>
    internal sealed class Cluster(int number, int[] words, bool[] slots)
    {
        private readonly int[] _words = [.. words];

        public int Number => number;

        public int Words => _words.Length;

        /// <summary>The word at a place, or -1 when it varies.</summary>
        public int WordAt(int place) => _words[place];

        public bool IsSlot(int place) => slots[place];

        public int Likeness(int[] other)
        {
            int same = 0;
            for (int i = 0; i < _words.Length; i++)
                same += _words[i] == other[i] ? 1 : 0;
            return same;
        }

        /// <summary>At least half of the words are the same.</summary>
        public bool Takes(int[] other) => other.Length == _words.Length && Likeness(other) * 2 >= _words.Length;

        public void Join(int[] other)
        {
            for (int i = 0; i < _words.Length; i++)
            {
                if (_words[i] != other[i])
                    _words[i] = Wild;
            }
        }
    }
}
