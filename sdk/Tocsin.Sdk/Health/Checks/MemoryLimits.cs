using System.Globalization;

namespace TocsinSdk.Health.Checks;

/// <summary>
/// Memory in use against the limit that would end the process: the container's (cgroup 2, then 1), else the machine's.
/// </summary>
internal static class MemoryLimits
{
    private const string Unified = "/sys/fs/cgroup/", Old = "/sys/fs/cgroup/memory/";

    public static UsageReading? Read() =>
        Group(Unified + "memory.max", Unified + "memory.current", Unified + "memory.stat", "inactive_file ")
        ?? Group(Old + "memory.limit_in_bytes", Old + "memory.usage_in_bytes", Old + "memory.stat",
            "total_inactive_file ")
        ?? Machine();

    /// <summary>The number after a name at the beginning of a line; null when there is none.</summary>
    internal static long? Number(string? text, string name)
    {
        foreach (var line in (text ?? "").AsSpan().EnumerateLines())
        {
            if (!line.StartsWith(name, StringComparison.Ordinal))
                continue;
            var rest = line[name.Length..].Trim();
            var end = rest.IndexOf(' ');
            return long.TryParse(end < 0 ? rest : rest[..end], NumberStyles.None, CultureInfo.InvariantCulture,
                out var number) ? number : null;
        }
        return null;
    }

    private static UsageReading? Group(string limitPath, string usagePath, string statPath, string cacheName)
    {
        // "max", or a number near 2^63 in cgroup 1, is no limit; one above the machine's memory neither.
        if (Number(Text(limitPath), "") is not { } limit || limit <= 0
            || Number(Text("/proc/meminfo"), "MemTotal:") is not { } kilobytes || limit > kilobytes * 1024
            || Number(Text(usagePath), "") is not { } usage)
            return null;
        // Cache that the kernel gives back under pressure kills nobody.
        return Of(usage - (Number(Text(statPath), cacheName) ?? 0), limit);
    }

    private static UsageReading? Machine()
    {
        var machine = Text("/proc/meminfo");
        if (Number(machine, "MemTotal:") is { } total && Number(machine, "MemAvailable:") is { } available)
            return Of((total - available) * 1024, total * 1024);
        var memory = GC.GetGCMemoryInfo();
        return memory.TotalAvailableMemoryBytes <= 0
            ? null : Of(memory.MemoryLoadBytes, memory.TotalAvailableMemoryBytes);
    }

    private static UsageReading Of(long used, long limit) => new(Math.Clamp(100.0 * used / limit, 0, 100),
        ("memory_limit_bytes", limit), ("process_memory_bytes", Environment.WorkingSet));

    private static string? Text(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
