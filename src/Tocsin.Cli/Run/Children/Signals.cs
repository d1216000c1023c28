namespace Tocsin.Cli.Run.Children;

/// <summary>Linux signal numbers (the same on x64 and arm64) and their names.</summary>
internal static class Signals
{
    public const int Hangup = 1, Interrupt = 2, Quit = 3, Illegal = 4, Trap = 5, Abort = 6, Bus = 7, FloatingPoint = 8;
    public const int Kill = 9, User1 = 10, Segmentation = 11, User2 = 12, Pipe = 13, Alarm = 14, Terminate = 15;
    public const int Child = 17, WindowChange = 28, BadCall = 31;

    private static readonly string[] Names =
    [
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1",
        "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP",
        "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR",
        "SIGSYS",
    ];

    public static string Name(int signal) =>
        signal > 0 && signal < Names.Length ? Names[signal] : $"SIG{signal}";

    /// <summary>True for signals that a program raises by a fault of its own.</summary>
    public static bool IsFault(int signal) =>
        signal is Illegal or Trap or Abort or Bus or FloatingPoint or Segmentation or BadCall;

    /// <summary>
    /// Signals that this process ignores already (for example SIGHUP under nohup); a child inherits that.
    /// </summary>
    public static ulong IgnoredNow()
    {
        try
        {
            var line = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("SigIgn:"));
            return line is null ? 0 : Convert.ToUInt64(line["SigIgn:".Length..].Trim(), 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return 0;
        }
    }

    public static bool Contains(ulong set, int signal) => (set >> (signal - 1) & 1) != 0;
}
