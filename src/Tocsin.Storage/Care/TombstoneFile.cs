using System.Text;
using Tocsin.Model;
using Tocsin.Storage.Io;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Segment;

namespace Tocsin.Storage.Care;

/// <summary>The pending deletions on disk.</summary>
/// <remarks>
/// Layout (docs/formats/tombstones.md):
/// <code>
/// "TTOM" u16 version(1) u16 0, u64 nextId, varint count,
/// (u64 id u8 dataset i64 from i64 to u64 before varint length, query)*, u32 crc
/// </code>
/// The file is replaced as a whole, like the manifest, and is missing while nothing is pending and nothing ever was.
/// </remarks>
internal sealed record TombstoneFile(long NextId, IReadOnlyList<Tombstone> Tombstones)
{
    /// <summary>Every scan asks every tombstone about the rows it may touch.</summary>
    public const int Most = 100;

    private const ushort Version = 1;
    private const int CrcLength = 4;
    private const long MostBytes = 16L << 20;

    private static ReadOnlySpan<byte> Magic => "TTOM"u8;

    public byte[] Encode()
    {
        var buffer = new ByteBuffer();
        buffer.Bytes(Magic);
        buffer.U16(Version);
        buffer.U16(0);
        buffer.I64(NextId);
        buffer.Varint((ulong)Tombstones.Count);
        foreach (Tombstone tombstone in Tombstones)
        {
            buffer.I64(tombstone.Id);
            buffer.U8((byte)tombstone.Dataset);
            buffer.I64(tombstone.From.UnixNanos);
            buffer.I64(tombstone.To.UnixNanos);
            buffer.U64(tombstone.Before);
            buffer.Blob(Encoding.UTF8.GetBytes(tombstone.Query));
        }
        buffer.U32(Crc32C.Of(buffer.Span));
        return buffer.Span.ToArray();
    }

    /// <summary>Throws <see cref="InvalidDataException"/> on anything that <see cref="Encode"/> did not write.</summary>
    /// <param name="read">Reads a condition; throws <see cref="InvalidDataException"/> when it cannot.</param>
    public static TombstoneFile Decode(ReadOnlySpan<byte> bytes, Func<string, Predicate> read)
    {
        if (bytes.Length < CrcLength || !bytes.StartsWith(Magic)
            || new ByteReader(bytes[^CrcLength..]).U32() != Crc32C.Of(bytes[..^CrcLength]))
            throw new InvalidDataException("its checksum is wrong");
        var reader = new ByteReader(bytes[Magic.Length..^CrcLength]);
        if (reader.U16() != Version || reader.U16() != 0)
            throw new InvalidDataException("its version is not known");
        long next = reader.I64();
        var tombstones = new Tombstone[reader.Count(Most)];
        for (int i = 0; i < tombstones.Length; i++)
        {
            long id = reader.I64();
            var dataset = (Dataset)reader.U8();
            Instant from = new(reader.I64()), to = new(reader.I64());
            ulong before = reader.U64();
            string query = Encoding.UTF8.GetString(reader.Blob());
            tombstones[i] = new Tombstone(id, dataset, query, read(query), from, to, before);
        }
        return reader.Left == 0
            ? new TombstoneFile(next, tombstones)
            : throw new InvalidDataException("bytes are left after the last entry");
    }

    public void Save(IFileSystem files, string folder) => FileReplacement.Save(files, folder, FileNames.Tombstones, Encode());

    /// <summary>
    /// Throws <see cref="IOException"/> when the file is damaged: deleted rows must not come back because of it.
    /// </summary>
    public static TombstoneFile Load(IFileSystem files, string folder, Func<string, Predicate> read)
    {
        string path = Path.Combine(folder, FileNames.Tombstones);
        if (!files.FileExists(path))
            return new TombstoneFile(1, []);
        try
        {
            using IFile file = files.OpenRead(path);
            byte[] bytes = new byte[Math.Min(file.Length, MostBytes)];
            return Decode(bytes.AsSpan(0, file.Read(0, bytes)), read);
        }
        catch (InvalidDataException error)
        {
            throw new IOException(
                $"{path} lists deleted records whose files are still to be rewritten, and cannot be read: {error.Message}. Restore it from "
                + "a backup; or delete it, and the records that it hides are seen again until you delete them anew", error);
        }
    }
}
