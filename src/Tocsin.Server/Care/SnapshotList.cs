using Tocsin.Storage.Care;

namespace Tocsin.Server.Care;

/// <summary>Answer of /backup/snapshots.</summary>
/// <param name="Items">Newest first.</param>
public sealed record SnapshotList(string Directory, IReadOnlyList<Snapshot> Items)
{
    private const int Most = 200;
    private const long ListBytes = 256L << 20;

    /// <summary>Of a folder of backups; empty when there is none.</summary>
    public static SnapshotList Of(string directory)
    {
        var found = new List<Snapshot>();
        if (System.IO.Directory.Exists(directory))
        {
            foreach (string folder in System.IO.Directory.EnumerateDirectories(directory).OrderDescending(StringComparer.Ordinal).Take(Most))
            {
                if (Read(folder) is { } snapshot)
                    found.Add(snapshot);
            }
        }
        return new SnapshotList(directory, found);
    }

    private static Snapshot? Read(string folder)
    {
        var list = new FileInfo(Path.Combine(folder, BackupList.Name));
        if (!list.Exists || list.Length > ListBytes)
            return null;
        string name = Path.GetFileName(folder);
        try
        {
            var read = BackupList.Decode(File.ReadAllBytes(list.FullName));
            return new Snapshot(name, folder, read.CreatedAt, read.Files.Count, read.Files.Sum(f => f.Size), null);
        }
        catch (Exception wrong) when (wrong is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return new Snapshot(name, folder, null, 0, 0, wrong.Message);
        }
    }
}

/// <summary>One backup.</summary>
/// <param name="Path">Absolute, on the server's machine.</param>
/// <param name="Bytes">Of all its files; those that are hard links take no room of their own.</param>
/// <param name="Problem">Why its list cannot be read; absent when it can.</param>
public sealed record Snapshot(string Name, string Path, DateTimeOffset? CreatedAt, int Files, long Bytes, string? Problem);
