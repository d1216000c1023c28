namespace TocsinSdk.Logging.Files;

/// <summary>The log folder of this process: its place there, its files, the ring that feeds them.</summary>
internal sealed class LogFolder
{
    private readonly string? _ringPath;

    private LogFolder(FileSink sink, string? ringPath) => (Sink, _ringPath) = (sink, ringPath);

    public FileSink Sink { get; }

    /// <summary>Null when no files are wanted, or the folder cannot be had, which is said.</summary>
    public static LogFolder? Open(LogOptions options, bool development, TimeProvider clock, Action<string> say)
    {
        if (!options.Files)
            return null;
        try
        {
            var folder = Path.GetFullPath(options.LogDirectory);
            var slot = FolderSlot.Take(folder);
            slot.SaveLeftLines(folder);
            var ringPath = slot.RingPath(folder);
            File.Delete(ringPath);
            string? Of(string name, bool wanted = true) =>
                wanted && name.Length > 0 ? slot.PathOf(folder, name) : null;
            string?[] paths =
            [
                Of(options.File), Of(options.ErrorFile), Of(options.DebugFile, development), Of(options.SecurityFile),
                Of(options.DatabaseFile),
            ];
            var ring = LogRing.Make(ringPath, options.QueueSize);
            return new LogFolder(new FileSink(options, paths, ring, clock, say), ringPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            say($"tocsin: no log files: {e.Message}");
            return null;
        }
    }

    /// <summary>The orderly end: everything into the files, the ring away. Lines logged later are still written.</summary>
    public void Close(TimeSpan deadline)
    {
        if (Sink.Flush(deadline) && _ringPath is not null)
            try
            {
                File.Delete(_ringPath);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The next process that takes the place finds it empty.
            }
    }
}
