using System.Globalization;
using TocsinSdk.Configuration;

namespace TocsinSdk;

/// <summary>Sampling and naming of spans.</summary>
public sealed class TraceOptions
{
    /// <summary>
    /// Share of traces exported whatever their outcome, 0 to 1; default 1. Decided by trace id where a trace begins,
    /// and taken over from callers that decided already. OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG win.
    /// </summary>
    [Live]
    public double SampleRatio { get; set; } = 1;

    /// <summary>
    /// Whether this process exports its part of a trace that was not sampled after all when that part ended in error,
    /// was slow, or carries a crash; default true. Costs the recording of every span, also of those not exported.
    /// </summary>
    public bool KeepFailures { get; set; } = true;

    /// <summary>How long the outermost span of this process may take before it counts as slow; default 5 s.</summary>
    public TimeSpan SlowThreshold { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Traces kept by <see cref="KeepFailures"/> per second on average, ten times as many at once; default 10.
    /// </summary>
    public double KeptPerSecond { get; set; } = 10;

    /// <summary>
    /// Spans that wait in memory for the end of their trace, over all traces; default 10000. What comes on top is
    /// counted in tocsin.sdk.spans.dropped.
    /// </summary>
    public int MaxWaitingSpans { get; set; } = 10_000;

    /// <summary>
    /// Whether statements on database spans get ? for literals, and spans are named after them ("SELECT items");
    /// default true.
    /// </summary>
    public bool MaskSql { get; set; } = true;

    /// <summary>
    /// Keys of baggage that become attributes of spans and logs; default user.id, session.id, request_id. Baggage
    /// comes from
    /// whoever calls: do not trust it for access control.
    /// </summary>
    public List<string> BaggageKeys { get; set; } = ["user.id", "session.id", "request_id"];

    internal IEnumerable<string> Problems()
    {
        if (!(SampleRatio is >= 0 and <= 1))
            yield return Problem("SampleRatio", SampleRatio, "a number from 0 to 1");
        if (SlowThreshold <= TimeSpan.Zero)
            yield return $"Traces.SlowThreshold is {SlowThreshold}; expected more than zero";
        if (!(KeptPerSecond is >= 0 and <= 1_000_000))
            yield return Problem("KeptPerSecond", KeptPerSecond, "a number from 0 to 1000000");
        if (MaxWaitingSpans is < 0 or > 10_000_000)
            yield return Problem("MaxWaitingSpans", MaxWaitingSpans, "0 to 10000000");
    }

    private static string Problem(string member, double value, string expected) =>
        string.Create(CultureInfo.InvariantCulture, $"Traces.{member} is {value}; expected {expected}");
}
