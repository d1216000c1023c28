using System.Diagnostics;

namespace TocsinSdk.Debugging;

/// <summary>How an operation has gone: percentiles and queries are those of its last runs, the rest of all.</summary>
internal sealed record OperationReading(
    string Name, ActivityKind Kind, string Source, long Count, long Failed, double P50Ms, double P95Ms, double MaxMs, double QueriesPerRun);

/// <summary>
/// What the spans of the process add up to, by name: requests by route, calls, queries, operations of the application's
/// own. At most <see cref="Max"/> names; the others share one. Any thread.
/// </summary>
internal sealed class OperationTable
{
    public const int Max = 400, Kept = 256;

    private const string Queries = "tocsin.debug.queries";

    private readonly Lock _lock = new();
    private readonly Dictionary<(string, ActivityKind), Tally> _tallies = [];

    public void Note(Activity activity, SpanRecord span)
    {
        if (activity.GetTagItem("db.system.name") is not null || activity.GetTagItem("db.system") is not null)
            CountQuery(activity.Parent);
        lock (_lock)
        {
            var key = (span.Name, span.Kind);
            if (!_tallies.TryGetValue(key, out var tally))
            {
                if (_tallies.Count >= Max)
                    key = ("other", ActivityKind.Internal);
                if (!_tallies.TryGetValue(key, out tally))
                    _tallies[key] = tally = new Tally(key.Item1, key.Item2, span.Source);
            }
            tally.Add(span.Duration.TotalMilliseconds, span.Failed,
                activity.GetCustomProperty(Queries) is StrongBox box ? Volatile.Read(ref box.Count) : 0);
        }
    }

    /// <summary>The most time-consuming first.</summary>
    public List<OperationReading> Read()
    {
        lock (_lock)
            return [.. _tallies.Values.OrderByDescending(static t => t.Sum).Select(static t => t.Read())];
    }

    // Of everything the query was made for, up to the request.
    private static void CountQuery(Activity? activity)
    {
        for (; activity is not null; activity = activity.Parent)
        {
            if (activity.GetCustomProperty(Queries) is not StrongBox box)
                activity.SetCustomProperty(Queries, box = new StrongBox());
            Interlocked.Increment(ref box.Count);
        }
    }

    private sealed class StrongBox
    {
        public int Count;
    }

    private sealed class Tally(string name, ActivityKind kind, string source)
    {
        private readonly float[] _recent = new float[Kept];
        private long _count, _failed, _queries;
        private double _max;

        public double Sum { get; private set; }

        public void Add(double milliseconds, bool failed, int queries)
        {
            _recent[_count++ % Kept] = (float)milliseconds;
            _failed += failed ? 1 : 0;
            _queries += queries;
            _max = Math.Max(_max, milliseconds);
            Sum += milliseconds;
        }

        public OperationReading Read()
        {
            var recent = _recent[..(int)Math.Min(_count, Kept)];
            Array.Sort(recent);
            double At(double share) => recent[Math.Min(recent.Length - 1, (int)(recent.Length * share))];
            return new OperationReading(
                name, kind, source, _count, _failed, At(0.5), At(0.95), _max, (double)_queries / _count);
        }
    }
}
