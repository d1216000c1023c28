using TocsinSdk.BlackBox;
using TocsinSdk.Crashes;

namespace TocsinSdk.Runs;

/// <summary>
/// Shows that the process lives: a thread of its own renews the heartbeat, and queues a work item that renews the
/// pool's. A work item left waiting for the whole hang time-out begins an episode; its answer ends it.
/// </summary>
internal sealed class Pulse : IThreadPoolWorkItem
{
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly BlackBoxWriter _box;
    private readonly HeapReserve _reserve;
    private readonly HangWatch _watch;
    private readonly Action<TimeSpan> _hung;

    /// <summary>0 idle, 1 queued, not answered.</summary>
    private int _queued;

    // hung: called on the pulse's thread once per episode with the time waited; must not block.
    public Pulse(BlackBoxWriter box, HeapReserve reserve, TimeSpan hangTimeout, Action<TimeSpan> hung)
    {
        _box = box;
        _reserve = reserve;
        _hung = hung;
        _watch = new HangWatch(hangTimeout, Period);
        new Thread(Run, 256 << 10) { IsBackground = true, Name = "Tocsin pulse" }.UnsafeStart();
    }

    void IThreadPoolWorkItem.Execute()
    {
        _box.PoolBeat();
        Volatile.Write(ref _queued, 0);
    }

    private void Run()
    {
        while (true)
        {
            _box.Beat();
            try
            {
                Ask();
                HandlerOrder.ShieldRuntimeCounter();
                _reserve.Refill();
            }
            catch (OutOfMemoryException)
            {
                // The application will hear of it soon enough, and not from here.
            }
            Thread.Sleep(Period);
        }
    }

    private void Ask()
    {
        var answered = Interlocked.CompareExchange(ref _queued, 1, 0) == 0;
        if (answered)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        if (_watch.Beat(answered || System.Diagnostics.Debugger.IsAttached) is { } waited)
            _hung(waited);
    }
}

/// <summary>
/// Decides when a pool that does not answer counts as hung. Counts beats instead of reading a clock: a process that was
/// suspended as a whole has missed its own beats too, and is not hung when it wakes.
/// </summary>
internal sealed class HangWatch(TimeSpan timeout, TimeSpan period)
{
    private int _missed;

    /// <summary>The time waited, at the beat the time-out is reached; null at every other.</summary>
    public TimeSpan? Beat(bool answered)
    {
        _missed = answered ? 0 : _missed + 1;
        return _missed == (int)Math.Ceiling(timeout / period) ? _missed * period : null;
    }
}
