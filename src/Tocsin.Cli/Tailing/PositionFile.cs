using System.Text.Json;

namespace Tocsin.Cli.Tailing;

/// <summary>How far a file has been read and acknowledged.</summary>
/// <param name="Path">Where it was last seen.</param>
/// <param name="Offset">Everything before it is stored on the server.</param>
internal sealed record Position(
    string Path, ulong Device, ulong Inode, long Offset, int FingerprintLength, string Fingerprint);

/// <summary>
/// Keeps the positions on disk (docs/formats/tail-positions.md): replaced as a whole and synced, so that a power cut
/// leaves the old or the new one. One process at a time.
/// </summary>
internal sealed class PositionFile : IDisposable
{
    private const int Version = 1;
    private readonly string _path;
    private readonly FileStream _lock;

    /// <exception cref="IOException">Another process keeps these positions.</exception>
    public PositionFile(string folder)
    {
        Directory.CreateDirectory(folder);
        _path = Path.Combine(folder, "positions.json");
        try
        {
            _lock = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new IOException($"another 'tocsin tail-file' keeps its positions in {folder}; give this one its own --state-dir");
        }
    }

    /// <summary>What was kept; nothing when there is none or it cannot be read, and then files are read from their start.</summary>
    public IReadOnlyList<Position> Load()
    {
        try
        {
            Content? content = JsonSerializer.Deserialize<Content>(File.ReadAllBytes(_path), JsonSerializerOptions.Web);
            return content is { Version: Version, Files: { } files } && files.All(f => f is { Path: not null, Fingerprint: not null, Offset: >= 0 })
                ? files
                : [];
        }
        catch (Exception unreadable) when (unreadable is IOException or JsonException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    public void Save(IReadOnlyList<Position> files)
    {
        string next = _path + ".next";
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            JsonSerializer.Serialize(file, new Content(Version, files), JsonSerializerOptions.Web);
            file.Flush(flushToDisk: true);
        }
        File.Move(next, _path, overwrite: true);
        FolderSync.Sync(Path.GetDirectoryName(_path)!);
    }

    public void Dispose() => _lock.Dispose();

    private sealed record Content(int Version, IReadOnlyList<Position> Files);
}
