using TocsinSdk.Runs;

namespace TocsinSdk.Transport;

/// <summary>
/// The folder of this process's segments, <c>state/.spool/service/run id/</c>, owned by whoever holds its lock; and
/// the folders of dead processes beside it. Without a writable disk <see cref="TryMake"/> gives nothing, says so once,
/// and tries again later. Any thread.
/// </summary>
internal sealed class SpoolFolder(string? siblings, string name, TimeProvider clock, Action<string> say)
{
    public const string Pattern = "*.spool";

    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private FileStream? _lock;
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;
    private volatile bool _failing;
    private long _next;

    private string? Path => siblings is null ? null : System.IO.Path.Combine(siblings, name);

    /// <summary>Whether the last attempt to keep something on disk went well.</summary>
    public bool IsOnDisk => siblings is not null && !_failing;

    /// <summary>Whether <see cref="TryMake"/> is worth a try.</summary>
    public bool IsUsable => siblings is not null && (!_failing || clock.GetUtcNow() >= _notBefore);

    /// <summary>Why nothing can be kept on disk; null when all is well, or nothing was asked for.</summary>
    public string? Problem { get; private set; }

    public Segment? TryMake(int capacity)
    {
        lock (_gate)
            return IsUsable ? Make(capacity) : null;
    }

    private Segment? Make(int capacity)
    {
        try
        {
            if (_lock is null && !RunFolder.TryLock(Path!, out _lock, out var reason))
                throw new IOException(reason);
            var made = Segment.InFile(System.IO.Path.Combine(Path!, $"{++_next:d8}.spool"), capacity);
            if (_failing)
                say("tocsin: spool: ok");
            (_failing, Problem) = (false, null);
            return made;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            _notBefore = clock.GetUtcNow() + s_retryAfter;
            Problem = e.Message;
            if (!_failing)
                say($"tocsin: spool: {e.Message}; what cannot be sent waits in memory");
            _failing = true;
            return null;
        }
    }

    /// <summary>Folders of processes that are dead: their locks can be taken, and are.</summary>
    public List<AdoptedFolder> Orphans(int atMost)
    {
        var found = new List<AdoptedFolder>();
        if (siblings is null)
            return found;
        try
        {
            foreach (var folder in Directory.EnumerateDirectories(siblings))
            {
                if (found.Count >= atMost)
                    break;
                if (folder != Path && RunFolder.TryLock(folder, out var held, out _))
                    found.Add(new AdoptedFolder(folder, held!));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // None yet, or what could be listed is enough for now.
        }
        return found;
    }

    /// <summary>Gives the folder up: removed when it is empty, else left to the next start.</summary>
    public void Leave(bool empty)
    {
        lock (_gate)
        {
            if (_lock is null)
                return;
            if (empty)
                RunFolder.Remove(Path!);
            _lock.Dispose();
            _lock = null;
        }
    }
}

/// <summary>The folder of a dead process, held until all its segments are gone.</summary>
internal sealed class AdoptedFolder(string path, FileStream held)
{
    public string Path => path;

    /// <summary>Segments still in the queue.</summary>
    public int Left { get; set; }

    public string[] Files()
    {
        try
        {
            var files = Directory.GetFiles(path, SpoolFolder.Pattern);
            Array.Sort(files, StringComparer.Ordinal);
            return files;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    public void Remove()
    {
        RunFolder.Remove(path);
        held.Dispose();
    }
}
