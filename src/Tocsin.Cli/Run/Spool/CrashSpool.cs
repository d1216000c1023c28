using System.Text.Json;
using Tocsin.Cli.Run.Children;
using Tocsin.Cli.Run.Evidence;
using Tocsin.Cli.Run.Folders;
using Tocsin.Model.Crashes;

namespace Tocsin.Cli.Run.Spool;

/// <summary>
/// Crash records that wait for the server, one synced file each. Several supervisors may share the folder: names are
/// unique, and sending a record twice does no harm, because the server knows its id. Layout: docs/formats/spool.md.
/// </summary>
internal sealed class CrashSpool(string folder, int maxFiles = CrashSpool.DefaultFiles,
    long maxBytes = CrashSpool.DefaultBytes)
{
    public const int DefaultFiles = 200;
    public const long DefaultBytes = 64 * 1024 * 1024;
    public const string Extension = ".json", SetAsideExtension = ".bad";
    private const int MaxRecordBytes = 8 * 1024 * 1024;
    private const int MaxSetAside = 20;

    /// <summary>Stores the record so that it survives a power loss. Null when the folder cannot be written.</summary>
    public string? Write(CrashRecord record, byte[] json)
    {
        var id = CrashIds.Valid(record.CrashId) ?? CrashIds.New(record.Time);
        var name = $"{id}.{record.Class}.{StateFolder.FileName(record.Service)}{Extension}";
        var path = Path.Combine(folder, name);
        try
        {
            var temporary = $"{path}.{Environment.ProcessId}.tmp";
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1))
            {
                file.Write(json);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            SyncFolder();
            MakeRoom();
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Waiting files, oldest first.</summary>
    public IReadOnlyList<FileInfo> Waiting()
    {
        try
        {
            var files = new DirectoryInfo(folder).EnumerateFiles("*" + Extension);
            return [.. files.OrderBy(f => f.Name, StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The record's bytes; null when the file is gone or holds no record (it is then set aside).</summary>
    public byte[]? Read(FileInfo file)
    {
        try
        {
            if (file.Length is > 0 and <= MaxRecordBytes)
            {
                var bytes = File.ReadAllBytes(file.FullName);
                _ = CrashJson.Read(bytes);
                return bytes;
            }
        }
        catch (FileNotFoundException)
        {
            return null; // another supervisor delivered it
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
        }

        SetAside(file.FullName);
        return null;
    }

    public void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It will be sent once more, which the server recognises.
        }
    }

    /// <summary>
    /// Takes a file that can never be delivered out of the way, keeping the latest few for a person to look at.
    /// </summary>
    public void SetAside(string path)
    {
        try
        {
            File.Move(path, path + SetAsideExtension, overwrite: true);
            foreach (var old in new DirectoryInfo(folder).EnumerateFiles("*" + SetAsideExtension)
                .OrderByDescending(f => f.LastWriteTimeUtc).Skip(MaxSetAside))
            {
                old.Delete();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Left where it is; reading it again costs little and is bounded by the caps.
        }
    }

    /// <summary>
    /// Keeps the folder within its caps. A crash loop fills it with copies of one story, so the middle of the longest
    /// story goes first: its first and its last record stay.
    /// </summary>
    private void MakeRoom()
    {
        var files = Waiting().ToList();
        while (files.Count > maxFiles || files.Sum(f => f.Length) > maxBytes)
        {
            var longest = files.GroupBy(Story).MaxBy(g => g.Count())!.ToList();
            var victim = longest.Count > 2 ? longest[1] : files.Count > 1 ? files[0] : null;
            if (victim is null)
            {
                return;
            }

            files.Remove(victim);
            Remove(victim.FullName);
        }
    }

    /// <summary>Class and service, read from the name so that no file has to be opened.</summary>
    private static string Story(FileInfo file) => file.Name[(file.Name.IndexOf('.') + 1)..];

    private void SyncFolder()
    {
        var descriptor = Libc.Open(folder, Libc.CloseOnExec);
        if (descriptor >= 0)
        {
            _ = Libc.Sync(descriptor);
            _ = Libc.Close(descriptor);
        }
    }
}
