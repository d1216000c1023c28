using Tocsin.Cli.Run.Children;
using Tocsin.Model.Crashes;
using TocsinSdk.BlackBox;

namespace Tocsin.Cli.Run.Evidence;

/// <summary>What the supervisor knows about a run before it ends.</summary>
internal sealed record RunIdentity(string CrashId, string RunId, string Service, string Command,
    DateTimeOffset StartTime)
{
    public int? Pid { get; init; }

    /// <summary>The name was given by the user, so it outranks what the program calls itself.</summary>
    public bool ServiceIsGiven { get; init; }
    public string? Environment { get; init; }
    public string? Release { get; init; }
    public string Host { get; init; } = System.Environment.MachineName;
    public int RestartCount { get; init; }
}

/// <summary>Merges all evidence of one death into one record.</summary>
internal static class RecordAssembly
{
    public static CrashRecord Merge(RunIdentity run, Death death, CrashClass kind, bool crashLoop)
    {
        var written = death.Written;
        var box = death.BlackBox;
        return new CrashRecord
        {
            CrashId = CrashIds.Valid(written?.CrashId) ?? run.CrashId,
            Class = kind,
            Time = death.At,
            Service = run.ServiceIsGiven ? run.Service : FirstText(written?.Service, box?.Service) ?? run.Service,
            Environment = run.Environment ?? FirstText(written?.Environment, box?.Environment),
            Release = run.Release ?? FirstText(written?.Release, box?.Release),
            Host = FirstText(written?.Host) ?? run.Host,
            Source = "supervisor",
            Process = ProcessOf(run, death),
            Exception = ExceptionOf(death),
            Threads = death.Report?.Threads ?? written?.Threads ?? [],
            TraceId = written?.TraceId ?? LastActivity(box)?.TraceId,
            SpanId = written?.SpanId ?? LastActivity(box)?.SpanId,
            UserId = written?.UserId ?? LastActivity(box)?.UserId,
            RequestId = written?.RequestId,
            StderrTail = death.StderrTail.Length > 0 ? death.StderrTail : written?.StderrTail,
            Logs = written is { Logs.Count: > 0 } ? written.Logs : LogsOf(box),
            Breadcrumbs = written is { Breadcrumbs.Count: > 0 } ? written.Breadcrumbs : BreadcrumbsOf(box),
            Activities = written is { Activities.Count: > 0 } ? written.Activities : ActivitiesOf(box),
            Resources = ResourcesOf(death),
            Attributes = written?.Attributes ?? new Dictionary<string, string>(),
            Evidence = [.. EvidenceList.Of(death)],
            CrashLoop = crashLoop,
        };
    }

    private static CrashProcess ProcessOf(RunIdentity run, Death death) => new()
    {
        RunId = run.RunId,
        Pid = run.Pid ?? death.Written?.Process.Pid,
        Command = run.Command,
        Runtime = FirstText(death.Written?.Process.Runtime, death.BlackBox?.Runtime) ?? death.Finding?.Runtime,
        StartTime = run.StartTime,
        ExitCode = death.Status?.ShellCode,
        Signal = death.Status?.Signal is { } signal ? Signals.Name(signal) : null,
        RestartCount = run.RestartCount,
    };

    /// <summary>
    /// The program's own record holds the whole exception; standard error is next; the report knows type and frames
    /// only. A type that standard error does not name (an exception that prints itself) is taken from the report.
    /// </summary>
    private static CrashException? ExceptionOf(Death death)
    {
        if (death.Written?.Exception is { } written)
        {
            return written;
        }

        var type = death.Report?.ExceptionType;
        if (death.Finding is { } finding && (death.FindingIsLastWord || IsFault(death)))
        {
            var found = finding.Exception;
            return found.Type == Stderr.DotNetException.UnknownType && type is not null
                ? found with { Type = type }
                : found;
        }

        return type is null || !(IsFault(death) || death.Status is null)
            ? null
            : new CrashException { Type = type, Frames = death.Report!.Crashed?.Frames ?? [] };
    }

    private static bool IsFault(Death death) => death.Status?.EffectiveSignal is { } signal && Signals.IsFault(signal);

    private static CrashResources ResourcesOf(Death death) => (death.Written?.Resources ?? new CrashResources()) with
    {
        PeakWorkingSetBytes = death.PeakBytes ?? death.Written?.Resources.PeakWorkingSetBytes,
        CpuSeconds = death.Cpu?.TotalSeconds ?? death.Written?.Resources.CpuSeconds,
        MemoryLimitBytes = death.CgroupAfter?.LimitBytes ?? death.Written?.Resources.MemoryLimitBytes,
        MemoryUsageBytes = death.CgroupAfter?.UsageBytes ?? death.Written?.Resources.MemoryUsageBytes,
        OomKills = death.CgroupAfter?.OomKills is null ? null : death.OomKills,
    };

    private static BlackBoxActivity? LastActivity(BlackBoxSnapshot? box) =>
        box is { Activities.Count: > 0 } ? box.Activities[^1] : null;

    private static IReadOnlyList<CrashLog> LogsOf(BlackBoxSnapshot? box) =>
        [.. box?.Logs.Select(l => new CrashLog(l.Time, l.Level, l.Logger, l.Message) { TraceId = l.TraceId }) ?? []];

    private static IReadOnlyList<Breadcrumb> BreadcrumbsOf(BlackBoxSnapshot? box) =>
        [.. box?.Breadcrumbs.Select(b => new Breadcrumb(b.Time, b.Category, b.Message)) ?? []];

    private static IReadOnlyList<CrashActivity> ActivitiesOf(BlackBoxSnapshot? box) =>
        [.. box?.Activities.Select(a => new CrashActivity(a.Name, a.TraceId, a.SpanId, a.StartTime)) ?? []];

    private static string? FirstText(params ReadOnlySpan<string?> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (!string.IsNullOrEmpty(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
