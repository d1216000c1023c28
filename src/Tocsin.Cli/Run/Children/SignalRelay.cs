using System.Runtime.InteropServices;

namespace Tocsin.Cli.Run.Children;

/// <summary>
/// Hands the signals that reach the supervisor on to the child and remembers which of them asked it to stop. Signals
/// that the terminal sends to the whole foreground group have reached the child already and are only remembered.
/// </summary>
internal sealed class SignalRelay : IDisposable
{
    /// <summary>
    /// A child that neither catches nor ignores an interrupt and outlives this did not get it from the terminal.
    /// </summary>
    private static readonly TimeSpan TerminalGrace = TimeSpan.FromMilliseconds(150);

    private static readonly int[] Relayed =
    [
        Signals.Terminate, Signals.Interrupt, Signals.Quit, Signals.Hangup, Signals.User1, Signals.User2,
        Signals.WindowChange,
    ];

    private readonly Lock _gate = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly ManualResetEventSlim _stopWanted = new();
    private readonly TimeProvider _clock;
    private readonly TimeSpan? _stopTimeout;
    private ChildProcess? _child;
    private StopIntent _intent;
    private ITimer? _killTimer;

    public SignalRelay(TimeProvider clock, TimeSpan? stopTimeout, ulong ignored)
    {
        _clock = clock;
        _stopTimeout = stopTimeout;
        foreach (var signal in Relayed.Where(s => !Signals.Contains(ignored, s)))
        {
            var number = (PosixSignal)signal;
            _registrations.Add(PosixSignalRegistration.Create(number, context => OnSignal(signal, context)));
        }
    }

    /// <summary>Called on a signal thread, once per wish to stop, with the name of the signal.</summary>
    public event Action<string>? StopRequested;

    /// <summary>True once a wish to stop has come for the present child (or before there was one).</summary>
    public bool StopWanted => _stopWanted.IsSet;

    /// <summary>
    /// From now on signals go to this child. One that came before is delivered now, by the same rules: the child may
    /// have been there already without our knowing.
    /// </summary>
    public void Attach(ChildProcess child)
    {
        int pending;
        lock (_gate)
        {
            _child = child;
            pending = _intent.Signal;
        }

        if (pending != 0)
        {
            ThreadPool.QueueUserWorkItem(_ => Deliver(child, pending));
        }
    }

    /// <summary>
    /// Call when the child has ended: hands over the wish to stop it, if there was one, and forgets both.
    /// </summary>
    public StopIntent Detach()
    {
        lock (_gate)
        {
            var intent = _intent;
            (_child, _intent) = (null, StopIntent.None);
            _stopWanted.Reset();
            _killTimer?.Dispose();
            _killTimer = null;
            return intent;
        }
    }

    /// <summary>Waits until somebody asks to stop; false when the time is over first.</summary>
    public bool WaitForStop(TimeSpan limit) => _stopWanted.Wait(limit);

    public void Dispose()
    {
        _registrations.ForEach(r => r.Dispose());
        Detach();
        _stopWanted.Dispose();
    }

    private void OnSignal(int signal, PosixSignalContext context)
    {
        context.Cancel = true;
        var stop = StopIntent.IsStop(signal);
        ChildProcess? child;
        lock (_gate)
        {
            child = _child;
            if (stop && !(signal == Signals.Hangup && _intent.Signal == Signals.Terminate))
            {
                _intent = new StopIntent(signal, _clock.GetUtcNow());
                _stopWanted.Set();
            }
        }

        if (stop)
        {
            StopRequested?.Invoke(Signals.Name(signal));
        }

        if (child is not null)
        {
            Deliver(child, signal);
        }
    }

    private void Deliver(ChildProcess child, int signal)
    {
        if (!Terminal.SendsToWholeGroup(signal))
        {
            child.Signal(signal);
        }
        else if (signal is Signals.Interrupt or Signals.Quit && !Terminal.Handles(child.Pid, signal))
        {
            Thread.Sleep(TerminalGrace);
            child.Signal(signal);
        }

        if (signal == Signals.Terminate && _stopTimeout is { } limit)
        {
            lock (_gate)
            {
                _killTimer ??= _clock.CreateTimer(_ => KillAfterTimeout(child), null, limit, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void KillAfterTimeout(ChildProcess child)
    {
        lock (_gate)
        {
            _intent = _intent with { KilledAfterTimeout = true };
        }

        if (child.Signal(Signals.Kill))
        {
            Notice.Write($"still running {_stopTimeout!.Value.TotalSeconds:0.#} s after SIGTERM; sent SIGKILL");
        }
    }
}
