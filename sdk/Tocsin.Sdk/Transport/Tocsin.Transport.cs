using TocsinSdk.Runs;

namespace TocsinSdk;

public static partial class Tocsin
{
    /// <summary>How the export of telemetry is doing now; null before the start.</summary>
    public static TransportState? Transport => ProcessRun.Current?.Transport.State;

    /// <summary>
    /// Sends what waits, and returns when the server has it, cannot be reached, or the time is over; blocks the caller.
    /// Spans and metrics that OpenTelemetry still collects are not among it. True when nothing waits any more.
    /// </summary>
    /// <param name="timeout">How long to wait at most; default 5 s.</param>
    public static bool Flush(TimeSpan? timeout = null) =>
        ProcessRun.Current?.Transport.Flush(timeout ?? TimeSpan.FromSeconds(5)) ?? true;

    /// <summary>
    /// Raised when the outcome of sending telemetry changes: the server went away, refused the key, came back. On the
    /// sender's thread, so handlers must be quick; what they throw is ignored.
    /// </summary>
    public static event Action<TransportState>? TransportChanged;

    internal static void OnTransportChanged(TransportState state) => TransportChanged?.Invoke(state);
}
