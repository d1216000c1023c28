using Tocsin.Model.Crashes;

namespace Tocsin.Crashes.Records;

/// <summary>
/// Two reports of one death become one record. The first id stays; the more certain report decides how the process
/// ended; everything else is the union of what both saw. Pure.
/// </summary>
internal static class RecordMerge
{
    private static readonly TimeSpan s_apart = TimeSpan.FromSeconds(60);

    private static readonly string[] s_trust =
        ["wait_status", "stderr", "cgroup", "crash_report", "crash_file", "black_box", "otlp", "heartbeat"];

    /// <summary>
    /// Do both speak of one death? The same run, else the same host and pid within a minute. What does not end the
    /// process (an unobserved task, a failed request seen in telemetry, a captured exception, a hang that passed) is an
    /// event of its own, unless the other report is of the same exception.
    /// </summary>
    public static bool IsSameDeath(CrashRecord earlier, CrashRecord later)
    {
        if (earlier.Class == CrashClass.Unobserved || later.Class == CrashClass.Unobserved)
            return false;
        if (!IsSameRun(earlier, later) || earlier.Attributes.ContainsKey(CrashBook.RecoveredMark))
            return false;
        if (LeavesAlive(earlier) && LeavesAlive(later))
            return IsTelemetryOfCaptured(earlier, later);
        if (LeavesAlive(earlier) || LeavesAlive(later))
            return IsTelemetryOfDeath(earlier, later);
        // One run can hang several times, and die once.
        return !(IsHeartbeat(earlier) && IsHeartbeat(later));
    }

    private static bool IsSameRun(CrashRecord a, CrashRecord b)
    {
        if (a.Process.RunId is { Length: > 0 } run && b.Process.RunId is { Length: > 0 } other)
            return run == other;
        return a.Service == b.Service && a.Host is { Length: > 0 } host && host == b.Host
            && a.Process.Pid is { } pid && pid == b.Process.Pid
            && (a.Time - b.Time).Duration() <= s_apart;
    }

    /// <summary>A log of the exception belongs to the death when both are close, and it is the same exception or the
    /// log was a last word.</summary>
    private static bool IsTelemetryOfDeath(CrashRecord a, CrashRecord b)
    {
        if (IsHeartbeat(a) || IsHeartbeat(b) || (a.Time - b.Time).Duration() > s_apart)
            return false;
        (CrashRecord log, CrashRecord death) = LeavesAlive(a) ? (a, b) : (b, a);
        if (death.Exception is { } thrown)
            return Types(thrown).Intersect(Types(log.Exception)).Any();
        // Nobody throws a SIGKILL: what was logged before it is another matter.
        return log.Attributes.ContainsKey(LastWord)
            && death.Class is CrashClass.ExitNonzero or CrashClass.NativeAbort or CrashClass.Abnormal
                or CrashClass.Unhandled or CrashClass.FailFast;
    }

    /// <summary>The library reported an exception, and the framework's log of it came too.</summary>
    private static bool IsTelemetryOfCaptured(CrashRecord a, CrashRecord b) =>
        IsTelemetry(a) != IsTelemetry(b) && a.TraceId is { Length: > 0 } trace && trace == b.TraceId
        && (a.Time - b.Time).Duration() <= s_apart && Types(a.Exception).Intersect(Types(b.Exception)).Any();

    /// <summary>Attribute of records made from telemetry whose severity says that the process ends with it.</summary>
    internal const string LastWord = "tocsin.last_word";

    public static CrashRecord Merge(CrashRecord earlier, CrashRecord later)
    {
        (CrashRecord sure, CrashRecord other) = Certainty(later) > Certainty(earlier) ? (later, earlier)
            : (earlier, later);
        return sure with
        {
            CrashId = earlier.CrashId,
            Environment = sure.Environment ?? other.Environment,
            Release = sure.Release ?? other.Release,
            Host = sure.Host ?? other.Host,
            Process = Merge(sure.Process, other.Process),
            Exception = Better(sure.Exception, other.Exception),
            Threads = sure.Threads.Count >= other.Threads.Count ? sure.Threads : other.Threads,
            TraceId = sure.TraceId ?? other.TraceId,
            SpanId = sure.SpanId ?? other.SpanId,
            UserId = sure.UserId ?? other.UserId,
            RequestId = sure.RequestId ?? other.RequestId,
            StderrTail = Longer(sure.StderrTail, other.StderrTail),
            Logs = [.. sure.Logs.Concat(other.Logs).Distinct().OrderBy(l => l.Time).TakeLast(CrashLimits.Logs)],
            Breadcrumbs = [.. sure.Breadcrumbs.Concat(other.Breadcrumbs).Distinct().OrderBy(b =>
                b.Time).TakeLast(CrashLimits.Breadcrumbs)],
            Activities = sure.Activities.Count >= other.Activities.Count ? sure.Activities : other.Activities,
            Resources = Merge(sure.Resources, other.Resources),
            Attributes = other.Attributes.Concat(sure.Attributes).GroupBy(a => a.Key).Take(CrashLimits.Attributes)
                .ToDictionary(g => g.Key, g => g.Last().Value),
            Evidence = [.. sure.Evidence.Concat(other.Evidence).Distinct().OrderBy(e =>
                Trust(e.Source)).Take(CrashLimits.Evidence)],
            CrashLoop = sure.CrashLoop || other.CrashLoop,
        };
    }

    /// <summary>
    /// A parent saw the wait status, so what telemetry or a missed heartbeat guessed gives way to it; otherwise the
    /// class
    /// that says more wins. Ties keep the earlier report.
    /// </summary>
    internal static int Certainty(CrashRecord r) => r.Source switch
    {
        "heartbeat" => 0,
        "otlp" => 10,
        "sdk" when r.Class == CrashClass.Abnormal => 5,
        _ => 20 + Telling(r.Class),
    };

    private static int Telling(CrashClass c) => c switch
    {
        CrashClass.OomKilled => 9,
        CrashClass.StackOverflow or CrashClass.AccessViolation or CrashClass.OutOfMemory or CrashClass.FailFast => 8,
        CrashClass.Unhandled => 7,
        CrashClass.Killed => 6,
        CrashClass.NativeAbort => 5,
        CrashClass.Terminated => 4,
        CrashClass.ExitNonzero => 3,
        CrashClass.Hung => 1,
        _ => 0,
    };

    private static CrashProcess Merge(CrashProcess a, CrashProcess b) => new()
    {
        RunId = a.RunId ?? b.RunId,
        Pid = a.Pid ?? b.Pid,
        Command = a.Command ?? b.Command,
        Runtime = a.Runtime ?? b.Runtime,
        StartTime = a.StartTime ?? b.StartTime,
        ExitCode = a.ExitCode ?? b.ExitCode,
        Signal = a.Signal ?? b.Signal,
        RestartCount = Math.Max(a.RestartCount, b.RestartCount),
    };

    private static CrashResources Merge(CrashResources a, CrashResources b) => new()
    {
        WorkingSetBytes = a.WorkingSetBytes ?? b.WorkingSetBytes,
        PeakWorkingSetBytes = Most(a.PeakWorkingSetBytes, b.PeakWorkingSetBytes),
        GcHeapBytes = a.GcHeapBytes ?? b.GcHeapBytes,
        MemoryLimitBytes = a.MemoryLimitBytes ?? b.MemoryLimitBytes,
        MemoryUsageBytes = Most(a.MemoryUsageBytes, b.MemoryUsageBytes),
        OomKills = Most(a.OomKills, b.OomKills),
        ThreadCount = a.ThreadCount ?? b.ThreadCount,
        ThreadPoolQueue = a.ThreadPoolQueue ?? b.ThreadPoolQueue,
        CpuSeconds = a.CpuSeconds ?? b.CpuSeconds,
    };

    /// <summary>The one with more frames and causes; ties keep the surer report's.</summary>
    private static CrashException? Better(CrashException? sure, CrashException? other) =>
        Worth(other) > Worth(sure) ? other : sure;

    private static int Worth(CrashException? e) => e is null ? -1
        : e.Frames.Count + (e.Message.Length > 0 ? 1 : 0) + e.Inner.Sum(i => 1 + Math.Max(0, Worth(i)));

    private static IEnumerable<string> Types(CrashException? e) =>
        e is null ? [] : e.Inner.SelectMany(Types).Prepend(e.Type);

    private static string? Longer(string? a, string? b) => (b?.Length ?? 0) > (a?.Length ?? 0) ? b : a;

    private static long? Most(long? a, long? b) => a is null || b > a ? b : a;

    private static int Trust(string source) =>
        Array.IndexOf(s_trust, source) is >= 0 and var rank ? rank : s_trust.Length;

    /// <summary>Speaks of an exception, not of the end of the process.</summary>
    private static bool LeavesAlive(CrashRecord r) => IsTelemetry(r) || r.Class == CrashClass.Captured;

    private static bool IsTelemetry(CrashRecord r) => r.Source == "otlp";

    private static bool IsHeartbeat(CrashRecord r) => r.Source == "heartbeat";
}
