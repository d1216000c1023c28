namespace Tocsin.Cli.Run.Evidence;

/// <summary>Memory figures of one control group at one moment; null where the kernel does not say.</summary>
internal sealed record CgroupReading(string Path, long? OomKills, long? LimitBytes, long? UsageBytes);

/// <summary>Reads the memory controller of a process's control group, version 1 or 2.</summary>
internal sealed class CgroupMemory(string procRoot = "/proc", string mountRoot = "/sys/fs/cgroup")
{
    /// <summary>Limits above this are the kernel's way to say "none".</summary>
    private const long NoLimit = 1L << 60;

    public CgroupReading? Read(int pid)
    {
        try
        {
            var lines = File.ReadAllLines($"{procRoot}/{pid}/cgroup");
            return ReadVersion1(lines) ?? ReadVersion2(lines);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The present figures of a group seen before, for when its process is gone.</summary>
    public CgroupReading? Again(CgroupReading earlier) => ReadFolder(earlier.Path);

    private CgroupReading? ReadVersion1(string[] lines)
    {
        foreach (var line in lines)
        {
            var parts = line.Split(':', 3);
            if (parts.Length == 3 && parts[1].Split(',').Contains("memory"))
            {
                // Inside a container the path may be the host's; the mount then shows the container's group as its
                // root.
                return ReadFolder($"{mountRoot}/memory{parts[2]}") ?? ReadFolder($"{mountRoot}/memory");
            }
        }

        return null;
    }

    private CgroupReading? ReadVersion2(string[] lines)
    {
        var line = Array.Find(lines, l => l.StartsWith("0::"));
        return line is null ? null : ReadFolder($"{mountRoot}{line[3..].TrimEnd('/')}") ?? ReadFolder(mountRoot);
    }

    private static CgroupReading? ReadFolder(string folder)
    {
        if (File.Exists($"{folder}/memory.oom_control"))
        {
            return new CgroupReading(folder, Field($"{folder}/memory.oom_control", "oom_kill"),
                Limit($"{folder}/memory.limit_in_bytes"), Number($"{folder}/memory.usage_in_bytes"));
        }

        return File.Exists($"{folder}/memory.events")
            ? new CgroupReading(folder, Field($"{folder}/memory.events", "oom_kill"),
                Limit($"{folder}/memory.max"), Number($"{folder}/memory.current"))
            : null;
    }

    private static long? Limit(string path) => Number(path) is { } limit and < NoLimit ? limit : null;

    private static long? Number(string path) => long.TryParse(Text(path).Trim(), out var value) ? value : null;

    private static long? Field(string path, string name)
    {
        foreach (var line in Text(path).Split('\n'))
        {
            var parts = line.Split(' ');
            if (parts.Length == 2 && parts[0] == name && long.TryParse(parts[1], out var value))
            {
                return value;
            }
        }

        return null;
    }

    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
