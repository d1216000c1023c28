using System.Diagnostics;

namespace TocsinSdk.Logging.Files;

/// <summary>
/// Takes lines out of the ring into the files, on a thread of its own. It naps between rounds while lines come, so that
/// loggers need not wake it; it sleeps when none came. A disk that refuses is tried again every second, and said once.
/// </summary>
internal sealed class FileWriter
{
    private const int Batch = 256 << 10;
    private const int Awake = 0, Napping = 1, Asleep = 2;

    private static readonly TimeSpan s_nap = TimeSpan.FromMilliseconds(20), s_sleep = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    private readonly LogRing _ring;
    private readonly LogFile[] _files;
    private readonly Utf8Text[] _pending;
    private readonly Action<string> _say;
    private readonly AutoResetEvent _wake = new(false);
    private readonly ManualResetEventSlim _emptied = new(false);
    private readonly DropCount _drops;
    private int _state;
    private bool _failing;
    private volatile bool _flushing;

    public FileWriter(LogRing ring, LogFile[] files, DropCount drops, Action<string> say)
    {
        (_ring, _files, _drops, _say) = (ring, files, drops, say);
        _pending = Array.ConvertAll(files, static _ => new Utf8Text(4096));
        new Thread(Run, 256 << 10) { IsBackground = true, Name = "Tocsin log files" }.UnsafeStart();
    }

    /// <summary>A line was added; <paramref name="urgent"/>: the ring is filling.</summary>
    public void Added(bool urgent)
    {
        var state = Volatile.Read(ref _state);
        if (state == Asleep || (urgent && state == Napping))
            Wake();
    }

    /// <summary>Waits until everything written before is in the files; false when time is up first.</summary>
    public bool Flush(TimeSpan deadline)
    {
        var until = Stopwatch.StartNew();
        while (_ring.Used > 0)
        {
            var left = deadline - until.Elapsed;
            if (left <= TimeSpan.Zero)
                return false;
            _emptied.Reset();
            _flushing = true;
            Wake();
            if (_ring.Used > 0)
                _emptied.Wait(left < s_nap ? left : s_nap);
        }
        return true;
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _state, Awake) != Awake)
            _wake.Set();
    }

    private void Run()
    {
        while (true)
        {
            var wrote = Round();
            if (_flushing)
            {
                _flushing = false;
                _emptied.Set();
            }
            Rest(_failing ? s_retry : wrote ? s_nap : s_sleep);
        }
    }

    private void Rest(TimeSpan time)
    {
        Volatile.Write(ref _state, time == s_sleep ? Asleep : Napping);
        // Between the round and the line above a logger may have added a line without waking anybody.
        Interlocked.MemoryBarrier();
        if (time == s_sleep && _ring.Used > 0)
            time = TimeSpan.Zero;
        if (_ring.Used <= _ring.Capacity / 4 || _failing)
            _wake.WaitOne(time);
        Volatile.Write(ref _state, Awake);
    }

    /// <summary>True when there was something to write.</summary>
    private bool Round()
    {
        var wrote = false;
        try
        {
            while (_ring.Used > 0)
            {
                WriteBatch();
                wrote = true;
            }
            if (_failing)
                _say($"tocsin: log files in {Path.GetDirectoryName(_files[0].Path)} are written again");
            _failing = false;
            if (_drops.TakeNotice() is { } notice)
                WriteNotice(notice);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_failing)
                _say($"tocsin: log files cannot be written, records wait in memory meanwhile: {e.Message}");
            _failing = true;
            foreach (var file in _files)
                file.Close();
        }
        return wrote;
    }

    private void WriteBatch()
    {
        var position = _ring.First;
        var bytes = 0;
        foreach (var pending in _pending)
            pending.Clear();
        while (bytes < Batch && _ring.Next(ref position, out var line, out var files))
        {
            bytes += line.Length;
            for (var i = 0; files != 0; i++, files >>= 1)
                if ((files & 1) != 0 && i < _files.Length)
                    Put(i, line);
        }
        for (var i = 0; i < _files.Length; i++)
            WritePending(i);
        // First the lengths: a death between the two repeats lines, the other way round it would lose them.
        for (var i = 0; i < _files.Length; i++)
            _ring.NoteLength(i, _files[i].Length);
        _ring.Done(position);
    }

    private void Put(int index, ReadOnlySpan<byte> line)
    {
        var (file, pending) = (_files[index], _pending[index]);
        if (pending.Length == 0)
            Opened(index);
        if (file.IsFullFor(pending.Length, line.Length))
        {
            WritePending(index);
            file.Roll();
        }
        pending.Append(line);
    }

    private void Opened(int index)
    {
        var file = _files[index];
        var before = file.Length;
        file.Ready();
        if (before == 0 || file.Length < before)
            _ring.Describe(index, Path.GetFileName(file.Path), file.Length);
    }

    private void WritePending(int index)
    {
        if (_pending[index].Length == 0)
            return;
        _files[index].Write(_pending[index].Written);
        _pending[index].Clear();
    }

    private void WriteNotice(byte[] line)
    {
        _files[0].Ready();
        _files[0].Write(line);
        _ring.NoteLength(0, _files[0].Length);
    }
}
