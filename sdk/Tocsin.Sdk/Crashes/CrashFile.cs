using Microsoft.Win32.SafeHandles;

namespace TocsinSdk.Crashes;

/// <summary>
/// The file a record goes to, opened and allocated while the process was well. The name it is published under appears
/// only after the bytes are synced, so a reader finds a whole record or none.
/// </summary>
internal sealed class CrashFile
{
    private readonly SafeFileHandle _handle;
    private readonly string _draft, _published;

    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be made.</exception>
    public CrashFile(string draft, string published, int reserve)
    {
        (_draft, _published) = (draft, published);
        _handle = File.OpenHandle(
            draft, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, FileOptions.None,
                reserve);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Once only.</summary>
    public void Publish(ReadOnlySpan<byte> record)
    {
        RandomAccess.Write(_handle, record, 0);
        RandomAccess.SetLength(_handle, record.Length);
        RandomAccess.FlushToDisk(_handle);
        File.Move(_draft, _published, overwrite: true);
    }
}
