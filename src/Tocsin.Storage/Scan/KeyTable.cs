using System.Runtime.InteropServices;
using Tocsin.Model.Events;
using Tocsin.Storage.Segment;

namespace Tocsin.Storage.Scan;

/// <summary>
/// Numbers the different values that a scan meets, whatever block they are in. Texts that <see cref="TextTemplate"/> splits into a
/// template and one number are kept as these, so that a text that is stored so need not be put together. One thread.
/// </summary>
public sealed class KeyTable
{
    /// <summary>The number of no value.</summary>
    public const int Missing = -1;

    private const int NoTemplate = -1;

    private readonly ByteBuffer _heap = new(1024), _text = new(128), _rendered = new(128);
    private readonly List<NumberedKeys> _templates = [];
    private readonly Dictionary<int, List<int>> _templatesByHash = [];
    private byte[] _split = new byte[256];
    private Entry[] _entries = new Entry[16];
    private int[] _places = new int[32];
    private int _hashed;
    private KeyTable? _forms;
    private int[] _keysOfForms = [];

    public int Count { get; private set; }

    /// <summary>Valid until the next call.</summary>
    public FieldValue this[int key]
    {
        get
        {
            ReadOnlySpan<byte> encoded = Encoded(key);
            return FieldValue.Read(ref encoded);
        }
    }

    /// <summary>Bytes held, about.</summary>
    public long Bytes => _heap.Length + 24L * _entries.Length + 4L * _places.Length + _templates.Sum(t => t.Bytes)
        + 4L * _keysOfForms.Length + (_forms?.Bytes ?? 0);

    /// <summary>Whether the value is a text; cheaper than looking at it.</summary>
    public bool IsText(int key) =>
        _entries[key].Template != NoTemplate || _heap.Span[_entries[key].Start] == (byte)ValueKind.String;

    /// <summary>Numbers here of the keys of another table.</summary>
    public int[] Join(KeyTable other)
    {
        int[] numbers = new int[other.Count];
        int[] templates = [.. other._templates.Select(t => TemplateOf(t.Template))];
        for (int key = 0; key < numbers.Length; key++)
        {
            Entry entry = other._entries[key];
            numbers[key] = entry.Template != NoTemplate
                ? Of(templates[entry.Template], entry.Number)
                : OfBytes(other._heap.Span.Slice(entry.Start, entry.Length), entry.Hash);
        }
        return numbers;
    }

    /// <param name="encoded">Tag and payload.</param>
    internal int Of(ReadOnlySpan<byte> encoded)
    {
        if (encoded[0] == (byte)ValueKind.String && encoded.ContainsAnyInRange((byte)'0', (byte)'9'))
        {
            ReadOnlySpan<byte> rest = encoded;
            ReadOnlySpan<byte> text = FieldValue.Read(ref rest).Payload;
            if (_split.Length < text.Length)
                _split = new byte[text.Length * 2];
            Span<long> numbers = stackalloc long[TextTemplate.MaxSlots];
            if (TextTemplate.Split(text, _split, out int length, numbers, out int count, null) && count == 1)
                return Of(TemplateOf(_split.AsSpan(0, length)), numbers[0]);
        }
        return OfBytes(encoded, HashOf(encoded));
    }

    internal int OfText(string text)
    {
        byte[] utf8 = System.Text.Encoding.UTF8.GetBytes(text);
        var encoded = new ByteBuffer(utf8.Length + 8);
        encoded.U8((byte)ValueKind.String);
        encoded.Blob(utf8);
        return Of(encoded.Span);
    }

    /// <summary>The key plus one of all texts of one form, to be set when it is 0.</summary>
    internal ref int OfForm(ReadOnlySpan<byte> form)
    {
        int number = (_forms ??= new KeyTable()).OfBytes(form, HashOf(form));
        if (number >= _keysOfForms.Length)
            Array.Resize(ref _keysOfForms, Math.Max(64, number * 2));
        return ref _keysOfForms[number];
    }

    /// <summary>The number of a template with one slot.</summary>
    internal int TemplateOf(ReadOnlySpan<byte> template)
    {
        int hash = HashOf(template);
        ref List<int>? same = ref CollectionsMarshal.GetValueRefOrAddDefault(_templatesByHash, hash, out _);
        same ??= [];
        foreach (int known in same)
        {
            if (_templates[known].Template.AsSpan().SequenceEqual(template))
                return known;
        }
        same.Add(_templates.Count);
        _templates.Add(new NumberedKeys(template.ToArray()));
        return _templates.Count - 1;
    }

    /// <summary>Keys plus one of the small numbers of a template; 0 for those not met yet.</summary>
    internal int[] Near(int template) => _templates[template].Near;

    /// <summary>The key of the text that a template makes with a number.</summary>
    internal int Of(int template, long number)
    {
        NumberedKeys keys = _templates[template];
        ref int key = ref keys.At(number);
        if (key != 0)
            return key - 1;
        if (number < 10 && keys.Template.AsSpan().Contains(TextTemplate.Digits))
            throw new InvalidDataException("a slot has no digits");
        keys.Count++;
        return (key = Add(new Entry(template, 0, 0, 0, number)) + 1) - 1;
    }

    private int OfBytes(ReadOnlySpan<byte> encoded, int hash)
    {
        if (_hashed * 2 >= _places.Length)
            GrowPlaces();
        int place = hash & (_places.Length - 1);
        for (; _places[place] != 0; place = (place + 1) & (_places.Length - 1))
        {
            ref Entry entry = ref _entries[_places[place] - 1];
            if (entry.Hash == hash && _heap.Span.Slice(entry.Start, entry.Length).SequenceEqual(encoded))
                return _places[place] - 1;
        }
        int start = _heap.Length;
        _heap.Bytes(encoded);
        int key = Add(new Entry(NoTemplate, hash, start, encoded.Length, 0));
        _places[place] = key + 1;
        _hashed++;
        return key;
    }

    private int Add(in Entry entry)
    {
        if (Count == _entries.Length)
            Array.Resize(ref _entries, Count * 2);
        _entries[Count] = entry;
        return Count++;
    }

    private void GrowPlaces()
    {
        _places = new int[_places.Length * 2];
        for (int key = 0; key < Count; key++)
        {
            if (_entries[key].Template != NoTemplate)
                continue;
            int place = _entries[key].Hash & (_places.Length - 1);
            while (_places[place] != 0)
                place = (place + 1) & (_places.Length - 1);
            _places[place] = key + 1;
        }
    }

    private ReadOnlySpan<byte> Encoded(int key)
    {
        Entry entry = _entries[key];
        if (entry.Template == NoTemplate)
            return _heap.Span.Slice(entry.Start, entry.Length);
        ReadOnlySpan<byte> template = _templates[entry.Template].Template;
        int slot = template.IndexOfAnyInRange(TextTemplate.Digits, byte.MaxValue);
        _text.Clear();
        _text.Bytes(template[..slot]);
        TextTemplate.RenderSlot(template[slot], entry.Number, _text);
        _text.Bytes(template[(slot + 1)..]);
        _rendered.Clear();
        _rendered.U8((byte)ValueKind.String);
        _rendered.Blob(_text.Span);
        return _rendered.Span;
    }

    // Values come from the network: the framework's hash has a secret, without which anybody could make them all collide.
    private static int HashOf(ReadOnlySpan<byte> bytes) =>
        string.GetHashCode(MemoryMarshal.Cast<byte, char>(bytes)) * 31 + (bytes.Length % 2 == 0 ? 0 : bytes[^1] + 1);

    private readonly record struct Entry(int Template, int Hash, int Start, int Length, long Number);
}

/// <summary>The keys of numbers that share a template: an array as far as there are many, a table beyond.</summary>
internal sealed class NumberedKeys(byte[] template)
{
    private const int Least = 1024, Most = 1 << 24, Sparse = 64;

    private readonly Dictionary<long, int> _far = [];
    private int[] _near = [];

    public byte[] Template => template;

    /// <summary>How many there are; told by who sets them.</summary>
    public int Count { get; set; }

    public long Bytes => 4L * _near.Length + 40L * _far.Count + template.Length + 64;

    public int[] Near => _near;

    /// <summary>The key plus one, to be set when it is 0.</summary>
    public ref int At(long number)
    {
        if ((ulong)number >= (ulong)_near.Length)
        {
            if ((ulong)number >= (ulong)Math.Min(Most, Math.Max(Least, (long)Sparse * Count)))
                return ref CollectionsMarshal.GetValueRefOrAddDefault(_far, number, out _);
            Grow(number);
        }
        return ref _near[number];
    }

    private void Grow(long number)
    {
        Array.Resize(ref _near, (int)Math.Min(Most, Math.Max(number + 1, _near.Length * 2L)));
        foreach ((long far, int key) in _far.Where(f => (ulong)f.Key < (ulong)_near.Length).ToList())
        {
            _near[far] = key;
            _far.Remove(far);
        }
    }
}
