namespace Tocsin.Storage.Io;

/// <summary>
/// The only way storage touches files. Paths are absolute or relative to the process; separators are '/'. Operating
/// errors are <see cref="IOException"/>; <see cref="FileErrors.IsDiskFull"/> tells a full disk apart. Any thread.
/// </summary>
public interface IFileSystem
{
    /// <summary>Creates the folder and its parents; nothing happens when it exists.</summary>
    void CreateDirectory(string path);

    /// <summary>Names (not paths) of the files in a folder; empty when there is no such folder.</summary>
    IReadOnlyList<string> Files(string directory);

    /// <summary>Names (not paths) of the folders in a folder; empty when there is no such folder.</summary>
    IReadOnlyList<string> Directories(string directory);

    bool FileExists(string path);

    /// <summary>Creates a file for reading and writing; an existing file is emptied.</summary>
    IFile Create(string path);

    IFile OpenRead(string path);

    /// <summary>Opens an existing file for reading and writing.</summary>
    IFile OpenWrite(string path);

    /// <summary>Atomic; replaces the target.</summary>
    void Rename(string from, string to);

    /// <summary>Atomic; the target must not exist.</summary>
    void RenameDirectory(string from, string to);

    /// <summary>
    /// Gives a file a second name. False when the file system cannot do that here, for example across two of them.
    /// </summary>
    bool TryLink(string from, string to);

    void Delete(string path);

    /// <summary>Deletes the folder and everything in it.</summary>
    void DeleteDirectory(string path);

    /// <summary>Makes creations, renames and deletions inside the folder survive a power cut.</summary>
    void SyncDirectory(string path);

    long FreeBytes(string path);

    /// <summary>
    /// Takes an exclusive lock that ends with the returned object or the process, whichever dies first. Null when
    /// somebody else holds it; <paramref name="owner"/> is then what the holder wrote, or empty.
    /// </summary>
    IDisposable? TryLock(string path, string contents, out string owner);
}

/// <summary>An open file. Reads may run on any thread at any time; writes need one thread at a time.</summary>
public interface IFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads as many bytes as the file has there, at most the span's length.</summary>
    int Read(long offset, Span<byte> into);

    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Writes the parts one after the other.</summary>
    void Write(long offset, IReadOnlyList<ReadOnlyMemory<byte>> parts);

    void Truncate(long length);

    /// <summary>Returns when every byte written so far is on disk; throws when that cannot be promised.</summary>
    void Sync();
}

/// <summary>Tells operating errors apart.</summary>
public static class FileErrors
{
    /// <summary>ENOSPC on Unix; kept as the HResult by <see cref="DiskFull"/> too.</summary>
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070), WindowsHandleDiskFull = unchecked((int)0x80070027);

    public static bool IsDiskFull(IOException error) =>
        error.HResult is NoSpace or QuotaExceeded or WindowsDiskFull or WindowsHandleDiskFull;

    public static IOException DiskFull(string path) => new($"no space left on device: {path}", NoSpace);
}
