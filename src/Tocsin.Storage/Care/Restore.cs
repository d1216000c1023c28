using System.Globalization;
using Tocsin.Storage.Io;

namespace Tocsin.Storage.Care;

/// <summary>Makes a data folder of a snapshot, after everything in the snapshot was found to be as it was written.</summary>
public sealed class Restore(
    IFileSystem files, TimeProvider clock, Func<string, string?> checkCatalog, Action<CareProgress> progress, CancellationToken cancel)
{
    private const string Aside = "before-restore-";

    /// <summary>
    /// Throws <see cref="CareException"/> when the snapshot is damaged or the target is in the way, <see
    /// cref="DatabaseLockedException"/> when a server works on the target.
    /// </summary>
    /// <param name="backup">A snapshot, or a folder of them: then the newest.</param>
    /// <param name="target">The data folder to be.</param>
    /// <param name="force">What is in the target is moved into a folder inside it rather than refused.</param>
    public RestoreReport Run(string backup, string target, bool force)
    {
        string snapshot = BackupFolder.Find(files, backup) ?? throw new CareException($"{backup} is no backup: there is no snapshot in it");
        files.CreateDirectory(target);
        using IDisposable held = files.TryLock(Path.Combine(target, FileNames.Lock), Environment.ProcessId.ToString(), out string owner)
            ?? throw new DatabaseLockedException(target, owner);
        string[] inTheWay = [.. files.Files(target).Where(n => !n.StartsWith(FileNames.Lock, StringComparison.Ordinal)),
            .. files.Directories(target).Where(n => !n.StartsWith(Aside, StringComparison.Ordinal))];
        if (inTheWay.Length > 0 && !force)
            throw new CareException($"{target} is not empty ({inTheWay[0]}, …); name an empty folder, or move what is there aside with --force");
        VerifyReport checkedAll = new Verification(files, checkCatalog, progress, cancel).Run(snapshot);
        if (checkedAll.Damage.Count > 0)
            throw new CareException($"{snapshot} is damaged, nothing was restored: {checkedAll.Damage[0]}"
                + (checkedAll.Damage.Count > 1 ? $" and {checkedAll.Damage.Count - 1} more; see tocsin verify" : ""));
        string? aside = inTheWay.Length > 0 ? MoveAside(target) : null;
        return Copy(snapshot, target, aside);
    }

    private string MoveAside(string target)
    {
        string aside = Path.Combine(target, Aside + clock.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
        files.CreateDirectory(aside);
        foreach (string name in files.Directories(target).Where(n => !n.StartsWith(Aside, StringComparison.Ordinal)))
            files.RenameDirectory(Path.Combine(target, name), Path.Combine(aside, name));
        foreach (string name in files.Files(target).Where(n => !n.StartsWith(FileNames.Lock, StringComparison.Ordinal)))
            files.Rename(Path.Combine(target, name), Path.Combine(aside, name));
        files.SyncDirectory(aside);
        files.SyncDirectory(target);
        return aside;
    }

    private RestoreReport Copy(string snapshot, string target, string? aside)
    {
        // While this lies there, no server takes the folder for a whole one.
        string marker = Path.Combine(target, FileNames.Restoring);
        files.Create(marker).Dispose();
        files.SyncDirectory(target);
        BackupList list = BackupList.Load(files, snapshot);
        var folders = new HashSet<string> { target };
        long bytes = 0, done = 0, total = list.Files.Sum(f => f.Size);
        foreach (BackupFile file in list.Files)
        {
            string path = Path.Combine(target, file.Path);
            for (string folder = Path.GetDirectoryName(path)!; folders.Add(folder); folder = Path.GetDirectoryName(folder)!)
                files.CreateDirectory(folder);
            FileCopy.Copy(files, Path.Combine(snapshot, file.Path), path, long.MaxValue, count => bytes += count, cancel);
            progress(new CareProgress("restore", ++done, list.Files.Count, bytes, total));
        }
        foreach (string folder in folders)
            files.SyncDirectory(folder);
        files.Delete(marker);
        files.SyncDirectory(target);
        return new RestoreReport(snapshot, target, list.CreatedAt, list.Files.Count, bytes, aside);
    }
}

/// <param name="CreatedAt">Of the snapshot: the moment whose state the folder has now.</param>
/// <param name="Aside">Where the earlier content lies; null when there was none.</param>
public sealed record RestoreReport(string Snapshot, string Folder, DateTimeOffset CreatedAt, long Files, long Bytes, string? Aside);
