using Tocsin.Crashes.Stacks;
using Tocsin.Model.Crashes;

namespace Tocsin.Crashes.Records;

/// <summary>Finds in a record's texts what its sender had not taken apart: frames in a printed stack, an exception on
/// standard error.</summary>
internal static class RecordReading
{
    public static CrashRecord Of(CrashRecord record)
    {
        if (record.Exception is { } thrown)
            return record with { Exception = WithFrames(thrown) };
        bool mayHaveThrown = record.Class is CrashClass.ExitNonzero or CrashClass.Unhandled or CrashClass.NativeAbort
            or CrashClass.FailFast
            or CrashClass.StackOverflow or CrashClass.AccessViolation or CrashClass.OutOfMemory;
        if (!mayHaveThrown || record.StderrTail is not { Length: > 0 } stderr
            || StackText.Uncaught(stderr) is not { } uncaught)
            return record;
        return record with
        {
            Exception = uncaught,
            // A script's interpreter leaves with an ordinary exit code; the announcement is the stronger evidence.
            Class = record.Class == CrashClass.ExitNonzero ? CrashClass.Unhandled : record.Class,
            Evidence = [.. record.Evidence,
                new CrashEvidence("stderr", $"An uncaught {uncaught.Type} is printed on standard error.")],
        };
    }

    private static CrashException WithFrames(CrashException exception)
    {
        if (exception.Frames.Count > 0 || exception.StackText is not { Length: > 0 } text)
            return exception;
        if (StackText.Parse(text) is not { } read)
            return exception;
        return exception with
        {
            Frames = read.Frames,
            Message = exception.Message.Length > 0 ? exception.Message : read.Message,
            Inner = exception.Inner.Count > 0 ? exception.Inner : read.Inner,
        };
    }
}
