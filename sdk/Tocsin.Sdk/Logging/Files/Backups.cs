using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;

namespace TocsinSdk.Logging.Files;

/// <summary>
/// The files put aside: app-20261121-040506-001.log, later app-20261121-040506-001.log.gz. Only files of exactly this
/// pattern are ever deleted.
/// </summary>
internal sealed partial class Backups(LogOptions options)
{
    // A flood of records must not be made dearer by packing what is deleted soon after: 2 % of one processor is enough.
    private const int RestPerWork = 50;

    private readonly Lock _trimming = new();
    private int _compressing;

    /// <summary>A name nobody has; names in order are files in order of age.</summary>
    public string NameFor(string path, DateTimeOffset now)
    {
        var (folder, stem, extension) = Parts(path);
        var time = now.UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        var newest = Of(path).LastOrDefault() is { } last && StampOf(last) is var stamp
            && string.CompareOrdinal(stamp[..15], time) >= 0 ? stamp : null;
        // The clock may have been set back: order is kept all the same.
        for (var (number, second) = newest is null ? (1, time) : (int.Parse(newest[16..], CultureInfo.InvariantCulture) + 1, newest[..15]); ; number++)
        {
            var name = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{stem}-{second}-{number:000}{extension}"));
            if (!File.Exists(name) && !File.Exists(name + ".gz"))
                return name;
        }
    }

    /// <summary>The files put aside of this one, oldest first.</summary>
    public static List<string> Of(string path)
    {
        var (folder, stem, extension) = Parts(path);
        if (!Directory.Exists(folder))
            return [];
        var found = new List<string>();
        foreach (var file in Directory.EnumerateFiles(folder, stem + "-*"))
        {
            var name = Path.GetFileName(file);
            if (name.StartsWith(stem + "-", StringComparison.Ordinal) && Tail().Match(name, stem.Length) is { Success: true } tail
                && tail.Index == stem.Length && tail.Groups[2].Value == extension)
                found.Add(file);
        }
        found.Sort(static (a, b) => CompareStamps(StampOf(a), StampOf(b)));
        return found;
    }

    /// <summary>Deletes what is too many or too much, and has the rest compressed in the background.</summary>
    public void Trim(string path)
    {
        lock (_trimming)
        {
            var kept = Of(path);
            while (kept.Count > options.BackupCount)
                kept.RemoveAt(Deleted(kept[0]));
            var total = kept.Sum(SizeOf);
            while (options.MaxTotalSize > 0 && total > options.MaxTotalSize && kept.Count > 0)
            {
                total -= SizeOf(kept[0]);
                kept.RemoveAt(Deleted(kept[0]));
            }
        }
        if (options.Compress && Interlocked.Exchange(ref _compressing, 1) == 0)
            _ = Task.Run(() => CompressAll(path));
    }

    private async Task CompressAll(string path)
    {
        try
        {
            // Newest last: under a flood the old ones are deleted before their turn comes.
            while (Of(path).LastOrDefault(static f => !f.EndsWith(".gz", StringComparison.Ordinal)) is { } file)
            {
                var began = Stopwatch.GetTimestamp();
                Compress(file);
                await Task.Delay(Stopwatch.GetElapsedTime(began) * RestPerWork).ConfigureAwait(false);
            }
            lock (_trimming)
                foreach (var draft in Directory.EnumerateFiles(Parts(path).Folder, Parts(path).Stem + "-*.gz.draft"))
                    File.Delete(draft);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // They stay as they are; the next file put aside tries again.
        }
        finally
        {
            Volatile.Write(ref _compressing, 0);
        }
    }

    private void Compress(string file)
    {
        var draft = file + ".gz.draft";
        using (var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
        using (var to = new GZipStream(File.Create(draft), CompressionLevel.Fastest))
            from.CopyTo(to);
        lock (_trimming)
        {
            if (!File.Exists(file))
            {
                File.Delete(draft);
                return;
            }
            File.SetLastWriteTimeUtc(draft, File.GetLastWriteTimeUtc(file));
            File.Move(draft, file + ".gz", overwrite: true);
            File.Delete(file);
        }
    }

    private static int Deleted(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Tried again with the next one.
        }
        return 0;
    }

    private static long SizeOf(string file)
    {
        var found = new FileInfo(file);
        return found.Exists ? found.Length : 0;
    }

    private static int CompareStamps(string a, string b) =>
        string.CompareOrdinal(a[..15], b[..15]) is not 0 and var order ? order
            : int.Parse(a[16..], CultureInfo.InvariantCulture) - int.Parse(b[16..], CultureInfo.InvariantCulture);

    /// <summary>"20261121-040506-001".</summary>
    private static string StampOf(string file) => Tail().Match(Path.GetFileName(file)).Groups[1].Value;

    private static (string Folder, string Stem, string Extension) Parts(string path) =>
        (Path.GetDirectoryName(path) ?? "", Path.GetFileNameWithoutExtension(path), Path.GetExtension(path));

    [GeneratedRegex(@"-(\d{8}-\d{6}-\d{3,9})(\.[^.]*)?(?:\.gz)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Tail();
}
