namespace TocsinSdk.Logging.Files;

/// <summary>
/// This process's place in a folder that others may log to as well: the first has app.log, the second app_2.log, and so
/// on. The place is a locked file; the system gives it up with the process, however that ends.
/// </summary>
internal sealed class FolderSlot
{
    private const int MaxSlots = 64;

    // Held until the process ends.
    private readonly FileStream? _lock;

    private FolderSlot(int number, FileStream? held) => (Number, _lock) = (number, held);

    public int Number { get; }

    public bool IsHeld => _lock is not null;

    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be made or written.</exception>
    public static FolderSlot Take(string folder)
    {
        Directory.CreateDirectory(folder);
        for (var number = 1; number <= MaxSlots; number++)
            if (TryLock(folder, number) is { } held)
                return new FolderSlot(number, held);
        // Beyond, the process id keeps names apart.
        return new FolderSlot(Environment.ProcessId, null);
    }

    public string RingPath(string folder) => RingPath(folder, Number);

    public string PathOf(string folder, string name) => Path.Combine(folder, Number == 1 && IsHeld ? name
        : $"{Path.GetFileNameWithoutExtension(name)}_{Number}{Path.GetExtension(name)}");

    /// <summary>
    /// Saves the lines of processes that died and left them: of those who had this place, and every other that is free.
    /// </summary>
    public void SaveLeftLines(string folder)
    {
        for (var number = 1; number <= MaxSlots; number++)
        {
            var ring = RingPath(folder, number);
            if (number == Number && IsHeld)
                LeftLines.Save(ring);
            else if (File.Exists(ring) && TryLock(folder, number) is { } held)
                using (held)
                    LeftLines.Save(ring);
        }
    }

    private static string RingPath(string folder, int number) => Path.Combine(folder, $".tocsin-{number}.ring");

    private static FileStream? TryLock(string folder, int number)
    {
        var path = Path.Combine(folder, $".tocsin-{number}.lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException) && File.Exists(path))
        {
            return null;
        }
    }
}
