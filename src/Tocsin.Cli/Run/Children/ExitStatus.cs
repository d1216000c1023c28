namespace Tocsin.Cli.Run.Children;

/// <summary>How a process ended as the kernel tells its parent: an exit code, or the signal that ended it.</summary>
internal readonly record struct ExitStatus(int? Code, int? Signal, bool CoreDumped = false)
{
    private const int ShellSignalBase = 128;

    public static ExitStatus FromWaitStatus(int status)
    {
        var signal = status & 0x7f;
        return signal == 0
            ? new ExitStatus(status >> 8 & 0xff, null)
            : new ExitStatus(null, signal, (status & 0x80) != 0);
    }

    /// <summary>What a shell would report, and what the supervisor exits with.</summary>
    public int ShellCode => Code ?? ShellSignalBase + Signal.GetValueOrDefault();

    /// <summary>The fatal signal, also when a shell or wrapper in between turned it into exit code 128 + n.</summary>
    public int? EffectiveSignal =>
        Signal ?? (Code is { } code && IsRelayed(code - ShellSignalBase) ? code - ShellSignalBase : null);

    public bool Success => Code == 0;

    public override string ToString() =>
        Signal is { } signal
            ? $"was ended by {Signals.Name(signal)}{(CoreDumped ? ", core dumped" : "")}"
            : $"left with exit code {Code}";

    private static bool IsRelayed(int signal) =>
        Signals.IsFault(signal)
        || signal is Signals.Hangup or Signals.Interrupt or Signals.Quit or Signals.Kill or Signals.Terminate;
}
