using Tocsin.Cli.Run.Children;
using Tocsin.Model.Crashes;

namespace Tocsin.Cli.Run.Evidence;

/// <summary>Decides from the evidence how a run ended. Pure; the sources are asked in order of trust.</summary>
/// <remarks>
/// Trust: wait status, standard error, control group, the program's own crash file, the runtime's crash report. A
/// report or a notice never makes a death out of an end that the wait status calls a success.
/// </remarks>
internal static class Verdict
{
    /// <summary>Null when the end is no crash.</summary>
    public static CrashClass? Of(Death death)
    {
        if (death.Status is not { } status)
        {
            return Orphaned(death);
        }

        if (status.Success || death.Intent.Explains(status, death.At) || StoppedInOrder(death, status))
        {
            return null;
        }

        return status.EffectiveSignal switch
        {
            { } signal when Signals.IsFault(signal) => Faulted(death),
            Signals.Kill => death.OomKills > 0 ? CrashClass.OomKilled : CrashClass.Killed,
            { } => Ended(death),
            null when status.Signal is null => LeftWithCode(death),
            null => CrashClass.Terminated,
        };
    }

    /// <summary>
    /// Somebody asked the program itself, past the supervisor; it noted that, did what there was to do and said goodbye
    /// with the code it left with.
    /// </summary>
    private static bool StoppedInOrder(Death death, ExitStatus status) =>
        death.BlackBox is { CleanExit: true, StopRequested: { } asked } box
        && status.Signal is null && status.Code == (byte)box.ExitCode
        && new StopIntent(box.StopSignal, asked).Explains(status, death.At);

    /// <summary>SIGABRT, SIGSEGV and the like: every runtime ends this way, so its own words decide.</summary>
    private static CrashClass Faulted(Death death)
    {
        // Out of memory in its own exception handling, .NET only says "Internal CLR error", or nothing, and its report
        // may be about anything; whoever noticed the lack of memory knows better.
        if (death.Finding is { } finding and not { Class: CrashClass.NativeAbort, Runtime: "dotnet" })
        {
            return finding.Class;
        }

        if (death.Written is { } written)
        {
            return written.Class;
        }

        if (death.BlackBox is { } box && box.DiedForMemory(death.At))
        {
            return CrashClass.OutOfMemory;
        }

        return death.Report is { } report && (death.Finding is null || IsKnown(report.Class))
            ? report.Class
            : CrashClass.NativeAbort;
    }

    private static bool IsKnown(CrashClass kind) =>
        kind is CrashClass.OutOfMemory or CrashClass.StackOverflow or CrashClass.AccessViolation;

    /// <summary>
    /// A termination signal; as an exit code it may also be what the program chose after an exception.
    /// </summary>
    private static CrashClass Ended(Death death) =>
        death.Status is { Signal: null } && death.Written is { } written ? written.Class : CrashClass.Terminated;

    private static CrashClass LeftWithCode(Death death)
    {
        if (death.Finding is { } finding && death.FindingIsLastWord)
        {
            return finding.Class;
        }

        return death.Written?.Class ?? CrashClass.ExitNonzero;
    }

    /// <summary>
    /// Nobody saw the end: a goodbye or a wish to stop in the black box clears it, a crash file names it.
    /// </summary>
    private static CrashClass? Orphaned(Death death)
    {
        if (death.Written is { } written)
        {
            return written.Class;
        }

        if (death.Intent.Signal != 0 || death.BlackBox is { } box && (box.CleanExit || box.StopRequested is not null))
        {
            return null;
        }

        return death.Report?.Class ?? CrashClass.Abnormal;
    }
}
