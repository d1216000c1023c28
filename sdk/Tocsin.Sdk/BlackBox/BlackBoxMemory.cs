using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using TocsinSdk.Runs;

namespace TocsinSdk.BlackBox;

/// <summary>
/// The bytes of this process's black box: a mapped file, or plain memory when no disk is writable. Never released,
/// because any thread may be storing into it until the process ends.
/// </summary>
internal static unsafe class BlackBoxMemory
{
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be made.</exception>
    public static byte* Map(string path, int size = BlackBoxLayout.TotalSize)
    {
        var file = new FileStream(path, RunFolder.PrivateFile(FileMode.CreateNew, FileAccess.ReadWrite));
        // Real zeros, not a hole: a store into a hole on a full disk is a SIGBUS.
        file.Write(new byte[size]);
        file.Flush();
        var map = MemoryMappedFile.CreateFromFile(
            file, null, size, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None,
                leaveOpen: false);
        var view = map.CreateViewAccessor();
        byte* at = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref at);
        // FileShare.None would keep other processes from reading the box; the mapping outlives the handle.
        map.Dispose();
        return at + view.PointerOffset;
    }

    public static byte* Allocate(int size = BlackBoxLayout.TotalSize) => (byte*)NativeMemory.AllocZeroed((nuint)size);
}
