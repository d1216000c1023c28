namespace Tocsin.Cli.Run.Children;

/// <summary>Tells signals typed at the terminal from signals sent to the supervisor alone.</summary>
/// <remarks>
/// The sender cannot be asked (.NET keeps siginfo to itself), so an interrupt that arrives while our group is the
/// terminal's foreground group is taken to be typed. The other way round would deliver every Ctrl-C twice, which many
/// programs read as "stop at once".
/// </remarks>
internal static class Terminal
{
    public static bool SendsToWholeGroup(int signal)
    {
        if (signal is not (Signals.Interrupt or Signals.Quit or Signals.WindowChange))
        {
            return false;
        }

        const int readWriteNoControl = 0x2 | 0x100 | Libc.CloseOnExec;
        var terminal = Libc.Open("/dev/tty", readWriteNoControl);
        if (terminal < 0)
        {
            return false;
        }

        var foreground = Libc.ForegroundGroup(terminal) == Libc.OwnGroup();
        _ = Libc.Close(terminal);
        return foreground;
    }

    /// <summary>True when the process catches or ignores the signal, or when that cannot be known.</summary>
    public static bool Handles(int pid, int signal)
    {
        try
        {
            var sets = File.ReadLines($"/proc/{pid}/status")
                .Where(l => l.StartsWith("SigCgt:") || l.StartsWith("SigIgn:"))
                .Select(l => Convert.ToUInt64(l[7..].Trim(), 16));
            return sets.Any(set => Signals.Contains(set, signal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return true;
        }
    }
}
