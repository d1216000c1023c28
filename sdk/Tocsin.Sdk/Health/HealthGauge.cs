using System.Diagnostics.Metrics;
using TocsinSdk.Telemetry;

namespace TocsinSdk.Health;

/// <summary>
/// The gauge tocsin.health.status of the watches that run: 1 healthy, 0.5 warning or degraded, 0 unhealthy.
/// </summary>
internal static class HealthGauge
{
    private static readonly Lock s_lock = new();
    private static HealthWatch[] s_watches = [];

    private static readonly ObservableGauge<double> s_gauge = SdkMeter.Meter.CreateObservableGauge(
        "tocsin.health.status", Measure, "1", "State of a health check: 1 healthy, 0.5 warning or degraded, 0 unhealthy.");

    public static void Add(HealthWatch watch)
    {
        lock (s_lock)
            s_watches = [.. s_watches, watch];
        _ = s_gauge;
    }

    public static void Remove(HealthWatch watch)
    {
        lock (s_lock)
            s_watches = [.. s_watches.Where(w => w != watch)];
    }

    private static IEnumerable<Measurement<double>> Measure()
    {
        foreach (var watch in Volatile.Read(ref s_watches))
            foreach (var check in watch.Checks)
                if (check.Latest is { } outcome)
                    yield return new(Value(outcome.State), new KeyValuePair<string, object?>("check", check.Name));
    }

    private static double Value(HealthState state) => state switch
    {
        HealthState.Healthy => 1,
        HealthState.Unhealthy => 0,
        _ => 0.5,
    };
}
