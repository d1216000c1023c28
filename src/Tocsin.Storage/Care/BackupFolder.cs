using System.Globalization;
using Tocsin.Storage.Io;

namespace Tocsin.Storage.Care;

/// <summary>A folder of snapshots: each a folder of its own named by its time, complete by itself.</summary>
internal static class BackupFolder
{
    private const string NameFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>While it is made, a snapshot has this at the end of its name.</summary>
    public const string Unfinished = ".unfinished";

    /// <summary>Names of the finished snapshots, oldest first.</summary>
    public static List<string> Snapshots(IFileSystem files, string directory) =>
        [.. files.Directories(directory).Where(IsSnapshot).Order(StringComparer.Ordinal)];

    /// <summary>A name that no snapshot has, after all others.</summary>
    public static string NameFor(IFileSystem files, string directory, DateTimeOffset now)
    {
        string? newest = Snapshots(files, directory).LastOrDefault();
        while (true)
        {
            string name = now.UtcDateTime.ToString(NameFormat, CultureInfo.InvariantCulture);
            if (string.CompareOrdinal(name, newest) > 0)
                return name;
            // Two within a second, or a clock that went back.
            now = Time(newest!).AddSeconds(1);
        }
    }

    /// <summary>The snapshot that a path means: itself, or the newest in it; null when there is none.</summary>
    public static string? Find(IFileSystem files, string path)
    {
        if (files.FileExists(Path.Combine(path, BackupList.Name)))
            return path;
        return Snapshots(files, path).LastOrDefault() is { } newest ? Path.Combine(path, newest) : null;
    }

    private static bool IsSnapshot(string name) => DateTime.TryParseExact(
        name, NameFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);

    private static DateTimeOffset Time(string name) => DateTimeOffset.ParseExact(
        name, NameFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
