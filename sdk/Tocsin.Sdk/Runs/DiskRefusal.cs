using System.Runtime.InteropServices;

namespace TocsinSdk.Runs;

/// <summary>The ways a disk says no. None of them may stop the application.</summary>
internal static class DiskRefusal
{
    private const int FileSizeSignal = 25; // SIGXFSZ

    private static PosixSignalRegistration? s_fileSize;

    /// <summary>True for what file operations throw; a file over the size limit is an ArgumentException to .NET.</summary>
    public static bool Is(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException;

    /// <summary>
    /// A write beyond the process's limit on the size of files (ulimit -f) ends it by a signal, unless somebody handles
    /// that; the write then fails like any other.
    /// </summary>
    public static void SurviveFileSizeLimit()
    {
        if (OperatingSystem.IsLinux())
            s_fileSize ??= PosixSignalRegistration.Create((PosixSignal)FileSizeSignal, static c => c.Cancel = true);
    }
}
