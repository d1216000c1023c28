using Tocsin.Storage.Io;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Segment;
using Tocsin.Storage.Wal;

namespace Tocsin.Storage.Care;

/// <summary>
/// One consistent state of a data folder. The segments it names stay on disk until it is disposed; the log is taken over
/// at once, because upkeep shortens it.
/// </summary>
internal sealed class BackupSource(Action release) : IDisposable
{
    public required string Directory { get; init; }

    /// <summary>Paths relative to the folder; immutable files.</summary>
    public required IReadOnlyList<string> Segments { get; init; }

    /// <summary>Small files by name, as they have to be in the copy.</summary>
    public required IReadOnlyDictionary<string, byte[]> Contents { get; init; }

    /// <summary>What could not be read and is left out.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    public void Dispose() => release();

    /// <summary>
    /// Of a folder that no server works on. Throws <see cref="DatabaseLockedException"/> when one does.
    /// </summary>
    /// <param name="takeLog">Called with each log file, relative to the folder, and its length.</param>
    public static BackupSource Stopped(IFileSystem files, string directory, Action<string, long> takeLog)
    {
        IDisposable held = files.TryLock(Path.Combine(directory, FileNames.Lock), Environment.ProcessId.ToString(), out string owner)
            ?? throw new DatabaseLockedException(directory, owner);
        try
        {
            // The checks of an opening database, without changing anything: what it would not read is damage.
            var problems = new List<string>();
            Manifest manifest = Manifest.Load(files, directory) ?? Manifest.Empty;
            var present = manifest.Entries.Where(e => Exists(e.PathIn(FileNames.EventsFolder))).ToList();
            var contents = new Dictionary<string, byte[]> { [FileNames.Manifest] = (manifest with { Entries = present }).Encode() };
            string tombstones = Path.Combine(directory, FileNames.Tombstones);
            if (files.FileExists(tombstones))
                contents[FileNames.Tombstones] = ReadAll(files, tombstones);
            string wal = Path.Combine(directory, FileNames.WalFolder);
            foreach (string name in files.Files(wal).Where(n => FileNames.TryNumber(n, FileNames.WalExtension, out _)))
                takeLog(Path.Combine(FileNames.WalFolder, name), Length(files, Path.Combine(wal, name)));
            return new BackupSource(held.Dispose)
            {
                Directory = directory, Contents = contents, Problems = problems,
                Segments = [.. present.Select(e => e.PathIn(FileNames.EventsFolder))],
            };

            bool Exists(string path)
            {
                if (files.FileExists(Path.Combine(directory, path)))
                    return true;
                problems.Add($"{path} is listed, but missing");
                return false;
            }
        }
        catch (InvalidDataException damaged)
        {
            held.Dispose();
            throw new CareException($"{directory}: {damaged.Message}; start the server once, which repairs what can be repaired");
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    internal static byte[] ReadAll(IFileSystem files, string path)
    {
        using IFile file = files.OpenRead(path);
        byte[] bytes = new byte[file.Length];
        return bytes[..file.Read(0, bytes)];
    }

    internal static long Length(IFileSystem files, string path)
    {
        using IFile file = files.OpenRead(path);
        return file.Length;
    }
}
