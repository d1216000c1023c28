using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace TocsinSdk.Logging.Files;

/// <summary>
/// One log file that is put aside when it is full or old, and begun anew. Used by the writer's thread alone. It writes at
/// positions of its own counting, so a write that failed half way is simply made again.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "It lives as long as the process.")]
internal sealed class LogFile(string path, LogOptions options, Backups backups, TimeProvider clock)
{
    private SafeFileHandle? _handle;
    private long _period, _checkedAt;

    public string Path => path;

    public long Length { get; private set; }

    /// <summary>Whether a line must go into the next file.</summary>
    public bool IsFullFor(long more, int line) =>
        options.MaxFileSize > 0 && Length + more > 0 && Length + more + line > options.MaxFileSize;

    /// <exception cref="IOException">The disk is full or failing; nothing is lost, the same call may be made again.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or file may not be written.</exception>
    public void Write(ReadOnlySpan<byte> lines)
    {
        Ready();
        RandomAccess.Write(_handle!, lines, Length);
        Length += lines.Length;
    }

    /// <summary>Opens the file where that is due: at first, after it was deleted or moved away, at a new day.</summary>
    public void Ready()
    {
        var now = clock.GetUtcNow();
        if (_handle is not null && IsGone(now))
            Close();
        if (_handle is null)
            Open(now);
        if (PeriodOf(now) > _period && Length > 0)
            Roll();
        _period = Math.Max(_period, PeriodOf(now));
    }

    /// <summary>Puts the file aside; the next write begins a new one.</summary>
    public void Roll()
    {
        Close();
        if (!File.Exists(path))
            return;
        File.Move(path, backups.NameFor(path, clock.GetUtcNow()));
        backups.Trim(path);
        Open(clock.GetUtcNow());
    }

    public void Close()
    {
        _handle?.Dispose();
        (_handle, Length) = (null, 0);
    }

    private void Open(DateTimeOffset now)
    {
        if (System.IO.Path.GetDirectoryName(path) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
        // A file that is already there was last written in its own period.
        _period = File.Exists(path) ? PeriodOf(File.GetLastWriteTimeUtc(path)) : PeriodOf(now);
        _handle = File.OpenHandle(
            path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        Length = RandomAccess.GetLength(_handle);
        _checkedAt = clock.GetTimestamp();
    }

    // Somebody may delete, move or truncate the file underneath; looked at once a second.
    private bool IsGone(DateTimeOffset now)
    {
        if (clock.GetElapsedTime(_checkedAt) < TimeSpan.FromSeconds(1))
            return false;
        _checkedAt = clock.GetTimestamp();
        var file = new FileInfo(path);
        return !file.Exists || file.Length < Length;
    }

    private long PeriodOf(DateTimeOffset time) =>
        options.RollInterval > TimeSpan.Zero ? time.UtcTicks / options.RollInterval.Ticks : 0;
}
