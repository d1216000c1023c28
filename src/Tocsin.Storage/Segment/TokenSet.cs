using System.Buffers.Binary;
using Tocsin.Model.Events;
using Tocsin.Storage.Scan;

namespace Tocsin.Storage.Segment;

/// <summary>The different words and ids of one block, and the filter made of them. One thread.</summary>
internal sealed class TokenSet
{
    private readonly HashTable _hashes = new();

    public void Clear() => _hashes.Clear();

    public void AddId(ReadOnlySpan<byte> id) => _hashes.Add(Tokens.HashId(id));

    public void AddWord(ReadOnlySpan<byte> word) => _hashes.Add(Tokens.Hash(word));

    /// <summary>The words that stand in every text of a template. Words with digits are no concern of the filter.</summary>
    public void AddTemplate(ReadOnlySpan<byte> template)
    {
        Span<byte> text = template.Length <= 1024 ? stackalloc byte[template.Length] : new byte[template.Length];
        for (int i = 0; i < text.Length; i++)
            text[i] = TextTemplate.IsSlot(template[i]) ? (byte)'0' : template[i];
        ReadOnlySpan<byte> rest = text;
        while (Tokens.Next(ref rest, out ReadOnlySpan<byte> word))
        {
            if (!word.ContainsAnyInRange((byte)'0', (byte)'9'))
                _hashes.Add(Tokens.Hash(word));
        }
    }

    public void AddFields(ReadOnlySpan<byte> encoded)
    {
        var fields = new FieldReader(encoded);
        while (fields.MoveNext())
            Add(fields.Value);
    }

    public void AddValue(ReadOnlySpan<byte> encoded) => Add(FieldValue.Read(ref encoded));

    public void WriteFilter(ByteBuffer into) => TokenFilter.Write(_hashes, into);

    private void Add(FieldValue value)
    {
        switch (value.Kind)
        {
            case ValueKind.String:
                ReadOnlySpan<byte> text = value.Payload;
                while (Tokens.Next(ref text, out ReadOnlySpan<byte> word))
                    _hashes.Add(Tokens.Hash(word));
                break;
            case ValueKind.Map:
                AddFields(value.Payload);
                break;
            case ValueKind.Array:
                ValueReader items = value.AsArray;
                while (items.MoveNext())
                    Add(items.Value);
                break;
        }
    }
}

/// <summary>
/// A Bloom filter sized by its content: 10 bits and 6 probes per word, which lets about 0.9 % of absent words through.
/// Layout: u64 words; bit n is bit n mod 64 of word n / 64. No words at all: nothing is inside.
/// </summary>
internal static class TokenFilter
{
    private const int BitsPerToken = 10, Probes = 6;

    public static void Write(HashTable hashes, ByteBuffer into)
    {
        int words = (hashes.Count * BitsPerToken + 63) / 64;
        Span<byte> filter = into.Take(words * 8);
        filter.Clear();
        foreach (ulong hash in hashes)
        {
            for (int probe = 0; probe < Probes; probe++)
            {
                int bit = Bit(hash, probe, filter.Length);
                filter[bit / 8] |= (byte)(1 << (bit % 8));
            }
        }
    }

    /// <param name="length">Bytes of the filter.</param>
    /// <param name="at">Reads one of them.</param>
    /// <param name="hash">Of the word.</param>
    public static bool MayContain(int length, Func<int, byte> at, ulong hash)
    {
        if (length == 0)
            return false;
        for (int probe = 0; probe < Probes; probe++)
        {
            int bit = Bit(hash, probe, length);
            if ((at(bit / 8) & 1 << (bit % 8)) == 0)
                return false;
        }
        return true;
    }

    public static bool MayContain(ReadOnlySpan<byte> filter, ulong hash)
    {
        if (filter.Length == 0)
            return false;
        for (int probe = 0; probe < Probes; probe++)
        {
            int bit = Bit(hash, probe, filter.Length);
            if ((filter[bit / 8] & 1 << (bit % 8)) == 0)
                return false;
        }
        return true;
    }

    /// <summary>The n-th probe is hash + n * (hash rotated by 32, made odd), scaled to the number of bits.</summary>
    private static int Bit(ulong hash, int probe, int bytes)
    {
        ulong step = ulong.RotateLeft(hash, 32) | 1;
        return (int)Math.BigMul(unchecked(hash + (ulong)probe * step), (ulong)bytes * 8, out _);
    }
}
