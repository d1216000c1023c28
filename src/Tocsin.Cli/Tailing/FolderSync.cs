using Tocsin.Cli.Run.Children;

namespace Tocsin.Cli.Tailing;

/// <summary>Makes a rename durable: the folder itself is synced.</summary>
internal static class FolderSync
{
    public static void Sync(string folder)
    {
        int descriptor = OperatingSystem.IsWindows() ? -1 : Libc.Open(folder, 0);
        if (descriptor < 0)
            return;
        _ = Libc.Sync(descriptor);
        _ = Libc.Close(descriptor);
    }
}
