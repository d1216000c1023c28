using Microsoft.Extensions.Logging;

namespace TocsinSdk.Transport;

/// <summary>What kind of telemetry; names the path it is sent to.</summary>
internal enum Signal
{
    Logs, Traces, Metrics
}

/// <summary>
/// Where telemetry waits, by how much it would be missed: when there is no room the first goes first, and the last has
/// room of its own. It is also sent last to first. The numbers are on disk.
/// </summary>
internal enum Lane : byte
{
    Debug = 0, Information = 1, Traces = 2, Warning = 3, Metrics = 4, Error = 5
}

internal static class Lanes
{
    public const int Count = 6, Signals = 3;

    public static Signal Signal(this Lane lane) => lane switch
    {
        Lane.Traces => Transport.Signal.Traces,
        Lane.Metrics => Transport.Signal.Metrics,
        _ => Transport.Signal.Logs,
    };

    public static Lane Of(LogLevel level) => level switch
    {
        <= LogLevel.Debug => Lane.Debug,
        LogLevel.Information => Lane.Information,
        LogLevel.Warning => Lane.Warning,
        _ => Lane.Error,
    };

    public static string Name(this Signal signal) => signal switch
    {
        Transport.Signal.Logs => "logs",
        Transport.Signal.Traces => "traces",
        _ => "metrics",
    };

    public static string GrpcService(this Signal signal) => "opentelemetry.proto.collector." + signal switch
    {
        Transport.Signal.Logs => "logs.v1.LogsService",
        Transport.Signal.Traces => "trace.v1.TraceService",
        _ => "metrics.v1.MetricsService",
    };
}
