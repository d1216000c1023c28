using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using TocsinSdk.BlackBox;
using TocsinSdk.Crashes;
using TocsinSdk.Health;
using TocsinSdk.Redaction;
using TocsinSdk.Runs;

namespace TocsinSdk.Delivery;

/// <summary>
/// The one thread that talks to the server while the process lives: a heartbeat every 5 s, records of errors the
/// process survived, what earlier runs left behind, and the log levels set there. Blocking calls on a thread of its own, so a starved pool cannot
/// stop it.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "It lives as long as the process.")]
internal sealed class Courier
{
    private static readonly TimeSpan s_beatEvery = TimeSpan.FromSeconds(5), s_timeout = TimeSpan.FromSeconds(2);

    /// <summary>Errors waiting to become records; beyond it the newest is dropped and counted.</summary>
    private const int MaxQueue = 16;

    private const int MaxSilent = 3;

    private readonly RunIdentity _identity;
    private readonly BlackBoxWriter _box;
    private readonly Redactor _redactor;
    private readonly TocsinServer _server;
    private readonly RunFolder _folder;
    private readonly OrphanRuns _orphans;
    private readonly ServerLevels _levels;
    private readonly TimeProvider _clock;
    private readonly BlockingCollection<Func<BlackBoxSnapshot, CrashFacts?>> _queue = new(MaxQueue);
    private readonly Thread _thread;
    private readonly FixedBuffer _buffer = new(512 << 10);
    private volatile string _state = "running";

    // Owned by the courier's thread: what it said last and when, and records the server has not taken yet, oldest first.
    private DateTimeOffset _lastBeat = DateTimeOffset.MinValue;
    private string _said = "";
    private int _silent;
    private readonly Queue<byte[]> _unsent = new();

    /// <summary>Starts the thread; the first heartbeat is sent at once.</summary>
    public Courier(
        RunIdentity identity, BlackBoxWriter box, Redactor redactor, TocsinServer server, RunFolder folder, OrphanRuns orphans,
        ServerLevels levels, TimeProvider clock)
    {
        (_identity, _box, _redactor, _server, _folder, _orphans, _levels, _clock) =
            (identity, box, redactor, server, folder, orphans, levels, clock);
        _thread = new Thread(Run, 1 << 20) { IsBackground = true, Name = "Tocsin courier" };
        _thread.UnsafeStart();
    }

    /// <summary>Id of the last record made; null before one.</summary>
    public string? LastId { get; private set; }

    /// <summary>Takes note of every record made; null for nobody.</summary>
    public CrashHistory? History { get; init; }

    /// <summary>Never blocks; false when the queue is full. The delegate runs on the courier's thread.</summary>
    public bool TryQueue(Func<BlackBoxSnapshot, CrashFacts?> record)
    {
        try
        {
            return _queue.TryAdd(record);
        }
        catch (InvalidOperationException)
        {
            return false; // the courier has said goodbye
        }
    }

    /// <summary>Announces that the process is about to stop, at once.</summary>
    public void Stopping() => Announce("stopping");

    /// <summary>A second host started after the first had stopped.</summary>
    public void Running() => Announce("running");

    /// <summary>Says goodbye and ends the thread; waits for it no longer than <paramref name="deadline"/>.</summary>
    public void Stopped(TimeSpan deadline)
    {
        _state = "stopped";
        _queue.CompleteAdding();
        _thread.Join(deadline);
    }

    private void Announce(string state)
    {
        _state = state;
        TryQueue(static _ => null);
    }

    private void Run()
    {
        while (!_queue.IsCompleted)
            Safely(Turn);
        Safely(SendAgain);
        Safely(() => Beat("stopped", _clock.GetUtcNow(), TimeSpan.FromSeconds(1)));
    }

    private void Turn()
    {
        var now = _clock.GetUtcNow();
        if (now - _lastBeat >= s_beatEvery || now < _lastBeat || _said != _state)
        {
            (_said, _lastBeat) = (_state, now);
            var heard = Beat(_said, now, s_timeout);
            SendAgain();
            if (heard)
                _levels.Renew(s_timeout);
        }
        _levels.Lapse();
        if (_queue.TryTake(out var make, _orphans.HasMore ? 0 : WaitMilliseconds()))
            Handle(make);
        else if (_orphans.HasMore)
            _orphans.AdoptOne(_server, s_timeout);
    }

    // An exception on this thread would end the application it is meant to watch.
    private static void Safely(Action step)
    {
        try
        {
            step();
        }
        catch (Exception)
        {
            // A disk or a server that misbehaves in a new way: the next turn tries again, and must not spin.
            Thread.Sleep(100);
        }
    }

    private int WaitMilliseconds() =>
        (int)Math.Clamp(
            Math.Min((_lastBeat + s_beatEvery - _clock.GetUtcNow()).TotalMilliseconds, _levels.UntilLapse.TotalMilliseconds),
            10, s_beatEvery.TotalMilliseconds);

    private void Handle(Func<BlackBoxSnapshot, CrashFacts?> make)
    {
        if (make(_box.Snapshot()) is not { } facts)
            return;
        LastId = facts.CrashId;
        facts = facts with { Messages = MessagesOf(facts.Exception) };
        History?.Add(facts);
        var record = CrashRecordWriter.ToBytes(_buffer, facts);
        if (!_server.PostCrash(record, s_timeout).IsFinal)
            Keep(facts.CrashId, record);
    }

    // A message that does not return costs a thread for good, and half a second of heartbeats; a few show the pattern.
    private ExceptionMessages? MessagesOf(Exception? exception)
    {
        if (exception is null || _silent >= MaxSilent)
            return null;
        var messages = new ExceptionMessages(_redactor, print: false);
        if (!messages.Ask(exception))
            _silent++;
        return messages;
    }

    // On disk the record outlives the process; without a disk it waits in memory.
    private void Keep(string crashId, byte[] record)
    {
        if (_folder.File(crashId + ".json") is { } path && OrphanRuns.TryWrite(path, record))
            _orphans.HasOwn = true;
        else if (_unsent.Count < MaxQueue)
            _unsent.Enqueue(record);
    }

    private void SendAgain()
    {
        while (_unsent.TryPeek(out var record) && _server.PostCrash(record, s_timeout).IsFinal)
            _unsent.Dequeue();
        _orphans.RetryOwn(_server, s_timeout);
    }

    // True when the server took it.
    private bool Beat(string state, DateTimeOffset now, TimeSpan timeout)
    {
        _buffer.Clear();
        using var json = new Utf8JsonWriter(_buffer);
        json.WriteStartObject();
        json.WriteString("service"u8, _identity.Service);
        json.WriteString("runId"u8, _identity.RunId);
        json.WriteString("host"u8, _identity.Host);
        json.WriteNumber("pid"u8, _identity.Pid);
        if (_identity.Environment is { } environment)
            json.WriteString("environment"u8, environment);
        if (_identity.Release is { } release)
            json.WriteString("release"u8, release);
        json.WriteString("state"u8, state);
        json.WriteString("time"u8, now.UtcDateTime);
        json.WriteEndObject();
        json.Flush();
        return _server.PostHeartbeat(_buffer.Written, timeout).IsAccepted;
    }
}
