namespace Tocsin.Cli.Run.Folders;

/// <summary>What the kernel says about a pid, so that a reused number is not mistaken for the old process.</summary>
internal static class ProcessTable
{
    public static string? BootId()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Start time in clock ticks since boot; with the boot id it identifies a process for ever. Null when it is gone.
    /// </summary>
    public static long? StartTicks(int pid) =>
        Fields(pid) is { Length: > 19 } fields && long.TryParse(fields[19], out var ticks) ? ticks : null;

    /// <summary>State letter: R, S, D, Z, T (stopped), t (traced) …</summary>
    public static char? State(int pid) => Fields(pid) is [{ Length: 1 } state, ..] ? state[0] : null;

    /// <summary>The fields after the name, which may itself hold spaces and parentheses.</summary>
    private static string[]? Fields(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
