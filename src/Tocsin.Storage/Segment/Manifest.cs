using System.Text;
using Tocsin.Model;
using Tocsin.Storage.Care;
using Tocsin.Storage.Io;

namespace Tocsin.Storage.Segment;

/// <summary>One live segment as the manifest names it.</summary>
/// <param name="Class">Name of the retention class, empty for none.</param>
internal readonly record struct ManifestEntry(ulong Id, Dataset Dataset, DateOnly Day, string Class = "")
{
    public string PathIn(string eventsFolder) =>
        Path.Combine(eventsFolder, FileNames.Folder(Dataset), Class, FileNames.Day(Day), FileNames.Segment(Id));
}

/// <summary>The list of live segments and the place in the log up to which they hold everything. Immutable.</summary>
/// <remarks>
/// Layout (docs/formats/manifest.md):
/// <code>
/// "TMAN" u16 version(2) u16 0, u64 coveredSequence, u64 nextSegmentId, varint classes, (varint length, name)*,
/// varint entries, (u64 id u8 dataset i32 day u8 class: 0 none, n the n-th name)*, u32 crc
/// </code>
/// The file is replaced as a whole: written beside, synced, renamed, folder synced. Rows with a sequence number below
/// coveredSequence are in segments (or expired); the log holds the rest.
/// </remarks>
internal sealed record Manifest(ulong CoveredSequence, ulong NextSegmentId, IReadOnlyList<ManifestEntry> Entries)
{
    /// <summary>Version 1 knew no classes.</summary>
    private const ushort Version = 2, VersionWithoutClasses = 1;
    private const int LeastEntryLength = 13, EntryLength = 14, CrcLength = 4;

    /// <summary>More than any file of ours: 64 MiB hold five million segments.</summary>
    private const long MostBytes = 64L << 20;

    public static Manifest Empty { get; } = new(1, 1, []);

    private static ReadOnlySpan<byte> Magic => "TMAN"u8;

    public byte[] Encode()
    {
        var buffer = new ByteBuffer(64 + Entries.Count * EntryLength);
        buffer.Bytes(Magic);
        buffer.U16(Version);
        buffer.U16(0);
        buffer.U64(CoveredSequence);
        buffer.U64(NextSegmentId);
        List<string> classes = [.. Entries.Select(e => e.Class).Where(c => c.Length > 0).Distinct()];
        buffer.Varint((ulong)classes.Count);
        foreach (string name in classes)
            buffer.Blob(Encoding.UTF8.GetBytes(name));
        buffer.Varint((ulong)Entries.Count);
        foreach (ManifestEntry entry in Entries)
        {
            buffer.U64(entry.Id);
            buffer.U8((byte)entry.Dataset);
            buffer.I32(entry.Day.DayNumber);
            buffer.U8(checked((byte)(classes.IndexOf(entry.Class) + 1)));
        }
        buffer.U32(Crc32C.Of(buffer.Span));
        return buffer.Span.ToArray();
    }

    /// <summary>
    /// Throws <see cref="InvalidDataException"/> on anything that <see cref="Encode"/> did not write.
    /// </summary>
    public static Manifest Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < CrcLength || !bytes.StartsWith(Magic)
            || new ByteReader(bytes[^CrcLength..]).U32() != Crc32C.Of(bytes[..^CrcLength]))
            throw new InvalidDataException("the manifest is damaged");
        var reader = new ByteReader(bytes[Magic.Length..^CrcLength]);
        ushort version = reader.U16();
        if (version is not (Version or VersionWithoutClasses) || reader.U16() != 0)
            throw new InvalidDataException($"manifest version {version} is not known");
        ulong covered = reader.U64(), next = reader.U64();
        string[] classes = version == VersionWithoutClasses ? [] : new string[reader.Count(byte.MaxValue)];
        for (int i = 0; i < classes.Length; i++)
            classes[i] = ClassName(reader.Blob());
        var entries = new ManifestEntry[reader.Count(reader.Left / LeastEntryLength)];
        for (int i = 0; i < entries.Length; i++)
        {
            ulong id = reader.U64();
            var dataset = (Dataset)reader.U8();
            int day = reader.I32();
            if (day < DateOnly.MinValue.DayNumber || day > DateOnly.MaxValue.DayNumber)
                throw new InvalidDataException("a day in the manifest is out of bounds");
            int at = version == VersionWithoutClasses ? 0 : reader.U8();
            if (at > classes.Length)
                throw new InvalidDataException("a class in the manifest is out of bounds");
            entries[i] = new ManifestEntry(id, dataset, DateOnly.FromDayNumber(day), at == 0 ? "" : classes[at - 1]);
        }
        return reader.Left == 0
            ? new Manifest(covered, next, entries)
            : throw new InvalidDataException("bytes are left after the last entry of the manifest");
    }

    /// <summary>It becomes part of a path, so nothing but a name will do.</summary>
    private static string ClassName(ReadOnlySpan<byte> bytes)
    {
        string name = Encoding.UTF8.GetString(bytes);
        return RetentionClass.IsName(name) ? name : throw new InvalidDataException("a class in the manifest has no valid name");
    }

    public void Save(IFileSystem files, string folder)
    {
        string path = Path.Combine(folder, FileNames.Manifest), temporary = path + FileNames.TemporaryExtension;
        using (IFile file = files.Create(temporary))
        {
            file.Write(0, Encode());
            file.Sync();
        }
        files.Rename(temporary, path);
        files.SyncDirectory(folder);
    }

    /// <summary>Null when there is none. Throws <see cref="InvalidDataException"/> when it is damaged.</summary>
    public static Manifest? Load(IFileSystem files, string folder)
    {
        string path = Path.Combine(folder, FileNames.Manifest);
        if (!files.FileExists(path))
            return null;
        using IFile file = files.OpenRead(path);
        if (file.Length > MostBytes)
            throw new InvalidDataException("the manifest is too long");
        byte[] bytes = new byte[file.Length];
        return Decode(bytes.AsSpan(0, file.Read(0, bytes)));
    }
}
