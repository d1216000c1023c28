namespace TocsinSdk;

/// <summary>How the export of telemetry is doing.</summary>
/// <param name="Outcome">
/// What came of the last requests: "ok", "refused", "401 Unauthorized", ...; "waiting" before the first one.
/// </param>
/// <param name="WaitingItems">Records, spans and metrics that the server has not taken yet.</param>
/// <param name="WaitingBytes">Room they take, on disk and in memory.</param>
/// <param name="Dropped">Items given up since the process started, for any reason.</param>
/// <param name="LastAccepted">When the server last took something; null before.</param>
/// <param name="SpoolProblem">Why nothing is kept on disk; null when all is well, or by choice.</param>
public sealed record TransportState(
    string Outcome, long WaitingItems, long WaitingBytes, long Dropped, DateTimeOffset? LastAccepted,
    string? SpoolProblem)
{
    /// <summary>False while the server does not take what is sent. Nothing need be lost then: it waits.</summary>
    public bool IsDelivering => Outcome is "ok" or "waiting";
}
