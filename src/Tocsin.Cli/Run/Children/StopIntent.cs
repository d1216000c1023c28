namespace Tocsin.Cli.Run.Children;

/// <summary>
/// What is known about somebody wanting the program to stop. A death that follows a wish to stop is no crash; a fault
/// while stopping still is one.
/// </summary>
/// <param name="Signal">The signal that carried the wish; 0 when there was none.</param>
internal readonly record struct StopIntent(int Signal, DateTimeOffset At, bool KilledAfterTimeout = false)
{
    /// <summary>TERM always means stop; after this long without an end the program is taken to have refused.</summary>
    private static readonly TimeSpan TerminateWindow = TimeSpan.FromMinutes(10);

    /// <summary>An interrupt may only have cancelled one command of an interactive program.</summary>
    private static readonly TimeSpan InterruptWindow = TimeSpan.FromMinutes(1);

    public static StopIntent None => default;

    public static bool IsStop(int signal) =>
        signal is Signals.Terminate or Signals.Interrupt or Signals.Quit or Signals.Hangup;

    /// <summary>True when the end is what the signal asked for.</summary>
    public bool Explains(ExitStatus status, DateTimeOffset end)
    {
        if (Signal == 0)
        {
            return false;
        }

        var signal = status.EffectiveSignal;
        if (signal == Signal || KilledAfterTimeout && signal == Signals.Kill)
        {
            return true;
        }

        if (end - At > Window || signal is { } fault && Signals.IsFault(fault))
        {
            return false;
        }

        // A hang-up is often "reload": only an end by that very signal (above) counts as wanted.
        return Signal != Signals.Hangup;
    }

    private TimeSpan Window => Signal == Signals.Terminate ? TerminateWindow : InterruptWindow;
}
