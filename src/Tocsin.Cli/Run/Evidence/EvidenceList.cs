using Tocsin.Cli.Run.Children;
using Tocsin.Cli.Run.Stderr;
using Tocsin.Model.Crashes;

namespace Tocsin.Cli.Run.Evidence;

/// <summary>Says in one sentence per source what each piece of evidence showed, strongest first.</summary>
internal static class EvidenceList
{
    public static IEnumerable<CrashEvidence> Of(Death death)
    {
        yield return new CrashEvidence("wait_status", WaitStatus(death));
        if (death.Finding is { } finding)
        {
            var line = StderrReading.Lines(death.StderrTail).ElementAtOrDefault(finding.FirstLine)?.Trim() ?? "";
            var words = line.Length > 0 ? line : finding.Exception.Type;
            yield return new CrashEvidence("stderr",
                $"The {finding.Runtime} runtime wrote: {(words.Length > 200 ? words[..200] + "…" : words)}");
        }

        if (death.CgroupAfter is { OomKills: not null })
        {
            yield return new CrashEvidence("cgroup", death.OomKills > 0
                ? $"The kernel's out-of-memory counter of the control group rose by {death.OomKills}."
                : "The kernel's out-of-memory counter of the control group did not change.");
        }

        if (death.Report is { } report)
        {
            var crashed = report.Crashed is { } thread ? $" in thread {thread.Id}" : "";
            yield return new CrashEvidence("crash_report",
                $"createdump reported {report.ExceptionType ?? "a native fault"}{crashed}.");
        }

        if (death.Written is { } written)
        {
            yield return new CrashEvidence("crash_file",
                $"The program's own crash handler recorded {written.Exception?.Type ?? written.Class.ToString()}.");
        }

        if (death.BlackBox is { } box)
        {
            yield return new CrashEvidence("black_box", BlackBox(death, box));
        }
    }

    private static string WaitStatus(Death death)
    {
        if (death.Status is not { } status)
        {
            return "Nobody was there to take the exit status: the supervisor had ended before the program.";
        }

        var intent = death.Intent.Signal == 0
            ? ""
            : $" after {Signals.Name(death.Intent.Signal)} at {death.Intent.At:HH:mm:ss.fff}Z";
        return $"The process {status}{intent}.";
    }

    private static string BlackBox(Death death, TocsinSdk.BlackBox.BlackBoxSnapshot box)
    {
        var heart = box.Heartbeat is { } beat
            ? $"last heartbeat {Math.Max(0, (death.At - beat).TotalSeconds):0.0} s before the end"
            : "no heartbeat";
        var goodbye = box.CleanExit ? "said goodbye" : box.StopRequested is not null ? "was stopping" : "no goodbye";
        var held = $"{box.Logs.Count} log records, {box.Breadcrumbs.Count} breadcrumbs";
        var memory = box.DiedForMemory(death.At) ? "; an allocation had failed" : "";
        return $"{held}, {box.Activities.Count} operations under way; {heart}; {goodbye}{memory}.";
    }
}
