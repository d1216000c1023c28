using System.Collections.Concurrent;

namespace TocsinSdk.Tracking;

/// <summary>How an operation has gone so far. Percentiles are of the last 256 runs, the rest of all.</summary>
internal sealed record OperationSummary(
    string Name, long Count, long Errors, long Slow, TimeSpan Mean, TimeSpan P50,
    TimeSpan P95, TimeSpan Max, DateTimeOffset Last);

/// <summary>Summaries by name, as many as the options allow; the others share one.</summary>
internal sealed class OperationSummaries
{
    public const string Others = "other";

    private readonly ConcurrentDictionary<string, Tally> _tallies = new(StringComparer.Ordinal);

    /// <summary>Gives the name under which the operation is told in metrics.</summary>
    public string Add(string name, TimeSpan duration, bool failed, bool slow, int most)
    {
        if (!_tallies.TryGetValue(name, out var tally))
        {
            if (_tallies.Count >= most)
                name = Others;
            tally = _tallies.GetOrAdd(name, static _ => new Tally());
        }
        tally.Add(duration.Ticks, failed, slow);
        return name;
    }

    /// <summary>The most time-consuming first.</summary>
    public IReadOnlyList<OperationSummary> Read() =>
        [.. _tallies.Select(static t => t.Value.Read(t.Key)).OrderByDescending(static s => s.Mean.Ticks * s.Count)];

    private sealed class Tally
    {
        private readonly Lock _lock = new();
        private readonly long[] _recent = new long[256];
        private long _count, _errors, _slow, _sum, _max;
        private long _last;

        public void Add(long ticks, bool failed, bool slow)
        {
            lock (_lock)
            {
                _recent[_count++ & 255] = ticks;
                _errors += failed ? 1 : 0;
                _slow += slow ? 1 : 0;
                _sum += ticks;
                _max = Math.Max(_max, ticks);
                _last = Environment.TickCount64;
            }
        }

        public OperationSummary Read(string name)
        {
            lock (_lock)
            {
                var recent = _recent.AsSpan(0, (int)Math.Min(_count, 256)).ToArray();
                Array.Sort(recent);
                TimeSpan At(double share) => recent.Length == 0
                    ? TimeSpan.Zero : new TimeSpan(recent[Math.Min(recent.Length - 1, (int)(recent.Length * share))]);
                var age = TimeSpan.FromMilliseconds(Environment.TickCount64 - _last);
                return new OperationSummary(name, _count, _errors, _slow, new TimeSpan(_sum / Math.Max(1, _count)),
                    At(0.5), At(0.95), new TimeSpan(_max), DateTimeOffset.UtcNow - age);
            }
        }
    }
}
