using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tocsin.Cli.Tailing;

/// <summary>Which file it is, whatever its name: device and inode. Where the system has none, the name is all there is.</summary>
internal readonly partial record struct FileIdentity(ulong Device, ulong Inode)
{
    // struct statx has the same layout on every architecture: inode at 32, device numbers at 136 and 140.
    private const int StatxBytes = 256, InodeAt = 32, MajorAt = 136, MinorAt = 140;
    private const int EmptyPath = 0x1000, InodeMask = 0x100, CurrentFolder = -100;

    public static FileIdentity? Of(SafeFileHandle file, string path) =>
        OperatingSystem.IsLinux() ? Read((int)file.DangerousGetHandle(), "", EmptyPath) : Named(path);

    /// <summary>Null when there is no such file.</summary>
    public static FileIdentity? Of(string path) =>
        !OperatingSystem.IsLinux() ? File.Exists(path) ? Named(path) : null : Read(CurrentFolder, path, 0);

    private static FileIdentity? Read(int folder, string path, int flags)
    {
        Span<byte> stat = stackalloc byte[StatxBytes];
        if (Statx(folder, path, flags, InodeMask, ref MemoryMarshal.GetReference(stat)) != 0)
            return null;
        ulong device = (ulong)BinaryPrimitives.ReadUInt32LittleEndian(stat[MajorAt..]) << 32
            | BinaryPrimitives.ReadUInt32LittleEndian(stat[MinorAt..]);
        return new FileIdentity(device, BinaryPrimitives.ReadUInt64LittleEndian(stat[InodeAt..]));
    }

    private static FileIdentity Named(string path) => new(
        0, BinaryPrimitives.ReadUInt64LittleEndian(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(path))));

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, ref byte stat);
}
