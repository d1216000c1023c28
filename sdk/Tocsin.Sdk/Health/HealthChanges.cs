using Microsoft.Extensions.Logging;

namespace TocsinSdk.Health;

/// <summary>
/// Tells changes of state as log records: worse as warning or error, better as information. A check that changes
/// <see cref="FlapAfter"/> times within <see cref="FlapWindow"/> is flapping: that is told once, and its changes again
/// when it has kept one state for as long. Any thread.
/// </summary>
internal sealed partial class HealthChanges(ILogger log, TimeProvider clock)
{
    public const int FlapAfter = 6;
    public static readonly TimeSpan FlapWindow = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, History> _histories = [];

    public bool IsFlapping(string check)
    {
        lock (_lock)
            return _histories.TryGetValue(check, out var history) && history.Flapping;
    }

    /// <summary>Takes note of every outcome, changed or not.</summary>
    public void Note(WatchedCheck check, CheckOutcome? before, CheckOutcome now)
    {
        // Nothing was known before; only what is not well is news.
        var last = before?.State ?? HealthState.Healthy;
        lock (_lock)
        {
            if (!_histories.TryGetValue(check.Name, out var history))
                _histories[check.Name] = history = new History();
            Tell(check.Name, history, last, now);
        }
    }

    private void Tell(string name, History history, HealthState last, CheckOutcome now)
    {
        var time = clock.GetUtcNow();
        while (history.Changes.TryPeek(out var oldest) && time - oldest >= FlapWindow)
            history.Changes.Dequeue();
        if (last != now.State)
        {
            history.Changes.Enqueue(time);
            if (history.Changes.Count > FlapAfter)
                history.Changes.Dequeue();
        }
        if (history.Flapping)
        {
            if (history.Changes.Count > 0)
                return;
            history.Flapping = false;
            Settled(name, now.State.Word(), now.Reason);
        }
        else if (history.Changes.Count >= FlapAfter)
        {
            history.Flapping = true;
            Flaps(name, FlapAfter, FlapWindow.TotalMinutes, now.State.Word(), now.Reason);
        }
        else if (last != now.State)
        {
            Changed(LevelOf(now.State), name, last.Word(), now.State.Word(), now.Duration.TotalMilliseconds,
                now.Reason);
        }
    }

    private static LogLevel LevelOf(HealthState state) => state switch
    {
        HealthState.Healthy => LogLevel.Information,
        HealthState.Unhealthy => LogLevel.Error,
        _ => LogLevel.Warning,
    };

    [LoggerMessage(EventId = 1, EventName = "HealthChanged",
        Message = "Health check {Check} was {Previous} and is {Status} (took {DurationMs:0.#} ms): {Reason}")]
    private partial void Changed(
        LogLevel level, string check, string previous, string status, double durationMs, string reason);

    [LoggerMessage(EventId = 2, EventName = "HealthFlapping", Level = LogLevel.Warning,
        Message = "Health check {Check} is flapping: {Changes} changes within {Minutes} minutes, now {Status}: {Reason}")]
    private partial void Flaps(string check, int changes, double minutes, string status, string reason);

    [LoggerMessage(EventId = 3, EventName = "HealthSettled", Level = LogLevel.Warning,
        Message = "Health check {Check} has stopped flapping and is {Status}: {Reason}")]
    private partial void Settled(string check, string status, string reason);

    private sealed class History
    {
        public Queue<DateTimeOffset> Changes { get; } = new();
        public bool Flapping { get; set; }
    }
}
