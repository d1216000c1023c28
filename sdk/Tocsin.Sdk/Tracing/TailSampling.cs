using System.Diagnostics;
using OpenTelemetry;

namespace TocsinSdk.Tracing;

/// <summary>
/// Exports what was sampled at once. What was not waits at its local root, the outermost span of this process, and is
/// exported when that root ends and anything in it failed, was slow or carries a crash; else forgotten.
/// </summary>
/// <remarks>
/// The decision is this process's: spans that other services did not sample stay away unless they fail too. Spans that
/// end after their root follow the root's verdict. A trace has at most <see cref="MaxSpansPerTrace"/> waiting spans.
/// </remarks>
internal sealed class TailSampling : CompositeProcessor<Activity>
{
    public const int MaxSpansPerTrace = 512;

    private readonly TraceOptions _options;
    private readonly TraceBudget _budget;
    private int _waiting;

    /// <summary>The export gets every span to be exported, and is disposed with this.</summary>
    public TailSampling(BaseProcessor<Activity> export, TraceOptions options, TimeProvider clock)
        // Composite, because only OpenTelemetry's own composite hands the resource on to the exporter.
        : base([export])
    {
        _options = options;
        _budget = new TraceBudget(options.KeptPerSecond, clock);
    }

    public int Waiting => Volatile.Read(ref _waiting);

    public override void OnEnd(Activity data)
    {
        if (data.Recorded)
            base.OnEnd(data);
        else
            Quiet.Do(Consider, data);
    }

    /// <summary>The trace that this span belongs to is exported when it ends here, if the budget allows.</summary>
    public static void Keep(Activity? span)
    {
        if (span is { IsAllDataRequested: true, Recorded: false })
            TraceTail.Of(Root(span)).Crashed = true;
    }

    private void Consider(Activity span)
    {
        var root = Root(span);
        var tail = TraceTail.Of(root);
        if (ReferenceEquals(span, root))
            Decide(tail, root);
        else if (tail.Add(span, Reserve, out var rejected))
            return;
        else if (rejected is { } reason)
            Drop(1, reason);
        else if (tail.Kept)
            Export(span);
    }

    private void Decide(TraceTail tail, Activity root)
    {
        var reason = tail.Reason(root, _options.SlowThreshold);
        var affordable = reason is not null && _budget.TryTake();
        var spans = tail.Close(affordable);
        Interlocked.Add(ref _waiting, -spans.Count);
        if (reason is null)
            return;
        if (!affordable)
        {
            Drop(spans.Count + 1, "rate_limit");
            return;
        }
        TraceCounters.Kept.Add(1, new KeyValuePair<string, object?>("reason", reason));
        root.SetTag("tocsin.kept", reason);
        foreach (var span in spans)
            Export(span);
        Export(root);
    }

    private void Export(Activity span)
    {
        span.ActivityTraceFlags |= ActivityTraceFlags.Recorded;
        base.OnEnd(span);
    }

    private bool Reserve()
    {
        if (Interlocked.Increment(ref _waiting) <= _options.MaxWaitingSpans)
            return true;
        Interlocked.Decrement(ref _waiting);
        return false;
    }

    private static Activity Root(Activity span)
    {
        while (span.Parent is { } parent)
            span = parent;
        return span;
    }

    private static void Drop(int spans, string reason) =>
        TraceCounters.Dropped.Add(spans, new KeyValuePair<string, object?>("reason", reason));
}
