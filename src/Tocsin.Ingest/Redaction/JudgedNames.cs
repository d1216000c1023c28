using System.Buffers.Binary;

namespace Tocsin.Ingest.Redaction;

/// <summary>
/// The last few names of attributes, all of them valid UTF-8, and whether each is sensitive: records mostly have the same ones.
/// One thread.
/// </summary>
internal sealed class JudgedNames
{
    private const int PlaceBits = 8, Places = 1 << PlaceBits, LongestName = 64;

    private readonly byte[]?[] _names = new byte[Places][];
    private readonly bool[] _sensitive = new bool[Places];

    public bool TryFind(ReadOnlySpan<byte> name, out bool sensitive)
    {
        int place = PlaceOf(name);
        sensitive = _sensitive[place];
        return name.SequenceEqual(_names[place]) && name.Length > 0;
    }

    public void Add(ReadOnlySpan<byte> name, bool sensitive)
    {
        if (name.Length > LongestName)
            return;
        int place = PlaceOf(name);
        // The array of the name before is taken over when it is as long.
        if (_names[place] is { } known && known.Length == name.Length)
            name.CopyTo(known);
        else
            _names[place] = name.ToArray();
        _sensitive[place] = sensitive;
    }

    private static int PlaceOf(ReadOnlySpan<byte> name)
    {
        ulong mixed = name.Length >= 8
            ? BinaryPrimitives.ReadUInt64LittleEndian(name) ^ ulong.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(name[^8..]), 23)
            : name.Length == 0 ? 0 : (ulong)(name[0] | name[name.Length / 2] << 8 | name[^1] << 16);
        return (int)((mixed + (ulong)name.Length) * 0x9E3779B97F4A7C15 >> (64 - PlaceBits));
    }
}
