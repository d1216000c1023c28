using System.Text.Json;
using Tocsin.Model.Crashes;

namespace Tocsin.Crashes;

/// <summary>How crashes are spoken of in titles and messages.</summary>
internal static class CrashWords
{
    private static readonly Dictionary<CrashClass, string> s_names =
        Enum.GetValues<CrashClass>().ToDictionary(c => c, c => JsonSerializer.Serialize(c).Trim('"'));

    /// <summary>The name on the wire: "stack_overflow".</summary>
    public static string Name(CrashClass c) => s_names[c];

    /// <summary>Null when the word is not a class.</summary>
    public static CrashClass? Parse(string? name)
    {
        foreach ((CrashClass c, string known) in s_names)
        {
            if (known == name)
                return c;
        }
        return null;
    }

    /// <summary>What stands for the type of a death that has no exception.</summary>
    public static string TypeOf(CrashClass c) => c switch
    {
        CrashClass.StackOverflow => "StackOverflowException",
        CrashClass.AccessViolation => "AccessViolationException",
        CrashClass.OutOfMemory => "OutOfMemoryException",
        CrashClass.FailFast => "FailFast",
        CrashClass.OomKilled => "Out-of-memory kill",
        CrashClass.NativeAbort => "Native abort",
        CrashClass.Killed => "SIGKILL",
        CrashClass.Terminated => "Unannounced stop",
        CrashClass.ExitNonzero => "Non-zero exit",
        CrashClass.Abnormal => "Abnormal end",
        CrashClass.Hung => "Hang",
        CrashClass.Unobserved => "Unobserved task exception",
        CrashClass.Captured => "Captured exception",
        _ => "Crash",
    };

    /// <summary>One sentence on how the process ended.</summary>
    public static string Ending(CrashRecord record)
    {
        string signal = record.Process.Signal is { } s ? $" by {s}" : "";
        string code = record.Process.ExitCode is { } n ? $" with exit code {n}" : "";
        return record.Class switch
        {
            CrashClass.StackOverflow => "The stack overflowed",
            CrashClass.AccessViolation => "Native or unsafe code touched memory that is not its own",
            CrashClass.OutOfMemory => "The runtime could not get memory",
            CrashClass.FailFast => "The program ended itself with FailFast",
            CrashClass.OomKilled => "The kernel killed the process because memory ran out",
            CrashClass.NativeAbort => $"Native code aborted the process{signal}",
            CrashClass.Killed => "The process was killed with SIGKILL",
            CrashClass.Terminated => $"The process was terminated{signal} without announcement",
            CrashClass.ExitNonzero => $"The process ended by itself{code}",
            CrashClass.Abnormal => "The process vanished without a goodbye",
            CrashClass.Hung => "The process stopped sending heartbeats",
            CrashClass.Unobserved => "A task failed and nobody observed it",
            CrashClass.Captured => "The application reported an exception and lives on",
            _ => $"The process ended{signal}{code}",
        };
    }

    /// <summary>"StackOverflowException in Bookings.Fees.Compute (bookings)"</summary>
    public static string Title(CrashRecord record, string? type, string? culprit)
    {
        string what = type is null ? TypeOf(record.Class)
            : type[(type.AsSpan().TrimEnd('.').LastIndexOfAny(['.', '+', '/']) + 1)..];
        if (type is null && record.Class == CrashClass.ExitNonzero && record.Process.ExitCode is { } code)
            what = $"Exit code {code}";
        if (type is null && record.Class is CrashClass.NativeAbort or CrashClass.Terminated
            && record.Process.Signal is { } signal)
            what = signal;
        return culprit is null ? $"{what} ({record.Service})" : $"{what} in {culprit} ({record.Service})";
    }
}
