using System.Diagnostics;

namespace TocsinSdk.Tracing;

/// <summary>
/// The ended spans of a trace that wait for the end of their local root; lives and dies with the root.
/// </summary>
internal sealed class TraceTail
{
    private const string Property = "tocsin.tail";
    private static readonly Lock s_creating = new();

    private readonly Lock _lock = new();
    private List<Activity>? _spans = [];
    private bool _failed;

    /// <summary>A crash was captured while a span of it was current.</summary>
    public volatile bool Crashed;

    /// <summary>The verdict, once the root has ended.</summary>
    public bool Kept { get; private set; }

    public static TraceTail Of(Activity root)
    {
        if (root.GetCustomProperty(Property) is TraceTail known)
            return known;
        lock (s_creating)
        {
            if (root.GetCustomProperty(Property) is TraceTail raced)
                return raced;
            var tail = new TraceTail();
            root.SetCustomProperty(Property, tail);
            return tail;
        }
    }

    /// <summary>
    /// False when the span does not wait: the root has ended (no reason given) or a limit is reached.
    /// </summary>
    public bool Add(Activity span, Func<bool> reserve, out string? rejected)
    {
        rejected = null;
        lock (_lock)
        {
            _failed |= span.Status == ActivityStatusCode.Error;
            if (_spans is null)
                return false;
            rejected = _spans.Count >= TailSampling.MaxSpansPerTrace ? "trace_too_long"
                : !reserve() ? "buffer_full" : null;
            if (rejected is null)
                _spans.Add(span);
            return rejected is null;
        }
    }

    /// <summary>Why the trace is worth keeping; null when it is not.</summary>
    public string? Reason(Activity root, TimeSpan slow) =>
        Crashed ? "crash" : _failed || root.Status == ActivityStatusCode.Error ? "error"
        : root.Duration >= slow ? "slow" : null;

    public List<Activity> Close(bool kept)
    {
        lock (_lock)
        {
            Kept = kept;
            var spans = _spans ?? [];
            _spans = null;
            return spans;
        }
    }
}
