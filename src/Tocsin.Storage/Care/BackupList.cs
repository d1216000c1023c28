using System.Text.Json;
using System.Text.Json.Serialization;
using Tocsin.Storage.Io;

namespace Tocsin.Storage.Care;

/// <summary>One file of a snapshot.</summary>
/// <param name="Path">Relative to the snapshot, with '/'.</param>
/// <param name="Sha256">64 lower-case hex digits.</param>
public sealed record BackupFile(string Path, long Size, string Sha256);

/// <summary>What a snapshot consists of; the file backup.json of docs/formats/backup.md.</summary>
public sealed record BackupList(int Format, DateTimeOffset CreatedAt, IReadOnlyList<BackupFile> Files)
{
    public const string Name = "backup.json";
    private const int Known = 1;
    private const long MostBytes = 1L << 30;

    internal static BackupList Of(DateTimeOffset createdAt, IReadOnlyList<BackupFile> files) => new(Known, createdAt, files);

    internal byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, BackupJson.Default.BackupList);

    /// <summary>Throws <see cref="InvalidDataException"/> on anything but a list that stays inside its folder.</summary>
    public static BackupList Decode(ReadOnlySpan<byte> json)
    {
        BackupList? list;
        try
        {
            list = JsonSerializer.Deserialize(json, BackupJson.Default.BackupList);
        }
        catch (JsonException wrong)
        {
            throw new InvalidDataException($"{Name} is not valid: {wrong.Message}");
        }
        if (list?.Files is null)
            throw new InvalidDataException($"{Name} has no list of files");
        if (list.Format != Known)
            throw new InvalidDataException($"format {list.Format} of {Name} is not known; use the version of Tocsin that wrote it, or a newer one");
        foreach (BackupFile file in list.Files)
        {
            if (file is not { Size: >= 0, Sha256.Length: 64, Path.Length: > 0 } || file.Path.StartsWith('/') || file.Path.Contains('\\')
                || file.Path.Split('/').Any(part => part is "" or "." or ".."))
                throw new InvalidDataException($"{Name} has an entry that cannot be right: '{file?.Path}'");
        }
        return list;
    }

    internal static BackupList Load(IFileSystem files, string snapshot)
    {
        using IFile file = files.OpenRead(Path.Combine(snapshot, Name));
        if (file.Length > MostBytes)
            throw new InvalidDataException($"{Name} is too long");
        byte[] bytes = new byte[file.Length];
        return Decode(bytes.AsSpan(0, file.Read(0, bytes)));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(BackupList))]
internal sealed partial class BackupJson : JsonSerializerContext;
