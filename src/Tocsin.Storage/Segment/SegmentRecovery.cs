using Tocsin.Model;
using Tocsin.Storage.Care;
using Tocsin.Storage.Io;

namespace Tocsin.Storage.Segment;

/// <summary>
/// Opens the segments that the manifest lists and deletes what a crash left behind. When the manifest itself is lost,
/// it is
/// made again from the segment files.
/// </summary>
internal sealed class SegmentRecovery(IFileSystem files, string folder, Action<Exception> onDamage, BlockCache cache)
{
    private readonly Dictionary<ulong, ManifestEntry> _entries = [];
    private readonly string _events = Path.Combine(folder, FileNames.EventsFolder);

    public List<SegmentFile> Segments { get; } = [];

    /// <summary>Listed, but not readable now; they stay listed, so that nothing is lost to a passing fault.</summary>
    public List<ManifestEntry> Unreadable { get; } = [];

    public Manifest Manifest { get; private set; } = Manifest.Empty;

    /// <param name="logStart">Reads the lowest sequence number in the log; called only when the manifest is
    /// lost.</param>
    public void Run(Func<ulong?> logStart)
    {
        Manifest = LoadOrNull() ?? Rebuild(logStart);
        foreach (ManifestEntry entry in Manifest.Entries)
        {
            try
            {
                Segments.Add(SegmentFile.Open(files, entry.PathIn(_events), onDamage, cache));
            }
            catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                Unreadable.Add(entry);
                onDamage(error);
            }
        }
        DeleteOrphans();
    }

    private Manifest? LoadOrNull()
    {
        try
        {
            return Manifest.Load(files, folder);
        }
        catch (InvalidDataException error)
        {
            onDamage(error);
            return null;
        }
    }

    /// <summary>
    /// Memtables are sealed whole and in order, and the log is shortened only after the manifest is saved. So a segment
    /// counts
    /// when it begins below what the log still holds, or below the end of another segment that counts; whatever else
    /// lies
    /// around came from a seal that did not finish, and its rows are in the log.
    /// </summary>
    private Manifest Rebuild(Func<ulong?> logStart)
    {
        List<SegmentFooter> found = [.. Footers()];
        if (found.Count == 0)
            return Manifest.Empty;
        HashSet<ulong> replaced = [.. found.SelectMany(f => f.Replaced)];
        found.RemoveAll(f => replaced.Contains(f.Id));
        ulong covered = logStart() ?? ulong.MaxValue;
        List<SegmentFooter> counted = [];
        foreach (SegmentFooter footer in found.OrderBy(f => f.FromSequence))
        {
            if (footer.FromSequence >= covered)
                break;
            counted.Add(footer);
            if (covered != ulong.MaxValue)
                covered = Math.Max(covered, footer.ToSequence);
        }
        if (covered == ulong.MaxValue)
            covered = found.Max(f => f.ToSequence);
        ulong next = Math.Max(found.Max(f => f.Id), replaced.DefaultIfEmpty().Max()) + 1;
        var manifest = new Manifest(covered, next, [.. counted.Select(f => _entries[f.Id])]);
        manifest.Save(files, folder);
        return manifest;
    }

    private IEnumerable<SegmentFooter> Footers()
    {
        foreach ((string path, string retentionClass) in FilesOnDisk()
            .Where(f => f.Path.EndsWith(FileNames.SegmentExtension, StringComparison.Ordinal)))
        {
            SegmentFooter footer;
            try
            {
                using IFile file = files.OpenRead(path);
                footer = SegmentFooter.Read(file);
            }
            catch (Exception error) when (error is IOException or InvalidDataException)
            {
                onDamage(error);
                continue;
            }
            var entry = new ManifestEntry(footer.Id, footer.Dataset, footer.Day, retentionClass);
            if (entry.PathIn(_events) == path && _entries.TryAdd(entry.Id, entry))
                yield return footer;
        }
    }

    private void DeleteOrphans()
    {
        HashSet<string> listed = [.. Manifest.Entries.Select(e => e.PathIn(_events))];
        foreach ((string path, _) in FilesOnDisk().ToList())
        {
            bool ours = path.EndsWith(FileNames.SegmentExtension, StringComparison.Ordinal)
                || path.EndsWith(FileNames.TemporaryExtension, StringComparison.Ordinal);
            if (ours && !listed.Contains(path))
                files.Delete(path);
        }
    }

    private IEnumerable<(string Path, string Class)> FilesOnDisk() =>
        from dataset in files.Directories(_events)
        from folder in DayFolders(Path.Combine(_events, dataset))
        from name in files.Files(folder.Path)
        select (Path.Combine(folder.Path, name), folder.Class);

    /// <summary>The days of rows in no class, and those of each class.</summary>
    private IEnumerable<(string Path, string Class)> DayFolders(string dataset)
    {
        foreach (string name in files.Directories(dataset))
        {
            if (FileNames.TryDay(name, out _))
                yield return (Path.Combine(dataset, name), "");
            else if (RetentionClass.IsName(name))
            {
                foreach (string day in files.Directories(Path.Combine(dataset, name)).Where(d => FileNames.TryDay(d, out _)))
                    yield return (Path.Combine(dataset, name, day), name);
            }
        }
    }
}
