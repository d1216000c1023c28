using Tocsin.Cli.Run.Children;
using Tocsin.Cli.Run.Stderr;
using Tocsin.Model.Crashes;
using TocsinSdk.BlackBox;

namespace Tocsin.Cli.Run.Evidence;

/// <summary>
/// All that was found about the end of one run. Only the time is certain; every source may be missing.
/// </summary>
internal sealed record Death
{
    public required DateTimeOffset At { get; init; }

    /// <summary>Null when nobody was there to take the wait status (an orphaned run).</summary>
    public ExitStatus? Status { get; init; }
    public StopIntent Intent { get; init; }

    public string StderrTail { get; init; } = "";
    public StderrFinding? Finding { get; init; }

    /// <summary>True when the program wrote next to nothing after the notice in <see cref="Finding"/>.</summary>
    public bool FindingIsLastWord { get; init; }

    public CgroupReading? CgroupBefore { get; init; }
    public CgroupReading? CgroupAfter { get; init; }

    /// <summary>crash.json of the library inside the program.</summary>
    public CrashRecord? Written { get; init; }
    public CrashReport? Report { get; init; }
    public BlackBoxSnapshot? BlackBox { get; init; }

    public long? PeakBytes { get; init; }
    public TimeSpan? Cpu { get; init; }

    /// <summary>How many processes of the control group the kernel killed for memory during the run.</summary>
    public long OomKills =>
        CgroupBefore?.Path == CgroupAfter?.Path && CgroupAfter?.OomKills - CgroupBefore?.OomKills is { } kills and > 0
            ? kills
            : 0;
}
