using System.Diagnostics.Metrics;
using TocsinSdk.Telemetry;

namespace TocsinSdk.Tracing;

internal static class TraceCounters
{
    /// <summary>By reason: error, slow, crash.</summary>
    public static readonly Counter<long> Kept = SdkMeter.Meter.CreateCounter<long>(
        "tocsin.sdk.traces.kept", "{trace}", "Traces exported for their outcome although not sampled.");

    /// <summary>By reason: rate_limit, buffer_full, trace_too_long.</summary>
    public static readonly Counter<long> Dropped = SdkMeter.Meter.CreateCounter<long>(
        "tocsin.sdk.spans.dropped", "{span}",
        "Spans not exported although their trace was worth keeping, or could have been.");

    public static readonly Counter<long> Failed = SdkMeter.Meter.CreateCounter<long>(
        "tocsin.sdk.spans.failed", "{span}", "Spans that the library could not name, mask or complete.");
}
