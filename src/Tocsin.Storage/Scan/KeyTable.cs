using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Tocsin.Model.Events;
using Tocsin.Storage.Io;

namespace Tocsin.Storage.Scan;

/// <summary>Numbers the different values that a scan meets, whatever block they are in. One thread.</summary>
public sealed class KeyTable
{
    /// <summary>The number of no value.</summary>
    public const int Missing = -1;

    private readonly Dictionary<byte[], int> _values = new(new BytesComparer());
    private readonly Dictionary<byte[], NumberedKeys> _templates = new(new BytesComparer());
    private readonly List<byte[]> _encoded = [];

    public int Count => _encoded.Count;

    public FieldValue this[int key]
    {
        get
        {
            ReadOnlySpan<byte> rest = _encoded[key];
            return FieldValue.Read(ref rest);
        }
    }

    /// <summary>Bytes held, about.</summary>
    public long Bytes { get; private set; }

    /// <param name="encoded">Tag and payload.</param>
    internal int Of(ReadOnlySpan<byte> encoded)
    {
        if (_values.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(encoded, out int key))
            return key;
        byte[] copy = encoded.ToArray();
        _values.Add(copy, _encoded.Count);
        _encoded.Add(copy);
        Bytes += copy.Length + 96;
        return _encoded.Count - 1;
    }

    /// <summary>The keys of texts that are one template with one number.</summary>
    internal NumberedKeys OfTemplate(ReadOnlySpan<byte> template)
    {
        if (!_templates.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(template, out NumberedKeys? keys))
            _templates.Add(template.ToArray(), keys = new NumberedKeys());
        return keys;
    }

    private sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? a, byte[]? b) => a.AsSpan().SequenceEqual(b);

        public int GetHashCode([DisallowNull] byte[] bytes) => GetHashCode(bytes.AsSpan());

        public bool Equals(ReadOnlySpan<byte> a, byte[] b) => a.SequenceEqual(b);

        // Values come from the network: without a secret anybody could make them all collide.
        public int GetHashCode(ReadOnlySpan<byte> bytes) => (int)Crc32C.Of(bytes, s_secret) * s_factor;

        public byte[] Create(ReadOnlySpan<byte> bytes) => bytes.ToArray();

        private static readonly uint s_secret = (uint)Random.Shared.Next();
        private static readonly int s_factor = Random.Shared.Next() | 1;
    }
}

/// <summary>The keys of numbers that share a template: an array where numbers are small.</summary>
internal sealed class NumberedKeys
{
    private const int Dense = 1 << 22;

    private readonly Dictionary<long, int> _far = [];
    private int[] _near = [];

    /// <summary>The key plus one, to be set when it is 0.</summary>
    public ref int this[long number]
    {
        get
        {
            if ((ulong)number >= Dense)
                return ref CollectionsMarshal.GetValueRefOrAddDefault(_far, number, out _);
            if (number >= _near.Length)
                Array.Resize(ref _near, (int)Math.Min(Dense, Math.Max(number + 1, _near.Length * 2L)));
            return ref _near[number];
        }
    }
}
