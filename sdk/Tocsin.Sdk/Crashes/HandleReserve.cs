using Microsoft.Win32.SafeHandles;

namespace TocsinSdk.Crashes;

/// <summary>
/// File handles held back for the last moments of a process that has used up its own: "too many open files" is a
/// common last exception, and telling it takes a socket.
/// </summary>
internal sealed class HandleReserve
{
    // A socket, the debug symbols of two assemblies, and one to spare.
    private const int Handles = 4;

    private readonly SafeFileHandle?[] _handles = new SafeFileHandle?[Handles];

    public HandleReserve()
    {
        if (OperatingSystem.IsWindows())
            return; // knows no such limit
        try
        {
            for (var i = 0; i < Handles; i++)
                _handles[i] = File.OpenHandle("/dev/null", share: FileShare.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As many as there are.
        }
    }

    public void Release()
    {
        foreach (var handle in _handles)
            handle?.Dispose();
    }
}
