using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tocsin.Storage.Io;

/// <summary>The real disk.</summary>
public sealed class DiskFileSystem : IFileSystem
{
    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    public IReadOnlyList<string> Files(string directory) =>
        Directory.Exists(directory) ? [.. Directory.EnumerateFiles(directory).Select(p => Path.GetFileName(p))] : [];

    public IReadOnlyList<string> Directories(string directory) =>
        Directory.Exists(directory) ? [.. Directory.EnumerateDirectories(directory).Select(p => Path.GetFileName(p))]
            : [];

    public bool FileExists(string path) => File.Exists(path);

    public IFile Create(string path) => new DiskFile(path, FileMode.Create, FileAccess.ReadWrite);

    public IFile OpenRead(string path) => new DiskFile(path, FileMode.Open, FileAccess.Read);

    public IFile OpenWrite(string path) => new DiskFile(path, FileMode.Open, FileAccess.ReadWrite);

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void RenameDirectory(string from, string to) => Directory.Move(from, to);

    public bool TryLink(string from, string to) => OperatingSystem.IsWindows()
        ? WindowsLink.Create(to, from, 0)
        : UnixDirectory.Link(from, to);

    public void Delete(string path) => File.Delete(path);

    public void DeleteDirectory(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }

    public void SyncDirectory(string path)
    {
        // Windows journals directory changes itself and has no call for this.
        if (!OperatingSystem.IsWindows())
            UnixDirectory.Sync(path);
    }

    public long FreeBytes(string path) => new DriveInfo(Path.GetFullPath(path)).AvailableFreeSpace;

    public IDisposable? TryLock(string path, string contents, out string owner)
    {
        owner = "";
        try
        {
            // FileShare.None is flock(LOCK_EX) on Unix: the kernel drops it when the owner dies, even by SIGKILL.
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(OwnerPath(path), contents);
            return file;
        }
        catch (IOException)
        {
            owner = ReadOwner(OwnerPath(path));
            return null;
        }
    }

    /// <summary>The locked file itself cannot be read by others, so the owner's name stands beside it.</summary>
    private static string OwnerPath(string path) => path + ".owner";

    private static string ReadOwner(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }

    private sealed class DiskFile(string path, FileMode mode, FileAccess access) : IFile
    {
        private readonly SafeFileHandle _handle =
            File.OpenHandle(path, mode, access, FileShare.ReadWrite | FileShare.Delete);

        public long Length => RandomAccess.GetLength(_handle);

        public int Read(long offset, Span<byte> into)
        {
            int total = 0;
            while (total < into.Length)
            {
                int read = RandomAccess.Read(_handle, into[total..], offset + total);
                if (read == 0)
                    break;
                total += read;
            }
            return total;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(_handle, bytes, offset);

        public void Write(long offset, IReadOnlyList<ReadOnlyMemory<byte>> parts) =>
            RandomAccess.Write(_handle, parts, offset);

        public void Truncate(long length) => RandomAccess.SetLength(_handle, length);

        public void Sync() => RandomAccess.FlushToDisk(_handle);

        public void Dispose() => _handle.Dispose();
    }

    private static class UnixDirectory
    {
        private const int ReadOnlyCloseOnExec = 0x80000;

        public static void Sync(string path)
        {
            // O_CLOEXEC has another value on macOS; there the flag is left out.
            int descriptor = Open(path, OperatingSystem.IsLinux() ? ReadOnlyCloseOnExec : 0);
            if (descriptor < 0)
                throw Error("open", path);
            try
            {
                if (Fsync(descriptor) != 0)
                    throw Error("fsync", path);
            }
            finally
            {
                _ = Close(descriptor);
            }
        }

        public static bool Link(string from, string to) => CreateLink(from, to) == 0;

        private static IOException Error(string call, string path)
        {
            int errno = Marshal.GetLastPInvokeError();
            return new IOException($"{call} of folder {path} failed: {Marshal.GetPInvokeErrorMessage(errno)}", errno);
        }

        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

        [DllImport("libc", EntryPoint = "link", SetLastError = true)]
        private static extern int CreateLink(
            [MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        private static extern int Fsync(int descriptor);

        [DllImport("libc", EntryPoint = "close", SetLastError = true)]
        private static extern int Close(int descriptor);
    }

    private static class WindowsLink
    {
        [DllImport("kernel32", EntryPoint = "CreateHardLinkW", SetLastError = true, CharSet = CharSet.Unicode)]
        [return: MarshalAs(UnmanagedType.Bool)]
        public static extern bool Create(string link, string target, nint security);
    }
}
