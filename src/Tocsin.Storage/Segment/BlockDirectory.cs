using System.Text;
using Tocsin.Storage.Io;

namespace Tocsin.Storage.Segment;

/// <summary>Which columns a block has, and where. Immutable; any thread.</summary>
internal sealed class BlockDirectory
{
    private readonly Dictionary<string, ColumnEntry[]> _fields = new(StringComparer.Ordinal);

    private BlockDirectory(List<ColumnEntry> entries)
    {
        Entries = entries;
        foreach (var group in entries.Where(e => e.Role == ColumnRole.Field)
            .GroupBy(e => Encoding.UTF8.GetString(e.Name), StringComparer.Ordinal))
            _fields.Add(group.Key, [.. group]);
    }

    public IReadOnlyList<ColumnEntry> Entries { get; }

    /// <summary>Bytes in memory, about.</summary>
    public int Size => 200 + Entries.Sum(e => 250 + e.Name.Length * 3);

    public ColumnEntry? this[ColumnRole role]
    {
        get
        {
            foreach (ColumnEntry entry in Entries)
            {
                if (entry.Role == role)
                    return entry;
            }
            return null;
        }
    }

    /// <summary>
    /// The columns of a name: its first value of each row, then further ones. Names that are not UTF-8 share what they decode to.
    /// </summary>
    public ReadOnlySpan<ColumnEntry> Fields(string name) => _fields.TryGetValue(name, out ColumnEntry[]? found) ? found : [];

    /// <summary>Throws <see cref="InvalidDataException"/> or <see cref="IOException"/> when it cannot be read.</summary>
    public static BlockDirectory Read(SegmentFile file, BlockHeader header)
    {
        byte[] bytes = file.Read(header.Offset, header.DirectoryLength);
        if (Crc32C.Of(bytes) != header.DirectoryCrc)
            throw new InvalidDataException("the column directory of a block is damaged");
        var reader = new ByteReader(bytes);
        var entries = new List<ColumnEntry>();
        for (int count = reader.Count(bytes.Length); count > 0; count--)
            entries.Add(ColumnEntry.Read(ref reader));
        return new BlockDirectory(entries);
    }
}
