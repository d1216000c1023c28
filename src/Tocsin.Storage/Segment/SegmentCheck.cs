using System.Text;
using Tocsin.Storage.Io;

namespace Tocsin.Storage.Segment;

/// <summary>Reads every byte of a segment for which there is a checksum. Not a decoder: it says whether bytes are as written.</summary>
internal static class SegmentCheck
{
    /// <param name="file">The segment.</param>
    /// <param name="block">As its footer describes it.</param>
    /// <param name="damage">Told the offset in the file and what is wrong there.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static void Block(IFile file, BlockHeader block, Action<long, string> damage)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(block.Length);
        if (file.Read(block.Offset, bytes) < bytes.Length)
        {
            damage(block.Offset, "the file ends inside a block");
            return;
        }
        if (Crc32C.Of(bytes.AsSpan(block.FilterOffset, block.FilterLength)) != block.FilterCrc)
            damage(block.Offset + block.FilterOffset, "a word filter is damaged");
        ReadOnlySpan<byte> directory = bytes.AsSpan(0, block.DirectoryLength);
        if (Crc32C.Of(directory) != block.DirectoryCrc)
        {
            damage(block.Offset, "a column directory is damaged");
            return;
        }
        try
        {
            Columns(bytes, directory, block, damage);
        }
        catch (InvalidDataException wrong)
        {
            damage(block.Offset, $"a column directory cannot be read: {wrong.Message}");
        }
    }

    private static void Columns(byte[] bytes, ReadOnlySpan<byte> directory, BlockHeader block, Action<long, string> damage)
    {
        var reader = new ByteReader(directory);
        for (int count = reader.Count(directory.Length); count > 0; count--)
        {
            ColumnEntry entry = ColumnEntry.Read(ref reader);
            long start = (long)block.DirectoryLength + entry.Offset;
            string name = entry.Role == ColumnRole.Field ? Encoding.UTF8.GetString(entry.Name) : $"{entry.Role}";
            if (start + entry.StoredLength > bytes.Length)
                damage(block.Offset, $"column {name} lies outside its block");
            else if (Crc32C.Of(bytes.AsSpan((int)start, entry.StoredLength)) != entry.Crc)
                damage(block.Offset + start, $"column {name} is damaged");
        }
    }
}
