using TocsinSdk.BlackBox;

namespace TocsinSdk.Runs;

/// <summary>
/// The folder of one run: black box, crash file, records not delivered yet. It belongs to whoever holds its lock file:
/// the process while it lives, then the later run that adopts it. Without a writable disk there is none, and
/// <see cref="Path"/> is null: crashes are then only sent, not kept.
/// </summary>
internal sealed class RunFolder
{
    public const string LockName = "lock", CrashName = "crash.json", RecordPattern = "CRASH-*.json";

    // Held until the process ends; the system releases it however that happens.
    private readonly FileStream? _lock;

    private RunFolder(string? path, FileStream? held, string runId, bool supervised, string? siblings, string? problem)
    {
        (Path, _lock, RunId, Supervised, Siblings, Problem) = (path, held, runId, supervised, siblings, problem);
    }

    public string? Path { get; }
    public string RunId { get; }

    /// <summary>True when `tocsin run` watches this process and reports its death.</summary>
    public bool Supervised { get; }

    /// <summary>Folder holding the runs of this service; null when there is nothing to adopt.</summary>
    public string? Siblings { get; }

    /// <summary>Why nothing can be kept on disk; null when all is well.</summary>
    public string? Problem { get; }

    public string? File(string name) => Path is null ? null : System.IO.Path.Combine(Path, name);

    public static RunFolder Open(Settings settings)
    {
        // A child of the supervised process inherits its variables but not its folder: there the first to come owns it.
        if (settings.RunDirectory is { } given
            && !System.IO.File.Exists(System.IO.Path.Combine(given, BlackBoxLayout.FileName))
            && TryLock(given, out var held, out _))
            return new RunFolder(given, held, settings.RunId ?? NewRunId(), supervised: true, null, null);

        var runId = settings.RunDirectory is null && settings.RunId is { } id ? id : NewRunId();
        string? problem = null;
        foreach (var state in StateFolders(settings))
        {
            var siblings = System.IO.Path.Combine(state, FileNameOf(settings.Service));
            var path = System.IO.Path.Combine(siblings, FileNameOf(runId));
            if (TryLock(path, out held, out var reason))
                return new RunFolder(path, held, runId, supervised: false, siblings, null);
            problem ??= reason;
        }
        return new RunFolder(null, null, runId, supervised: false, null, problem);
    }

    /// <summary>Removes the folder of a run that leaves nothing to report.</summary>
    public void Discard()
    {
        if (Path is null || Supervised || Directory.EnumerateFiles(Path, RecordPattern).Any())
            return;
        Remove(Path);
        _lock!.Dispose();
    }

    /// <summary>Opens and locks the lock file, making the folder when needed.</summary>
    public static bool TryLock(string folder, out FileStream? held, out string? reason)
    {
        (held, reason) = (null, null);
        try
        {
            MakePrivate(folder);
            held = new FileStream(System.IO.Path.Combine(folder, LockName),
                PrivateFile(FileMode.OpenOrCreate, FileAccess.ReadWrite));
            return true;
        }
        catch (Exception e) when (DiskRefusal.Is(e))
        {
            reason = e.Message;
            return false;
        }
    }

    public static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start tries again.
        }
    }

    public static FileStreamOptions PrivateFile(FileMode mode, FileAccess access)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    private static void MakePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public static IEnumerable<string> StateFolders(Settings settings)
    {
        if (settings.StateDirectory is { } chosen)
        {
            yield return chosen;
            yield break;
        }
        if (Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } xdg)
            yield return System.IO.Path.Combine(xdg, "tocsin");
        if (Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home)
            yield return System.IO.Path.Combine(home, ".local", "state", "tocsin");
        yield return System.IO.Path.Combine(System.IO.Path.GetTempPath(), "tocsin-" + FileNameOf(Environment.UserName));
    }

    public static string FileNameOf(string text)
    {
        var name = string.Concat(
            text.Take(100).Select(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_'));
        return name.Trim('.') is { Length: > 0 } safe ? safe : "_";
    }

    private static string NewRunId() => Guid.NewGuid().ToString("N");
}
