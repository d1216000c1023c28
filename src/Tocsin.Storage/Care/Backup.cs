using System.Buffers;
using System.Security.Cryptography;
using Tocsin.Storage.Io;
using Tocsin.Storage.Segment;

namespace Tocsin.Storage.Care;

/// <summary>
/// Makes one snapshot: segments by hard link where the file system allows it, the log and the catalog as copies, and a list
/// with the checksum of every file. Files that the snapshot before has are linked from there and not read again.
/// </summary>
public sealed class Backup : IDisposable
{
    private readonly IFileSystem _files;
    private readonly TimeProvider _clock;
    private readonly string _directory, _target, _final;
    private readonly string? _before;
    private readonly IDisposable _held;
    private readonly Dictionary<string, BackupFile> _known = [];
    private readonly List<BackupFile> _listed = [];
    private readonly HashSet<string> _folders = [];
    private readonly Action<CareProgress> _progress;
    private readonly CancellationToken _cancel;
    private long _bytes, _new, _newBytes, _copied;
    private long _filesTotal;
    private bool _finished;

    /// <param name="files">Holds source and target.</param>
    /// <param name="clock">Names the snapshot.</param>
    /// <param name="data">The data folder; the backup must not lie in it.</param>
    /// <param name="directory">Folder of snapshots; created when missing.</param>
    /// <param name="progress">Called now and then, on the thread that works.</param>
    /// <param name="cancel">Ends it.</param>
    public Backup(
        IFileSystem files, TimeProvider clock, string data, string directory, Action<CareProgress> progress, CancellationToken cancel)
    {
        (_files, _clock, _directory, _progress, _cancel) = (files, clock, directory, progress, cancel);
        if ((directory + "/").StartsWith(data.TrimEnd('/') + "/", StringComparison.Ordinal))
            throw new CareException($"a backup inside the data folder {data} would be lost with it; name another folder");
        if (files.FileExists(Path.Combine(directory, BackupList.Name)) || files.FileExists(Path.Combine(directory, FileNames.Manifest)))
            throw new CareException($"{directory} is a snapshot or a data folder itself; name a folder to hold snapshots");
        files.CreateDirectory(directory);
        _held = files.TryLock(Path.Combine(directory, FileNames.Lock), Environment.ProcessId.ToString(), out _)
            ?? throw new CareException($"another backup writes to {directory} at the moment");
        foreach (string left in files.Directories(directory).Where(d => d.EndsWith(BackupFolder.Unfinished, StringComparison.Ordinal)))
            files.DeleteDirectory(Path.Combine(directory, left));
        _before = BackupFolder.Snapshots(files, directory).LastOrDefault() is { } name ? Path.Combine(directory, name) : null;
        ReadBefore();
        _final = Path.Combine(directory, BackupFolder.NameFor(files, directory, clock.GetUtcNow()));
        _target = _final + BackupFolder.Unfinished;
        Folder(_target);
    }

    /// <summary>Of a folder that no server works on. Throws <see cref="DatabaseLockedException"/> when one does.</summary>
    /// <param name="data">The data folder.</param>
    /// <param name="copyCatalog">Writes a consistent copy of the catalog to the path it is given.</param>
    public BackupReport OfStopped(string data, Action<string> copyCatalog)
    {
        using BackupSource source = BackupSource.Stopped(_files, data, (path, length) => TakeLog(data, path, length));
        return Run(source, copyCatalog);
    }

    /// <summary>Of a running database, beside its work.</summary>
    /// <param name="database">Goes on taking appends; sealing waits for some milliseconds.</param>
    /// <param name="copyCatalog">Writes a consistent copy of the catalog to the path it is given.</param>
    public BackupReport Of(Database database, Action<string> copyCatalog)
    {
        using BackupSource source = database.BeginBackup((path, length) => TakeLog(database.Directory, path, length));
        return Run(source, copyCatalog);
    }

    /// <summary>Deletes all but the newest snapshots.</summary>
    public static void Keep(IFileSystem files, string directory, int newest)
    {
        List<string> all = BackupFolder.Snapshots(files, directory);
        foreach (string old in all.Take(Math.Max(0, all.Count - newest)))
            files.DeleteDirectory(Path.Combine(directory, old));
    }

    /// <summary>Removes what was made when it did not come to its end.</summary>
    public void Dispose()
    {
        try
        {
            if (!_finished)
                _files.DeleteDirectory(_target);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next backup does it.
        }
        _held.Dispose();
    }

    private BackupReport Run(BackupSource source, Action<string> copyCatalog)
    {
        _filesTotal = _listed.Count + source.Segments.Count + source.Contents.Count + 1;
        var problems = source.Problems.ToList();
        foreach (string segment in source.Segments)
            Take(source.Directory, segment, problems);
        string catalog = Path.Combine(_target, FileNames.Catalog);
        copyCatalog(catalog);
        if (_files.FileExists(catalog))
        {
            using (IFile file = _files.OpenWrite(catalog))
                file.Sync();
            List(FileNames.Catalog, isNew: true);
            _copied += _listed[^1].Size;
        }
        foreach ((string name, byte[] content) in source.Contents)
        {
            Write(name, content);
            List(name, isNew: true);
        }
        return Finish(problems);
    }

    private BackupReport Finish(List<string> problems)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        Write(BackupList.Name, BackupList.Of(now, _listed).Encode());
        foreach (string folder in _folders)
            _files.SyncDirectory(folder);
        _files.RenameDirectory(_target, _final);
        _files.SyncDirectory(_directory);
        _finished = true;
        return new BackupReport(_final, now, _listed.Count, _bytes, _new, _newBytes, _copied, problems);
    }

    private void ReadBefore()
    {
        if (_before is null)
            return;
        try
        {
            foreach (BackupFile file in BackupList.Load(_files, _before).Files)
                _known[file.Path] = file;
        }
        catch (Exception unreadable) when (unreadable is IOException or InvalidDataException)
        {
            // Then everything is new.
            _known.Clear();
        }
    }

    /// <summary>A log file may still grow; what is in it by now is what counts.</summary>
    private void TakeLog(string data, string path, long length)
    {
        Copy(Path.Combine(data, path), path, length);
        List(path.Replace('\\', '/'), isNew: true);
    }

    private void Take(string data, string path, List<string> problems)
    {
        _cancel.ThrowIfCancellationRequested();
        string source = Path.Combine(data, path), target = Path.Combine(_target, path);
        Folder(Path.GetDirectoryName(target)!);
        try
        {
            if (_known.TryGetValue(path, out BackupFile? known) && IsSame(source, Path.Combine(_before!, path), known.Size)
                && _files.TryLink(Path.Combine(_before!, path), target))
            {
                List(known, isNew: false);
                return;
            }
            if (!_files.TryLink(source, target))
                Copy(source, path, long.MaxValue);
            List(path, isNew: true);
        }
        catch (IOException unreadable) when (!FileErrors.IsDiskFull(unreadable))
        {
            problems.Add($"{path}: {unreadable.Message}");
        }
    }

    /// <summary>A segment never changes; its trailer tells it from another one that got its number.</summary>
    private bool IsSame(string source, string before, long size)
    {
        if (!_files.FileExists(before))
            return false;
        using IFile one = _files.OpenRead(source), other = _files.OpenRead(before);
        if (one.Length != size || other.Length != size || size < SegmentFooter.TrailerLength)
            return false;
        Span<byte> a = stackalloc byte[SegmentFooter.TrailerLength], b = stackalloc byte[SegmentFooter.TrailerLength];
        one.Read(size - a.Length, a);
        other.Read(size - b.Length, b);
        return a.SequenceEqual(b);
    }

    private void Copy(string source, string path, long most)
    {
        string target = Path.Combine(_target, path);
        Folder(Path.GetDirectoryName(target)!);
        FileCopy.Copy(_files, source, target, most, count => _copied += count, _cancel);
    }

    private void Write(string name, byte[] content)
    {
        using IFile file = _files.Create(Path.Combine(_target, name));
        file.Write(0, content);
        file.Sync();
    }

    private void List(string path, bool isNew) => List(FileSums.Of(_files, _target, path, _ => { }, _cancel), isNew);

    private void List(BackupFile file, bool isNew)
    {
        _listed.Add(file);
        _bytes += file.Size;
        _new += isNew ? 1 : 0;
        _newBytes += isNew ? file.Size : 0;
        _progress(new CareProgress("backup", _listed.Count, _filesTotal, _bytes, 0));
    }

    private void Folder(string folder)
    {
        if (!_folders.Add(folder))
            return;
        _files.CreateDirectory(folder);
        if (folder.Length > _target.Length)
            Folder(Path.GetDirectoryName(folder)!);
    }
}

/// <summary>Checksums of whole files.</summary>
internal static class FileSums
{
    private const int Piece = 1 << 20;

    /// <param name="files">Holds the file.</param>
    /// <param name="folder">To which the path is relative.</param>
    /// <param name="path">Of the file.</param>
    /// <param name="read">Told how many bytes were read.</param>
    /// <param name="cancel">Ends it.</param>
    public static BackupFile Of(IFileSystem files, string folder, string path, Action<int> read, CancellationToken cancel)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            using IFile file = files.OpenRead(Path.Combine(folder, path));
            long at = 0;
            for (int count; (count = file.Read(at, buffer.AsSpan(0, Piece))) > 0; at += count)
            {
                cancel.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, count);
                read(count);
            }
            return new BackupFile(path.Replace('\\', '/'), at, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
