using Tocsin.Storage.Io;

namespace Tocsin.Testing;

/// <summary>Passes everything on to another file system and fails where it is told to. Any thread.</summary>
public sealed class FaultyFileSystem(IFileSystem inner) : IFileSystem
{
    private long _bytesLeft = long.MaxValue;

    public IFileSystem Inner => inner;

    /// <summary>Syncs of files whose path this accepts throw.</summary>
    public Predicate<string>? FailSync { get; set; }

    /// <summary>Reads of files whose path this accepts throw.</summary>
    public Predicate<string>? FailRead { get; set; }

    /// <summary>Called before each sync with the file's path; may block to hold it.</summary>
    public Action<string>? BeforeSync { get; set; }

    /// <summary>Called after each operation that changes a name: its path.</summary>
    public Action<string>? AfterChange { get; set; }

    /// <summary>Free space to report instead of the real one.</summary>
    public long? Free { get; set; }

    /// <summary>Number of syncs of files that returned.</summary>
    public int Syncs { get; private set; }

    /// <summary>Bytes that may still be written before writes fail half way with "no space left".</summary>
    public long BytesLeft
    {
        get => Interlocked.Read(ref _bytesLeft);
        set => Interlocked.Exchange(ref _bytesLeft, value);
    }

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public IReadOnlyList<string> Files(string directory) => inner.Files(directory);

    public IReadOnlyList<string> Directories(string directory) => inner.Directories(directory);

    public bool FileExists(string path) => inner.FileExists(path);

    public IFile Create(string path)
    {
        IFile file = inner.Create(path);
        AfterChange?.Invoke(path);
        return new FaultyFile(this, path, file);
    }

    public IFile OpenRead(string path) => new FaultyFile(this, path, inner.OpenRead(path));

    public IFile OpenWrite(string path) => new FaultyFile(this, path, inner.OpenWrite(path));

    public void Rename(string from, string to)
    {
        inner.Rename(from, to);
        AfterChange?.Invoke(to);
    }

    public void RenameDirectory(string from, string to)
    {
        inner.RenameDirectory(from, to);
        AfterChange?.Invoke(to);
    }

    /// <summary>Links of files whose source this accepts are refused, as between two file systems.</summary>
    public Predicate<string>? RefuseLink { get; set; }

    public bool TryLink(string from, string to) => RefuseLink?.Invoke(from) != true && inner.TryLink(from, to);

    public void Delete(string path)
    {
        inner.Delete(path);
        AfterChange?.Invoke(path);
    }

    public void DeleteDirectory(string path) => inner.DeleteDirectory(path);

    public void SyncDirectory(string path) => inner.SyncDirectory(path);

    public long FreeBytes(string path) => Free ?? inner.FreeBytes(path);

    public IDisposable? TryLock(string path, string contents, out string owner) =>
        inner.TryLock(path, contents, out owner);

    private sealed class FaultyFile(FaultyFileSystem faults, string path, IFile inner) : IFile
    {
        public long Length => inner.Length;

        public int Read(long offset, Span<byte> into) =>
            faults.FailRead?.Invoke(path) == true
                ? throw new IOException($"input/output error: {path}", 5)
                : inner.Read(offset, into);

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            long left = Interlocked.Add(ref faults._bytesLeft, -bytes.Length);
            if (left >= 0)
            {
                inner.Write(offset, bytes);
                return;
            }
            int fits = (int)Math.Max(0, bytes.Length + left);
            Interlocked.Exchange(ref faults._bytesLeft, 0);
            inner.Write(offset, bytes[..fits]);
            throw FileErrors.DiskFull(path);
        }

        public void Write(long offset, IReadOnlyList<ReadOnlyMemory<byte>> parts)
        {
            foreach (ReadOnlyMemory<byte> part in parts)
            {
                Write(offset, part.Span);
                offset += part.Length;
            }
        }

        public void Truncate(long length) => inner.Truncate(length);

        public void Sync()
        {
            faults.BeforeSync?.Invoke(path);
            if (faults.FailSync?.Invoke(path) == true)
                throw new IOException($"input/output error: {path}", 5);
            inner.Sync();
            faults.Syncs++;
        }

        public void Dispose() => inner.Dispose();
    }
}
