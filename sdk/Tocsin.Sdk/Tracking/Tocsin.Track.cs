using TocsinSdk.Tracing;
using TocsinSdk.Tracking;

namespace TocsinSdk;

public static partial class Tocsin
{
    /// <summary>
    /// Begins an operation; it ends when the result is disposed: <c>using var operation = Tocsin.Track("checkout");</c>
    /// Measured are duration, allocations, CPU time, garbage collections, queries, outgoing calls and cache look-ups.
    /// Before <see cref="Init"/>
    /// (or builder.AddTocsin) nothing is measured.
    /// </summary>
    /// <param name="operation">A name out of few: it becomes a label of metrics. Ids belong into <see
    /// cref="OperationScope.Set"/>.</param>
    /// <param name="threshold">Duration from which it is reported as slow; default
    /// TrackingOptions.SlowThreshold.</param>
    public static OperationScope Track(string operation, TimeSpan? threshold = null)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return Operations.OfProcess?.Begin(operation, threshold) ?? OperationScope.Inert;
    }

    /// <summary>
    /// Measures a stream as an operation, from the first item asked for to the end of the enumeration. What the
    /// consumer does
    /// between items is not the operation's, but its time passes.
    /// </summary>
    /// <param name="operation">As in <see cref="Track"/>.</param>
    /// <param name="items">Enumerated once per enumeration of the result.</param>
    /// <param name="threshold">As in <see cref="Track"/>.</param>
    public static IAsyncEnumerable<T> TrackStream<T>(
        string operation, IAsyncEnumerable<T> items, TimeSpan? threshold = null)
    {
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(items);
        return new TrackedStream<T>(items, () => Track(operation, threshold));
    }

    /// <summary>The innermost operation that this code runs in; null outside of any.</summary>
    public static OperationScope? CurrentOperation => ScopeContext.Current;

    /// <summary>
    /// Has the trace under way exported even if sampling said no, as far as this process knows it and within
    /// TraceOptions.KeptPerSecond.
    /// </summary>
    public static void KeepTrace() => TailSampling.Keep(System.Diagnostics.Activity.Current);
}
