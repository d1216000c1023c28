namespace TocsinSdk.Tracking;

/// <summary>
/// A statement, its literals masked, that ran again and again in one unit of work. The call site is the application's
/// method that ran it, with file and line where there are symbols; null when it was not seen.
/// </summary>
internal sealed record RepeatedQuery(string Statement, int Count, TimeSpan Duration, string? CallSite);

/// <summary>
/// Counts the statements of one unit of work: a request, else the outermost operation. Statements that come more than
/// five seconds apart are polling and not repetition.
/// </summary>
internal sealed class QueryRepeats
{
    private const int MaxStatements = 128, MaxReports = 16, MaxCallSites = 3;
    private static readonly TimeSpan s_gap = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Run> _runs = new(StringComparer.Ordinal);
    private readonly List<RepeatedQuery> _past = [];
    private int _callSites;

    private sealed class Run
    {
        public int Count;
        public long Ticks, Last;
        public string? CallSite;
    }

    /// <summary>
    /// Whether a statement is about to reach the limit, so that the next query's call site is worth a stack walk.
    /// </summary>
    public bool Armed { get; private set; }

    /// <summary>Notes a statement that ended now, in ticks of any clock that only goes forward.</summary>
    public void Count(string statement, TimeSpan duration, long now, int limit, string? callSite)
    {
        lock (_lock)
        {
            if (!_runs.TryGetValue(statement, out var run))
            {
                if (_runs.Count >= MaxStatements)
                    return;
                run = _runs[statement] = new Run();
            }
            else if (now - run.Last - duration.Ticks > s_gap.Ticks)
            {
                Past(statement, run, limit);
                (run.Count, run.Ticks) = (0, 0);
            }
            run.Count++;
            run.Ticks += duration.Ticks;
            run.Last = now;
            if (callSite is not null && run.Count >= limit)
            {
                run.CallSite ??= callSite;
                Armed = false;
            }
            else if (run.Count == limit - 1 && _callSites < MaxCallSites)
            {
                (Armed, _callSites) = (true, _callSites + 1);
            }
        }
    }

    /// <summary>What reached the limit; then everything is forgotten.</summary>
    public IReadOnlyList<RepeatedQuery> Drain(int limit)
    {
        lock (_lock)
        {
            foreach (var (statement, run) in _runs)
                Past(statement, run, limit);
            _runs.Clear();
            RepeatedQuery[] all = [.. _past];
            _past.Clear();
            return all;
        }
    }

    private void Past(string statement, Run run, int limit)
    {
        if (limit > 0 && run.Count >= limit && _past.Count < MaxReports)
            _past.Add(new RepeatedQuery(statement, run.Count, TimeSpan.FromTicks(run.Ticks), run.CallSite));
    }
}
