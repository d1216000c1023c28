namespace Tocsin.Crashes.Heartbeats;

/// <summary>One sign of life of one process.</summary>
public sealed record Heartbeat
{
    public required string Service { get; init; }
    public required string RunId { get; init; }
    public string? Host { get; init; }
    public int? Pid { get; init; }
    public string? Environment { get; init; }
    public string? Release { get; init; }

    /// <summary>"running", "stopping" or "stopped".</summary>
    public string State { get; init; } = "running";
    public DateTimeOffset? Time { get; init; }
}
