namespace Tocsin.Cli.Tests.Run;

/// <summary>A control group with a memory limit, below the test's own one; it goes away with the test.</summary>
internal sealed class MemoryGroup : IDisposable
{
    private MemoryGroup(string path) => Path = path;

    public string Path { get; }

    public static MemoryGroup? TryCreate(long limitBytes)
    {
        try
        {
            var lines = File.ReadAllLines("/proc/self/cgroup");
            var line = lines.FirstOrDefault(l => l.Split(':')[1] == "memory");
            var parent = line is null
                ? "/sys/fs/cgroup" + lines[^1][3..]
                : "/sys/fs/cgroup/memory" + line.Split(':', 3)[2];
            var path = Directory.CreateDirectory($"{parent}/tocsin-test-{Guid.NewGuid():N}").FullName;
            File.WriteAllText(line is null ? $"{path}/memory.max" : $"{path}/memory.limit_in_bytes", $"{limitBytes}");
            return new MemoryGroup(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    public void Dispose() => Directory.Delete(Path);
}
