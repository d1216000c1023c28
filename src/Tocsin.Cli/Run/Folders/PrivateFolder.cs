namespace Tocsin.Cli.Run.Folders;

/// <summary>
/// Folders that only their owner can enter: crash records hold command lines, log lines and stack texts.
/// </summary>
internal static class PrivateFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the folder with mode 0700 unless it exists. Returns its full path.</summary>
    public static string Create(string path) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(path).FullName
        : Directory.CreateDirectory(path, OwnerOnly).FullName;
}
