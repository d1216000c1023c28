using System.Buffers.Binary;

namespace Tocsin.Ingest.Redaction;

/// <summary>
/// The last few names of attributes, all of them valid UTF-8, and whether each is sensitive: records mostly have the same ones.
/// One thread.
/// </summary>
internal sealed class JudgedNames
{
    private const int PlaceBits = 8, Places = 1 << PlaceBits, LongestName = 64;

    /// <summary>With room for the longest, so that names that fight for a place leave no garbage.</summary>
    private readonly byte[]?[] _names = new byte[Places][];
    private readonly byte[] _lengths = new byte[Places];
    private readonly bool[] _sensitive = new bool[Places];

    public bool TryFind(ReadOnlySpan<byte> name, out bool sensitive)
    {
        int place = PlaceOf(name);
        sensitive = _sensitive[place];
        return name.Length > 0 && name.Length == _lengths[place] && name.SequenceEqual(_names[place].AsSpan(0, name.Length));
    }

    public void Add(ReadOnlySpan<byte> name, bool sensitive)
    {
        if (name.Length > LongestName)
            return;
        int place = PlaceOf(name);
        name.CopyTo(_names[place] ??= new byte[LongestName]);
        (_lengths[place], _sensitive[place]) = ((byte)name.Length, sensitive);
    }

    private static int PlaceOf(ReadOnlySpan<byte> name)
    {
        ulong mixed = name.Length >= 8
            ? BinaryPrimitives.ReadUInt64LittleEndian(name) ^ ulong.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(name[^8..]), 23)
            : name.Length == 0 ? 0 : (ulong)(name[0] | name[name.Length / 2] << 8 | name[^1] << 16);
        return (int)((mixed + (ulong)name.Length) * 0x9E3779B97F4A7C15 >> (64 - PlaceBits));
    }
}
