namespace Tocsin.Cli.Run.Children;

/// <summary>
/// Passes a child's standard error on, unchanged and at once, and keeps the tail. Its thread runs until the pipe is
/// closed by every holder, so processes that outlive the child can go on writing for as long as the supervisor lives.
/// </summary>
internal sealed unsafe class StderrPipe
{
    /// <summary>
    /// What a dead child can have left in the pipe is less; what a surviving grandchild writes is not waited for.
    /// </summary>
    private const int DrainLimit = 2 * 1024 * 1024;

    private readonly int _source;
    private readonly int _target;
    // says "the child has ended" when somebody else keeps the pipe open and quiet
    private readonly int _wakeRead, _wakeWrite;
    private readonly TaskCompletionSource _drained = new();
    private volatile bool _childEnded;
    private bool _targetGone;

    public StderrPipe(int source, int target)
    {
        _source = source;
        _target = target;
        var wake = stackalloc int[2];
        _ = Libc.Pipe(wake, Libc.CloseOnExec);
        (_wakeRead, _wakeWrite) = (wake[0], wake[1]);
        new Thread(Pump) { IsBackground = true, Name = "stderr", Priority = ThreadPriority.AboveNormal }.Start();
    }

    public StderrTail Tail { get; } = new();

    /// <summary>Call after the child has ended: returns once everything it wrote has been passed on.</summary>
    public void Drain(TimeSpan limit)
    {
        _childEnded = true;
        _ = Libc.Close(_wakeWrite);
        _drained.Task.Wait(limit);
    }

    private void Pump()
    {
        var buffer = new byte[32 * 1024];
        var afterEnd = 0;
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                var ended = _childEnded; // before the read: an empty pipe proves the drain only when the end came first
                var count = Libc.Read(_source, bytes, (nuint)buffer.Length);
                if (count > 0)
                {
                    Tail.Append(buffer.AsSpan(0, (int)count));
                    PassOn(bytes, (int)count);
                    afterEnd += ended ? (int)count : 0;
                }

                if (count == 0 || (count < 0 && Libc.LastError is not (Libc.TryAgain or Libc.Interrupted)))
                {
                    break;
                }

                if (ended && (count < 0 || afterEnd > DrainLimit))
                {
                    _drained.TrySetResult();
                }

                if (count < 0)
                {
                    WaitReadable(ended);
                }
            }
        }

        _ = Libc.Close(_source);
        _ = Libc.Close(_wakeRead);
        _drained.TrySetResult();
    }

    private void WaitReadable(bool ended)
    {
        var entries = stackalloc Libc.PollEntry[2];
        entries[0] = new Libc.PollEntry { Descriptor = _source, Events = Libc.PollIn };
        entries[1] = new Libc.PollEntry { Descriptor = _wakeRead, Events = Libc.PollIn };
        _ = Libc.Poll(entries, ended ? 1u : 2u, -1);
    }

    private void PassOn(byte* bytes, int count)
    {
        while (count > 0 && !_targetGone)
        {
            var written = Libc.Write(_target, bytes, (nuint)count);
            if (written >= 0)
            {
                bytes += written;
                count -= (int)written;
                continue;
            }

            if (Libc.LastError == Libc.TryAgain)
            {
                var entry = new Libc.PollEntry { Descriptor = _target, Events = Libc.PollOut };
                _ = Libc.Poll(&entry, 1, -1);
            }
            else if (Libc.LastError != Libc.Interrupted)
            {
                _targetGone = true; // nobody reads our standard error any more; the tail is still wanted
            }
        }
    }
}
