using System.Text.Json.Serialization;

namespace Tocsin.Model.Crashes;

/// <summary>How a process ended, or stopped working. Names on the wire are snake_case.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CrashClass>))]
public enum CrashClass
{
    /// <summary>An exception nobody caught ended the process.</summary>
    [JsonStringEnumMemberName("unhandled")] Unhandled,

    /// <summary>A task's exception nobody observed; the process lives on.</summary>
    [JsonStringEnumMemberName("unobserved")] Unobserved,

    /// <summary>An exception that somebody caught and reported; the process lives on.</summary>
    [JsonStringEnumMemberName("captured")] Captured,
    [JsonStringEnumMemberName("stack_overflow")] StackOverflow,
    [JsonStringEnumMemberName("fail_fast")] FailFast,
    [JsonStringEnumMemberName("access_violation")] AccessViolation,
    [JsonStringEnumMemberName("out_of_memory")] OutOfMemory,

    /// <summary>The kernel killed it for memory.</summary>
    [JsonStringEnumMemberName("oom_killed")] OomKilled,

    /// <summary>abort() or another fatal signal raised by native code.</summary>
    [JsonStringEnumMemberName("native_abort")] NativeAbort,

    /// <summary>SIGKILL from outside.</summary>
    [JsonStringEnumMemberName("killed")] Killed,

    /// <summary>Ended by a termination signal that nobody had announced.</summary>
    [JsonStringEnumMemberName("terminated")] Terminated,

    /// <summary>Left by itself with an exit code other than 0.</summary>
    [JsonStringEnumMemberName("exit_nonzero")] ExitNonzero,

    /// <summary>Gone without a goodbye, and no evidence says how.</summary>
    [JsonStringEnumMemberName("abnormal")] Abnormal,

    /// <summary>Alive but its heartbeat stopped.</summary>
    [JsonStringEnumMemberName("hung")] Hung,
}
