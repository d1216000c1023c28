namespace Tocsin.Acceptance.Deaths;

/// <summary>A memory control group of our own, so that the kernel kills for memory only what is inside.</summary>
internal sealed class ControlGroup : IDisposable
{
    private readonly string _folder;

    private ControlGroup(string folder) => _folder = folder;

    /// <summary>Null where this user may not make one.</summary>
    public static ControlGroup? Create(long bytes)
    {
        bool v2 = File.Exists("/sys/fs/cgroup/cgroup.controllers");
        string folder = Path.Combine(v2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory", $"tocsin-deaths-{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, v2 ? "memory.max" : "memory.limit_in_bytes"), $"{bytes}");
            string swap = Path.Combine(folder, v2 ? "memory.swap.max" : "memory.memsw.limit_in_bytes");
            if (File.Exists(swap))
                File.WriteAllText(swap, v2 ? "0" : $"{bytes}");
            return new ControlGroup(folder);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The command moves itself into the group before it becomes the program.</summary>
    public string[] Wrap(string[] program) =>
        ["/bin/sh", "-c", $"echo $$ > {_folder}/cgroup.procs; exec \"$@\"", "sh", .. program];

    public void Dispose()
    {
        try
        {
            Directory.Delete(_folder);
        }
        catch (IOException)
        {
            // A process is still leaving it; an empty group costs nothing.
        }
    }
}
