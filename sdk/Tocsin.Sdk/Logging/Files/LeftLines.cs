using System.IO.MemoryMappedFiles;

namespace TocsinSdk.Logging.Files;

/// <summary>Writes what a process that died had logged, and not yet written, to the end of its log files.</summary>
internal static unsafe class LeftLines
{
    /// <summary>Saves what lies in a ring whose place in the folder is held; returns how many lines. Then it is gone.</summary>
    public static int Save(string path)
    {
        try
        {
            if (!File.Exists(path))
                return 0;
            var saved = 0;
            using (var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
            using (var map = MemoryMappedFile.CreateFromFile(
                file, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true))
            using (var view = map.CreateViewAccessor())
            {
                byte* at = null;
                view.SafeMemoryMappedViewHandle.AcquirePointer(ref at);
                try
                {
                    if (LogRing.Of(at + view.PointerOffset, file.Length) is { } ring)
                        saved = Save(ring, Path.GetDirectoryName(path)!);
                }
                finally
                {
                    view.SafeMemoryMappedViewHandle.ReleasePointer();
                }
            }
            File.Delete(path);
            return saved;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return 0;
        }
    }

    private static int Save(LogRing ring, string folder)
    {
        var lines = new Utf8Text[LogRing.MaxFiles];
        var (position, count) = (ring.First, 0);
        while (ring.Next(ref position, out var line, out var files))
        {
            count++;
            for (var i = 0; files != 0; i++, files >>= 1)
                if ((files & 1) != 0)
                    (lines[i] ??= new Utf8Text(4096)).Append(line);
        }
        for (var i = 0; i < lines.Length; i++)
            if (lines[i] is { Length: > 0 } left && (ring.FileOf(i) ?? ring.FileOf(0)) is { } file
                && file.Name.AsSpan().IndexOfAny('/', '\\') < 0)
                Append(Path.Combine(folder, file.Name), file.Length, left.Written);
        ring.Done(position);
        return count;
    }

    private static void Append(string path, long noted, ReadOnlySpan<byte> lines)
    {
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        // The batch under way may have been written, in whole or in part, when the process died.
        var there = new byte[Math.Clamp(file.Length - noted, 0, lines.Length)];
        file.Seek(Math.Max(0, Math.Min(noted, file.Length)), SeekOrigin.Begin);
        file.ReadExactly(there);
        var same = lines.CommonPrefixLength(there);
        var written = same == there.Length ? same : lines[..same].LastIndexOf((byte)'\n') + 1;
        file.Seek(0, SeekOrigin.End);
        file.Write(lines[written..]);
    }
}
