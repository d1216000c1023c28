using System.Collections.Concurrent;
using System.Globalization;
using Tocsin.Crashes.Records;
using Tocsin.Model.Crashes;
using Tocsin.Model.Metrics;

namespace Tocsin.Crashes.Heartbeats;

/// <summary>
/// Watches over processes that send heartbeats. One that falls silent for 15 s without having said "stopped" is entered
/// as hung; when it speaks again its alert is resolved. State lives in memory: after a restart of the server a process
/// is
/// watched again from its next beat on.
/// </summary>
public sealed class HeartbeatMonitor
{
    internal const int MaxRuns = 10_000;
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(1);

    /// <summary>A gap this long between two looks means that this server itself stood still; nobody is to blame for
    /// it.</summary>
    private static readonly TimeSpan s_ownPause = TimeSpan.FromSeconds(5);

    private readonly CrashInbox _inbox;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, Run> _runs = new(StringComparer.Ordinal);
    private readonly Counter _refused;
    private readonly Counter _failed;
    private long _lastLook;

    public HeartbeatMonitor(CrashInbox inbox, TimeProvider clock, MetricSet metrics)
    {
        _inbox = inbox;
        _clock = clock;
        _lastLook = clock.GetTimestamp();
        _refused = metrics.Counter("tocsin_heartbeats_refused_total",
            "Heartbeats of runs beyond the number that is watched.");
        _failed = metrics.Counter("tocsin_heartbeat_looks_failed_total",
            "Looks at the heartbeats that failed and were repeated.");
        metrics.Gauge("tocsin_heartbeat_runs", "Processes that send heartbeats.", () => _runs.Count);
    }

    /// <summary>How many processes are watched.</summary>
    public int Count => _runs.Count;

    /// <summary>Any thread. Completes at once unless the process was taken for hung.</summary>
    public async Task Beat(Heartbeat beat, CancellationToken cancel)
    {
        if (beat.State == "stopped")
        {
            _runs.TryRemove(beat.RunId, out _);
            await Recover(beat, cancel).ConfigureAwait(false);
            return;
        }
        if (_runs.TryGetValue(beat.RunId, out Run? run))
        {
            bool hung = run.IsHung;
            run.Hear(beat, _clock.GetTimestamp());
            if (hung)
                await _inbox.Recovered(beat.Service, beat.RunId, beat.Host, cancel).ConfigureAwait(false);
            return;
        }
        if (_runs.Count >= MaxRuns)
        {
            _refused.Add();
            return;
        }
        _runs.TryAdd(beat.RunId, new Run(beat, _clock.GetTimestamp()));
        await Recover(beat, cancel).ConfigureAwait(false);
    }

    /// <summary>Looks every second until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(s_step, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false))
                await LookSafely(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>Enters who has fallen silent since the last look.</summary>
    internal async Task Look(CancellationToken cancel)
    {
        long now = _clock.GetTimestamp();
        bool stoodStill = _clock.GetElapsedTime(_lastLook, now) > s_ownPause;
        _lastLook = now;
        foreach ((string id, Run run) in _runs)
        {
            if (stoodStill)
                run.Excuse(now);
            TimeSpan silent = _clock.GetElapsedTime(run.LastHeard, now);
            if (run.IsHung || silent < Silence)
            {
                // A hung process that never comes back is gone; its record stays.
                if (run.IsHung && silent > TimeSpan.FromHours(1))
                    _runs.TryRemove(id, out _);
                continue;
            }
            if (_inbox.Known(id).Died)
            {
                _runs.TryRemove(id, out _);
                continue;
            }
            await _inbox.Accept(Hung(run.Last, silent), cancel).ConfigureAwait(false);
            run.IsHung = true;
        }
    }

    private async Task LookSafely(CancellationToken cancel)
    {
        try
        {
            await Look(cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The catalog could not write; whoever is silent will be found again in a second.
            _failed.Add();
        }
    }

    /// <summary>A run that this server took for hung, perhaps before it was restarted itself.</summary>
    private async Task Recover(Heartbeat beat, CancellationToken cancel)
    {
        if (_inbox.Known(beat.RunId).Hangs)
            await _inbox.Recovered(beat.Service, beat.RunId, beat.Host, cancel).ConfigureAwait(false);
    }

    private CrashRecord Hung(Heartbeat last, TimeSpan silent)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        return new CrashRecord
        {
            CrashId = CrashId.New(now),
            Class = CrashClass.Hung,
            Time = now,
            Service = last.Service,
            Environment = last.Environment,
            Release = last.Release,
            Host = last.Host,
            Source = "heartbeat",
            Process = new CrashProcess { RunId = last.RunId, Pid = last.Pid },
            Evidence =
            [
                new CrashEvidence("heartbeat", string.Create(CultureInfo.InvariantCulture,
                    $"No heartbeat for {silent.TotalSeconds:0} s; the last one, \"{last.State}\", at {now - silent:HH:mm:ss}.")),
            ],
        };
    }

    /// <summary>One watched process. Fields are written by whoever carries its beat and by the look; both only move
    /// forward.</summary>
    private sealed class Run(Heartbeat first, long heard)
    {
        private long _lastHeard = heard;

        public Heartbeat Last { get; private set; } = first;
        public bool IsHung { get; set; }
        public long LastHeard => Volatile.Read(ref _lastHeard);

        public void Hear(Heartbeat beat, long at)
        {
            Last = beat;
            Volatile.Write(ref _lastHeard, at);
            IsHung = false;
        }

        public void Excuse(long at)
        {
            if (!IsHung)
                Volatile.Write(ref _lastHeard, at);
        }
    }
}
