using System.Diagnostics.Metrics;
using TocsinSdk.Telemetry;

namespace TocsinSdk.Tracking;

internal static class OperationInstruments
{
    private static readonly Histogram<double> s_duration = SdkMeter.Meter.CreateHistogram(
        "tocsin.operation.duration", "s", "Duration of tracked operations.", advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
        });

    private static readonly Counter<long> s_ended = SdkMeter.Meter.CreateCounter<long>(
        "tocsin.operation.ended", "{operation}", "Tracked operations that have ended, by outcome.");

    private static readonly Counter<long> s_slow = SdkMeter.Meter.CreateCounter<long>(
        "tocsin.operation.slow", "{operation}", "Tracked operations that took longer than their threshold.");

    public static readonly Counter<long> RepeatedQueries = SdkMeter.Meter.CreateCounter<long>(
        "tocsin.operation.repeated_queries", "{statement}",
        "Statements that ran too often in one request or operation.");

    public static readonly Counter<long> Failed = SdkMeter.Meter.CreateCounter<long>(
        "tocsin.sdk.operations.failed", "{operation}", "Operations whose end could not be reported.");

    public static void Record(string name, OperationScope scope, bool slow)
    {
        var operation = new KeyValuePair<string, object?>("operation", name);
        var outcome = new KeyValuePair<string, object?>("outcome", scope.Failed ? "error" : "success");
        if (s_duration.Enabled)
            s_duration.Record(scope.Duration.TotalSeconds, operation, outcome);
        if (s_ended.Enabled)
            s_ended.Add(1, operation, outcome);
        if (slow)
            s_slow.Add(1, operation);
    }
}
