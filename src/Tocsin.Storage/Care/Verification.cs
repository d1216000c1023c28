using Tocsin.Storage.Io;
using Tocsin.Storage.Scan;
using Tocsin.Storage.Segment;
using Tocsin.Storage.Wal;

namespace Tocsin.Storage.Care;

/// <summary>Reads everything in a data folder or a backup and compares it with its checksums. Changes nothing; one thread.</summary>
/// <param name="files">Holds the folder.</param>
/// <param name="checkCatalog">Says what is wrong with the catalog at a path; null when nothing is.</param>
/// <param name="progress">Called now and then, on the thread that works.</param>
/// <param name="cancel">Ends it.</param>
public sealed class Verification(
    IFileSystem files, Func<string, string?> checkCatalog, Action<CareProgress> progress, CancellationToken cancel)
{
    private readonly List<Damage> _damage = [];
    private string _folder = "";
    private long _files, _bytes, _segments, _blocks, _filesTotal, _bytesTotal;

    /// <summary>
    /// A data folder, a snapshot, or the newest snapshot of a folder of them. A server may work on the data meanwhile. Throws
    /// <see cref="CareException"/> when the path is none of these.
    /// </summary>
    public VerifyReport Run(string path)
    {
        if (BackupFolder.Find(files, path) is { } snapshot)
            return Snapshot(snapshot);
        if (!files.FileExists(Path.Combine(path, FileNames.Manifest)) && !files.Directories(path).Contains(FileNames.WalFolder))
            throw new CareException($"{path} is neither a data folder nor a backup");
        return Data(path);
    }

    private VerifyReport Snapshot(string folder)
    {
        _folder = folder;
        BackupList list;
        try
        {
            list = BackupList.Load(files, folder);
        }
        catch (InvalidDataException wrong)
        {
            return Report("backup", new Damage(BackupList.Name, -1, wrong.Message));
        }
        (_filesTotal, _bytesTotal) = (list.Files.Count, list.Files.Sum(f => f.Size));
        foreach (BackupFile file in list.Files)
            Listed(file);
        Contents(list.Files.Select(f => f.Path).ToHashSet());
        return Report("backup");
    }

    private VerifyReport Data(string folder)
    {
        _folder = folder;
        IReadOnlyList<ManifestEntry> entries = Guard(FileNames.Manifest, () => Manifest.Load(files, folder))?.Entries ?? [];
        _filesTotal = entries.Count + 1;
        foreach (ManifestEntry entry in entries)
        {
            string path = entry.PathIn(FileNames.EventsFolder);
            if (files.FileExists(Path.Combine(folder, path)))
                _bytes += Segment(path);
            // A running server may have merged or dropped it since.
            else if (Manifest.Load(files, folder)?.Entries.Contains(entry) == true)
                _damage.Add(new Damage(path, -1, "the file is missing"));
            Progress();
        }
        var rest = files.Files(Path.Combine(folder, FileNames.WalFolder)).Order().Select(n => Path.Combine(FileNames.WalFolder, n)).ToList();
        rest.AddRange(new[] { FileNames.Tombstones, FileNames.Catalog }.Where(n => files.FileExists(Path.Combine(folder, n))));
        Contents(rest.ToHashSet());
        return Report("data");
    }

    private void Listed(BackupFile file)
    {
        try
        {
            BackupFile found = FileSums.Of(files, _folder, file.Path, count => _bytes += count, cancel);
            if (found.Size != file.Size)
                _damage.Add(new Damage(file.Path, -1, $"it has {found.Size} bytes, and had {file.Size}"));
            else if (found.Sha256 != file.Sha256)
                _damage.Add(new Damage(file.Path, -1, "its SHA-256 is another one"));
            if (file.Path.EndsWith(FileNames.SegmentExtension, StringComparison.Ordinal))
                Segment(file.Path);
        }
        catch (IOException unreadable)
        {
            _damage.Add(new Damage(file.Path, -1, unreadable.Message));
        }
        Progress();
    }

    private void Contents(HashSet<string> present)
    {
        if (present.Contains(FileNames.Manifest))
            Guard(FileNames.Manifest, () => Manifest.Load(files, _folder));
        if (present.Contains(FileNames.Tombstones))
            Guard(FileNames.Tombstones, () => TombstoneFile.Load(files, _folder, _ => Predicate.All));
        foreach (string log in present.Where(p => p.EndsWith(FileNames.WalExtension, StringComparison.Ordinal)).Order())
            Log(log);
        if (present.Contains(FileNames.Catalog) && checkCatalog(Path.Combine(_folder, FileNames.Catalog)) is { } problem)
            _damage.Add(new Damage(FileNames.Catalog, -1, problem));
    }

    /// <summary>Returns its length.</summary>
    private long Segment(string path)
    {
        long length = 0;
        try
        {
            using IFile file = files.OpenRead(Path.Combine(_folder, path));
            _segments++;
            length = file.Length;
            SegmentFooter footer = SegmentFooter.Read(file);
            foreach (BlockHeader block in footer.Blocks)
            {
                cancel.ThrowIfCancellationRequested();
                SegmentCheck.Block(file, block, (offset, problem) => _damage.Add(new Damage(path, offset, problem)));
                _blocks++;
            }
        }
        catch (FileNotFoundException)
        {
            // Merged away between two looks.
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            _damage.Add(new Damage(path, -1, error.Message));
        }
        return length;
    }

    /// <summary>Bytes behind the last good frame are a write that was under way; in between they are damage.</summary>
    private void Log(string path)
    {
        try
        {
            using IFile file = files.OpenRead(Path.Combine(_folder, path));
            using var reader = new WalReader(file);
            if (!reader.HasHeader && file.Length > 0)
                _damage.Add(new Damage(path, 0, "both copies of the header are damaged"));
            while (reader.MoveNext())
            {
                cancel.ThrowIfCancellationRequested();
                try
                {
                    BatchShape.Read(reader.Payload.Span);
                }
                catch (InvalidDataException wrong)
                {
                    _damage.Add(new Damage(path, reader.GoodEnd, $"the batch that ends here cannot be read: {wrong.Message}"));
                }
            }
            if (reader.DamagedStretches > 0)
                _damage.Add(new Damage(path, reader.FirstDamage, $"{reader.DamagedStretches} stretches are damaged, the first one here"));
        }
        catch (FileNotFoundException)
        {
            // Sealed away between two looks.
        }
        catch (IOException error)
        {
            _damage.Add(new Damage(path, -1, error.Message));
        }
    }

    private T? Guard<T>(string path, Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            _damage.Add(new Damage(path, -1, error.Message));
            return null;
        }
    }

    private void Progress() => progress(new CareProgress("verify", ++_files, _filesTotal, _bytes, _bytesTotal));

    private VerifyReport Report(string kind, params Damage[] more)
    {
        return new VerifyReport(kind, _folder, _files, _bytes, _segments, _blocks, [.. more, .. _damage.Distinct()]);
    }
}
