using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;

namespace TocsinSdk.Runs;

/// <summary>
/// Notes who asked the process to stop, because a death after that is no crash. .NET 10 has no default handler for
/// SIGTERM any more, and no host handles SIGHUP; so both are seen to here.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "It lives as long as the process.")]
internal sealed class StopSignals
{
    /// <summary>Half of what docker stop grants by default.</summary>
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(5);

    private readonly ProcessRun _run;
    private readonly CancellationTokenSource _stopping = new();
    private readonly PosixSignalRegistration[] _registrations;
    private Action? _stopHost;
    private Action? _flush;
    private int _ending;

    public StopSignals(ProcessRun run)
    {
        _run = run;
        _registrations =
            [Register(PosixSignal.SIGTERM, 15), Register(PosixSignal.SIGINT, 2), Register(PosixSignal.SIGQUIT, 3)];
        if (!HangUpIsIgnored())
            _registrations = [.. _registrations, Register(PosixSignal.SIGHUP, 1)];
    }

    /// <summary>Cancelled when the process, or its host, is asked to stop.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>From now on a host ends the process; it handles every signal but SIGHUP itself.</summary>
    public void HostTakesOver(Action stopHost) => _stopHost = stopHost;

    /// <summary>
    /// Without a host the process is ended here: callbacks of <see cref="Stopping"/>, flush, exit with 128 + signal.
    /// </summary>
    public void EndProcess(Action flush) => _flush = flush;

    /// <summary>Runs the callbacks of <see cref="Stopping"/> on the calling thread.</summary>
    public void Announce(int signal)
    {
        _run.StopRequested(signal);
        _stopping.Cancel();
    }

    private PosixSignalRegistration Register(PosixSignal signal, int number) =>
        PosixSignalRegistration.Create(signal, context => OnSignal(context, number));

    // nohup starts a program with SIGHUP ignored, and means it.
    private static bool HangUpIsIgnored()
    {
        const string Ignored = "SigIgn:";
        try
        {
            var status = OperatingSystem.IsLinux() ? File.ReadAllText("/proc/self/status") : "";
            var at = status.IndexOf(Ignored, StringComparison.Ordinal);
            return at >= 0
                && ulong.TryParse(status.AsSpan(at + Ignored.Length, 17).Trim(), NumberStyles.HexNumber,
                CultureInfo.InvariantCulture, out var mask)
                && (mask & 1) != 0; // bit 0 is signal 1
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void OnSignal(PosixSignalContext context, int number)
    {
        if (_stopHost is { } stopHost)
        {
            _run.StopRequested(number);
            if (context.Signal != PosixSignal.SIGHUP)
                return;
            context.Cancel = true;
            stopHost();
        }
        else if (_flush is { } flush && _run.Settings.HandleSignals)
        {
            context.Cancel = true;
            if (Interlocked.Exchange(ref _ending, 1) == 0)
                new Thread(() => End(number, flush)) { Name = "Tocsin stop" }.UnsafeStart();
            else
                ExitNow(128 + number);
        }
        else if (context.Signal != PosixSignal.SIGHUP) // many programs read their configuration again on SIGHUP
            _run.StopRequested(number);
    }

    private void End(int signal, Action flush)
    {
        new Thread(() => { Thread.Sleep(s_deadline); ExitNow(128 + signal); }) { IsBackground = true }.UnsafeStart();
        try
        {
            Announce(signal);
        }
        catch (AggregateException e)
        {
            Console.Error.WriteLine($"tocsin: a stop callback failed: {e.InnerException?.Message}");
        }
        flush();
        Environment.Exit(128 + signal);
    }

    // Runs no handler and waits for nobody: the orderly way was given its time.
    private void ExitNow(int code)
    {
        _run.Box.CleanExit(code);
        if (OperatingSystem.IsWindows())
            Environment.Exit(code);
        exit(code);
    }

    [DllImport("libc", EntryPoint = "_exit")]
    [SuppressMessage("Style", "IDE1006", Justification = "The name of the system call.")]
    private static extern void exit(int code);
}
