namespace TocsinSdk.Metrics;

/// <summary>The file systems that can fill up; the list is read anew each minute.</summary>
internal static class MountedFileSystems
{
    private const int Max = 32;

    private static readonly TimeSpan s_period = TimeSpan.FromMinutes(1);
    private static readonly Lock s_lock = new();
    private static (DriveInfo, KeyValuePair<string, object?>)[] s_mounts = [];
    private static long? s_read;

    public static (DriveInfo Drive, KeyValuePair<string, object?> Mount)[] Now()
    {
        lock (s_lock)
        {
            if (s_read is { } read && TimeProvider.System.GetElapsedTime(read) < s_period)
                return s_mounts;
            s_read = TimeProvider.System.GetTimestamp();
            return s_mounts = [.. Drives().Where(Fills).Take(Max)
                .Select(d => (d, new KeyValuePair<string, object?>("system.filesystem.mountpoint", d.Name)))];
        }
    }

    private static DriveInfo[] Drives()
    {
        try
        {
            return DriveInfo.GetDrives();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // Network drives are left out: a server that is away would hold the scrape.
    private static bool Fills(DriveInfo drive)
    {
        try
        {
            return drive.DriveType is DriveType.Fixed && drive.IsReady && drive.TotalSize > 0
                && !drive.Name.StartsWith("/proc", StringComparison.Ordinal)
                && !drive.Name.StartsWith("/sys", StringComparison.Ordinal)
                && !drive.Name.StartsWith("/etc/", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
