namespace TocsinSdk.Health.Checks;

/// <summary>How much of something limited is in use, and the numbers behind it.</summary>
internal readonly record struct UsageReading(double Percent, params (string Key, object Value)[] Details);

/// <summary>Something limited that can be read: its key in reports ("memory_percent") and how; null when it cannot.</summary>
internal sealed record Usage(string Key, Func<UsageReading?> Read)
{
    /// <summary>The file system that holds the path.</summary>
    public static Usage Disk(string path) => new("disk_percent", () => DiskOf(path));

    public static Usage Memory() => new("memory_percent", MemoryLimits.Read);

    public static Usage Cpu(TimeProvider clock) => new("cpu_percent", new CpuClock(clock).Read);

    private static UsageReading? DiskOf(string path)
    {
        var drive = new DriveInfo(path);
        if (drive.TotalSize <= 0)
            return null;
        // As df has it: what is reserved for root is not available, and neither in use.
        var used = drive.TotalSize - drive.TotalFreeSpace;
        var usable = used + drive.AvailableFreeSpace;
        return new UsageReading(usable <= 0 ? 100 : 100.0 * used / usable,
            ("disk_path", path), ("disk_free_bytes", drive.AvailableFreeSpace));
    }
}
