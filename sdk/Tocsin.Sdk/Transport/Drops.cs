using System.Diagnostics.Metrics;
using TocsinSdk.Telemetry;

namespace TocsinSdk.Transport;

/// <summary>Why something was not delivered.</summary>
internal enum DropReason
{
    /// <summary>No room, and nothing less severe to give way.</summary>
    QueueFull,
    /// <summary>Waited longer than it may.</summary>
    Expired,
    /// <summary>The server will not have it (400, 422, or some of a batch it took).</summary>
    Rejected,
    /// <summary>More bytes than the server, or the queue, takes at once.</summary>
    TooLarge,
    /// <summary>Damaged on disk.</summary>
    Damaged,
    /// <summary>Waited in memory when the process ended.</summary>
    Shutdown,
}

/// <summary>
/// Counts of what was not delivered, by signal and reason, since the start; and how much of it the server has been
/// told. Any thread.
/// </summary>
internal sealed class Drops
{
    private const int Reasons = 6;

    private static readonly string[] s_names = ["queue_full", "expired", "rejected", "too_large", "damaged", "shutdown"];
    private static readonly Counter<long> s_dropped = SdkMeter.Meter.CreateCounter<long>(
        "tocsin.sdk.dropped", "{item}", "Telemetry that was not delivered, by signal and reason.");

    private readonly long[] _counts = new long[Lanes.Signals * Reasons];
    private readonly long[] _told = new long[Lanes.Signals * Reasons];

    public static string NameOf(DropReason reason) => s_names[(int)reason];

    public void Count(Signal signal, DropReason reason, long items)
    {
        if (items <= 0)
            return;
        Interlocked.Add(ref _counts[(int)signal * Reasons + (int)reason], items);
        s_dropped.Add(items, new KeyValuePair<string, object?>("signal", signal.Name()),
            new KeyValuePair<string, object?>("reason", NameOf(reason)));
    }

    public long this[Signal signal, DropReason reason] =>
        Interlocked.Read(ref _counts[(int)signal * Reasons + (int)reason]);

    public long Total
    {
        get
        {
            long total = 0;
            for (var i = 0; i < _counts.Length; i++)
                total += Interlocked.Read(ref _counts[i]);
            return total;
        }
    }

    /// <summary>What the server has not been told; empty when it knows all. The sender's thread alone.</summary>
    public DropReport Untold()
    {
        var report = new DropReport();
        for (var i = 0; i < _counts.Length; i++)
            if (Interlocked.Read(ref _counts[i]) - _told[i] is var news and > 0)
                report.Lines.Add(((Signal)(i / Reasons), (DropReason)(i % Reasons), news));
        return report;
    }

    /// <summary>The server has that report.</summary>
    public void Told(DropReport report)
    {
        foreach (var (signal, reason, items) in report.Lines)
            _told[(int)signal * Reasons + (int)reason] += items;
    }
}

/// <summary>A client report: how much of which signal was dropped for which reason since the last one.</summary>
internal sealed class DropReport
{
    public List<(Signal Signal, DropReason Reason, long Items)> Lines { get; } = [];

    public static DropReport Nothing { get; } = new();

    public bool IsEmpty => Lines.Count == 0;
}
